import { expect, test } from 'vitest';
import { createLogger } from '../../src/logger.js';

test('text lines carry the level when it matters and the fields at the end', () => {
  const lines: string[] = [];
  const logger = createLogger({ write: (line) => lines.push(line) });
  logger.debug('dropped');
  logger.child({ run: 7 }).info('loaded', { rows: 3, file: undefined });
  logger.warn('slow');
  expect(lines).toStrictEqual(['loaded  run=7  rows=3', 'warn: slow']);
});

test('json lines are one object each', () => {
  const lines: string[] = [];
  const logger = createLogger({
    write: (line) => lines.push(line),
    format: 'json',
    level: 'debug',
    now: () => new Date(0),
  });
  logger.debug('a "b"\n', { ok: true });
  expect(lines.map((line) => JSON.parse(line) as unknown)).toStrictEqual([
    { time: '1970-01-01T00:00:00.000Z', level: 'debug', message: 'a "b"\n', ok: true },
  ]);
});
