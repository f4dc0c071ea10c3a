import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { LineWriter } from '../../../src/commands/terminal/line-writer.js';

test('the first line of a turn is written at once, the others together at its end', async () => {
  const written: string[] = [];
  const writer = new LineWriter((text) => void written.push(text));
  for (const line of ['a', 'b', 'c']) writer.line(line);
  expect(written).toEqual(['a\n']);
  await turn();
  expect(written).toEqual(['a\n', 'b\nc\n']);
  writer.line('d');
  expect(written.at(-1)).toBe('d\n');
});

test('what waits can be written before its time, once', async () => {
  const written: string[] = [];
  const writer = new LineWriter((text) => void written.push(text));
  for (const line of ['a', 'b']) writer.line(line);
  writer.flush();
  writer.line('c');
  expect(written.join('')).toBe('a\nb\n');
  await turn();
  writer.flush();
  expect(written).toEqual(['a\n', 'b\n', 'c\n']);
});
