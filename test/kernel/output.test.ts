// @module-tag heavy
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { isMessage } from '../../src/jupyter/message.js';
import { startSession, type KernelSession } from './session.js';

let session: KernelSession;
beforeAll(async () => {
  session = await startSession();
});
afterAll(() => session.stop());

test('streams keep the order of console, raw writes and child processes', async () => {
  const executed = await session.run(`
    import { execSync, spawnSync } from 'node:child_process';
    import { writeSync } from 'node:fs';
    console.log('one');
    execSync('echo two', { stdio: 'inherit' });
    writeSync(1, 'three\\n');
    process.stdout.write('four\\n');
    spawnSync('sh', ['-c', 'printf five'], { stdio: ['ignore', 'inherit', 'inherit'] });
    console.info(' six');
  `);
  expect(executed.stdout).toBe('one\ntwo\nthree\nfour\nfive six\n');
  expect(executed.stderr).toBe('');
});

test('standard error is apart, and complete when the cell is done', async () => {
  const executed = await session.run(`
    console.error('a');
    execSync('echo b >&2', { stdio: 'inherit' });
    writeSync(2, 'c\\n');
    console.warn('d');
    1
  `);
  expect(executed.stderr.split('\n').sort()).toEqual(['', 'a', 'b', 'c', 'd']);
  expect(executed.stdout).toBe('');
});

test('text of any kind arrives as it was written', async () => {
  const executed = await session.run(`
    const text = 'é€😀\\u0000\\ud800|'.repeat(5000);
    process.stdout.write(text);
    process.stdout.write(Buffer.from('😀').subarray(0, 2));
    process.stdout.write(Buffer.from('😀').subarray(2));
    const called = await new Promise((done) => process.stdout.write('', done));
    [text.length, called, process.stdout.isTTY, process.stdout.fd]
  `);
  expect(executed.stdout.replaceAll('\ufffd', '\ud800')).toBe(
    `${'é€😀\u0000\ud800|'.repeat(5000)}😀`,
  );
  expect(executed.result).toMatchObject({ 'text/plain': '[ 35000, null, false, 1 ]' });
});

test('a flood of output loses nothing, and idle comes last', async () => {
  const count = 100_000;
  const executed = await session.run(`for (let i = 0; i < ${count}; i++) console.log('line', i);`);
  const expected = Array.from({ length: count }, (_, i) => `line ${i}\n`).join('');
  expect(executed.stdout.length).toBe(expected.length);
  expect(executed.stdout === expected).toBe(true);
  const streams = executed.published.filter((m) => isMessage(m, 'stream'));
  expect(streams.length).toBeLessThan(2000);
  const last = executed.published.at(-1);
  expect(last?.content).toEqual({ execution_state: 'idle' });
});

describe('daybook/display', () => {
  test('shows, changes and removes outputs', async () => {
    const executed = await session.run(`
      import { clearOutput, display, html } from 'daybook/display';
      const shown = display({ 'text/plain': 'begun' });
      shown.update({ 'text/plain': 'done' });
      html('<b>x</b>');
      clearOutput({ wait: true });
    `);
    const contents = executed.published.map(({ header, content }) => [header.msg_type, content]);
    const [, , first, second, third, fourth] = contents as [string, Record<string, never>][];
    expect(first?.[0]).toBe('display_data');
    expect(second?.[0]).toBe('update_display_data');
    expect(first?.[1]['transient']).toEqual(second?.[1]['transient']);
    expect(second?.[1]['data']).toEqual({ 'text/plain': 'done' });
    expect(third).toMatchObject(['display_data', { data: { 'text/html': '<b>x</b>' } }]);
    expect(fourth).toEqual(['clear_output', { wait: true }]);
  });

  test('update a display of an earlier cell from a later one', async () => {
    await session.run("const early = display({ 'text/plain': '1' });");
    const executed = await session.run("early.update({ 'text/plain': '2' });");
    expect(executed.published.map((m) => m.header.msg_type)).toContain('update_display_data');
  });
});

test('standard input is refused with a reason', async () => {
  const read = await session.run(
    'for await (const chunk of process.stdin) console.log(String(chunk));',
  );
  expect(read.reply.evalue).toMatch(/has no standard input/);
  const listened = await session.run(
    'process.stdin.on("data", () => {}); await new Promise(() => {});',
  );
  expect(listened.reply.status).toBe('error');
});

test('memory does not grow with output that nobody has read yet', async () => {
  const own = await startSession();
  onTestFinished(() => own.stop());
  const { result } = await own.run(`
    const before = process.memoryUsage().rss;
    const line = 'x'.repeat(999);
    for (let i = 0; i < 30_000; i++) console.log(line);
    Math.round((process.memoryUsage().rss - before) / 1e6)
  `);
  expect(Number(result?.['text/plain'])).toBeLessThan(60);
});
