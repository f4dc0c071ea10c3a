// @module-tag heavy
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startSession, type KernelSession } from './session.js';

let session: KernelSession;
beforeAll(async () => {
  session = await startSession();
});
afterAll(() => session.stop());

/** Asks as JupyterLab's variables view does. */
async function ask(command: string, given: Record<string, unknown> = {}) {
  const content = { type: 'request', seq: 7, command, arguments: given };
  return (await session.ask('control', 'debug_request', content)) as {
    success: boolean;
    message?: string;
    body: { variables?: { name: string; type: string; value: string }[]; data?: object };
  };
}

async function listed(): Promise<Record<string, string>> {
  const { body } = await ask('inspectVariables');
  return Object.fromEntries(
    (body.variables ?? []).map(({ name, type, value }) => [name, `${type} ${value}`]),
  );
}

test('the variables of cells are listed with type and value, and nothing of them is called', async () => {
  expect(await listed()).toEqual({});
  await session.run(`import { readFileSync } from 'node:fs';
    const n = 1, big = 10n, nothing = null, text = 'a'.repeat(500);
    const rows = [{ month: '2019-01', rate: 0.5 }, { month: '2019-02', rate: null }];
    class Plan { name = 'basic'; get price() { throw new Error('called'); } }
    const plan = new Plan(), later = Promise.resolve(1);
    const odd = new Proxy({}, { get() { throw new Error('called'); } });
    interface Unseen { a: number }
    function twice(x: number) { return x * 2; }`);
  const variables = await listed();
  expect(variables).toMatchObject({
    ...{ n: 'number 1', big: 'bigint 10n', nothing: 'null null' },
    rows: "Array(2) [ { month: '2019-01', rate: 0.5 }, { month: '2019-02', rate: null } ]",
    plan: "Plan Plan { name: 'basic' }",
    twice: 'function [Function: twice]',
  });
  expect(Object.keys(variables)).not.toContain('readFileSync');
  expect(Object.keys(variables)).not.toContain('Unseen');
  expect(Object.keys(variables)).toContain('odd');
  expect(variables['text']?.length).toBeLessThan(250);

  // As a cell would show it.
  expect((await ask('richInspectVariables', { variableName: 'rows' })).body.data).toMatchObject({
    'text/html': expect.stringContaining('2019-02') as string,
  });
  expect(await ask('richInspectVariables', { variableName: 'process' })).toMatchObject({
    success: false,
  });
});

test('they are listed while a cell waits, and gone with the process of the cells', async () => {
  const id = await session.send('const begun = 1; await new Promise((r) => (globalThis.go = r));');
  // The kernel answers on control while a cell waits for something.
  expect((await ask('inspectVariables')).success).toBe(true);
  await session.ask('control', 'interrupt_request', {});
  expect((await session.finished(id)).reply.status).toBe('error');
  await session.run('process.kill(process.pid, "SIGKILL"); await new Promise(() => {});');
  expect(await listed()).toEqual({});
  await session.run('const again = true;');
  expect(await listed()).toEqual({ again: 'boolean true' });
});

test('what needs a debugger is refused, and none is offered', async () => {
  expect(await session.ask('shell', 'kernel_info_request', {})).toMatchObject({ debugger: false });
  expect(await ask('debugInfo')).toMatchObject({
    success: true,
    body: { isStarted: false, breakpoints: [], richRendering: true },
  });
  expect(await ask('setBreakpoints')).toMatchObject({
    success: false,
    message: 'This kernel lists variables and has no debugger: it cannot answer setBreakpoints.',
  });
  expect(await session.ask('control', 'debug_request', { seq: 'x' } as never)).toMatchObject({
    status: 'error',
  });
});
