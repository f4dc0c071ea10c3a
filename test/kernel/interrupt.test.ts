// @module-tag heavy
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isMessage } from '../../src/jupyter/message.js';
import { startSession, type KernelSession } from './session.js';
import { isAlive } from '../is-alive.js';

let session: KernelSession;
beforeAll(async () => {
  session = await startSession();
  await session.run(
    'import { execSync, spawn } from "node:child_process"; const sleep = (ms: number) => new Promise((r) => setTimeout(r, ms)); const kept = "still here";',
  );
});
afterAll(() => session.stop());

/** Runs a cell that first prints `begun`, and interrupts it then. */
async function interrupted(code: string, how: 'message' | 'signal' = 'message') {
  const id = await session.send(`console.log('begun'); ${code}`);
  await session.find((m) => isMessage(m, 'stream') && m.parentHeader.msg_id === id);
  if (how === 'signal') session.kernel.process.interrupt();
  else {
    expect(await session.ask('control', 'interrupt_request', {})).toEqual({ status: 'ok' });
  }
  return session.finished(id);
}

describe.each(['message', 'signal'] as const)('an interrupt by %s ends', (how) => {
  test.each([
    ['a loop', 'while (true) {}'],
    ['a loop after an await', 'await sleep(1); while (true) {}'],
    [
      'a loop in a function that others await',
      'await (async () => { await sleep(1); for (;;) {} })()',
    ],
    ['a promise that never comes', 'await new Promise(() => {})'],
    ['a loop of awaits', 'while (true) { await sleep(5); }'],
    ['a loop of microtasks', 'while (true) await null'],
    ['Atomics.wait', 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)'],
    [
      'Atomics.wait after an await',
      'await 1; Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)',
    ],
    ['a child process that is waited for', 'execSync("sleep 100")'],
    ['a regular expression', '/^(a+)+$/.test("a".repeat(50) + "b")'],
    ['a timer that loops', 'setTimeout(() => { while (true) {} }, 1); await sleep(100000)'],
    ['a loop that prints', 'for (;;) console.log("x".repeat(5000))'],
    ['a loop that catches everything', 'while (true) { try { await sleep(1) } catch {} }'],
  ])('%s', async (_name, code) => {
    const executed = await interrupted(code, how);
    expect(executed.reply).toMatchObject({
      status: 'error',
      ename: 'Interrupted',
      evalue: 'The cell was interrupted.',
    });
    expect(executed.errors).toHaveLength(1);
    expect((await session.run('kept')).result).toMatchObject({ 'text/plain': 'still here' });
  });
});

test('what an interrupted cell had begun goes no further than its next await', async () => {
  await interrupted('let turns = 0; while (true) { await sleep(1); turns += 1; }');
  const { result } = await session.run('const then = turns; await sleep(50); turns - then <= 1');
  expect(result).toMatchObject({ 'text/plain': 'true' });
});

test('an interrupt without a running cell does nothing', async () => {
  await session.ask('control', 'interrupt_request', {});
  expect((await session.run('await sleep(20); kept')).result).toMatchObject({
    'text/plain': 'still here',
  });
});

test('child processes in the background live on, those of the interrupted cell end', async () => {
  const { result } = await session.run('const server = spawn("sleep", ["1000"]); server.pid');
  const background = Number(result?.['text/plain']);
  await session.ask('control', 'interrupt_request', {});
  // Nothing killed it on the way: what ends it is the signal of this cell.
  const end = await session.run(
    'const ended = new Promise((tell) => server.once("exit", (_, signal) => tell(signal))); server.kill("SIGUSR2"); await ended',
  );
  expect(end.result).toMatchObject({ 'text/plain': 'SIGUSR2' });
  expect(isAlive(background)).toBe(false);
});

test('control answers while a cell loops', async () => {
  const id = await session.send('console.log("begun"); while (true) {}');
  await session.find((m) => isMessage(m, 'stream') && m.parentHeader.msg_id === id);
  const info = await session.ask('control', 'kernel_info_request', {});
  expect(info['implementation']).toBe('daybook');
  await session.ask('control', 'interrupt_request', {});
  expect((await session.finished(id)).reply.ename).toBe('Interrupted');
});
