// @module-tag heavy
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isMessage } from '../../src/jupyter/message.js';
import { startSession, type KernelSession } from './session.js';
import { temporaryFolder } from '../temporary-folder.js';

let session: KernelSession;
beforeAll(async () => {
  session = await startSession();
});
afterAll(() => session.stop());

describe('requests in a row', () => {
  test('are answered in order, one after another', async () => {
    const ids: string[] = [];
    for (let i = 0; i < 5; i += 1) {
      ids.push(await session.send(`await new Promise((r) => setTimeout(r, 5)); ${i}`));
    }
    const all = await Promise.all(ids.map((id) => session.finished(id)));
    expect(all.map(({ result }) => result?.['text/plain'])).toEqual(['0', '1', '2', '3', '4']);
    const order = session.messages
      .filter((m) => isMessage(m, 'execute_reply') && ids.includes(m.parentHeader.msg_id ?? ''))
      .map((m) => m.parentHeader.msg_id);
    expect(order).toEqual(ids);
  });

  test('a failure aborts exactly the cells that wait then', async () => {
    const before = (await session.run('1')).reply.execution_count ?? 0;
    // It fails once the others have arrived: what is sent on control after them is answered after.
    const folder = temporaryFolder();
    const arrived = join(folder, 'arrived');
    const failing = await session.send(`
      const { existsSync } = await import('node:fs');
      while (!existsSync(${JSON.stringify(arrived)})) {
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      throw new Error("first")`);
    const queued = await Promise.all(['2', '3'].map((code) => session.send(code)));
    const completion = session.ask('shell', 'complete_request', { code: 'pars', cursor_pos: 4 });
    for (let turn = 0; turn < 3; turn += 1) await session.ask('control', 'kernel_info_request', {});
    writeFileSync(arrived, '');
    expect((await session.finished(failing)).reply.status).toBe('error');
    const next = session.run('"after the failure"');
    for (const id of queued) {
      const aborted = await session.finished(id);
      expect(aborted.reply.status).toBe('aborted');
      expect(aborted.published.map((m) => m.header.msg_type)).toEqual(['status', 'status']);
    }
    expect(await completion).toMatchObject({ status: 'ok' });
    expect((await next).result).toMatchObject({ 'text/plain': 'after the failure' });
    expect((await next).reply.execution_count).toBe(before + 2);
  });

  test('stop_on_error: false runs those behind', async () => {
    const failing = await session.send('throw new Error("x")', { stop_on_error: false });
    const queued = await session.send('2');
    expect((await session.finished(failing)).reply.status).toBe('error');
    expect((await session.finished(queued)).reply.status).toBe('ok');
  });
});

test('every request is framed by busy and idle', async () => {
  const request = session.kernel.channels.request('comm_info_request', {});
  await session.kernel.channels.send('shell', request);
  const isOurs = (m: { parentHeader: { msg_id?: string } }) =>
    m.parentHeader.msg_id === request.header.msg_id;
  await session.find(
    (m) => isOurs(m) && isMessage(m, 'status') && m.content.execution_state === 'idle',
  );
  await session.find((m) => isOurs(m) && isMessage(m, 'comm_info_reply'));
  const states = session.messages
    .filter((m) => isOurs(m) && isMessage(m, 'status'))
    .map((m) => m.content['execution_state']);
  expect(states).toEqual(['busy', 'idle']);
});

test('kernel info names languages, versions and what is not supported', async () => {
  expect(await session.ask('shell', 'kernel_info_request', {})).toMatchObject({
    status: 'ok',
    protocol_version: '5.4',
    implementation: 'daybook',
    language_info: { name: 'typescript', file_extension: '.ts', version: '6.0.3' },
    debugger: false,
  });
});

test('comms of unknown targets are closed, unknown requests refused', async () => {
  const open = session.kernel.channels.request('comm_open', {
    comm_id: 'c1',
    target_name: 'jupyter.widget',
    data: {},
  });
  await session.kernel.channels.send('shell', open);
  const closed = await session.find((m) => isMessage(m, 'comm_close'));
  expect(closed.content).toMatchObject({ comm_id: 'c1' });
  const unknown = session.kernel.channels.request('kernel_info_request', {});
  const request = { ...unknown, header: { ...unknown.header, msg_type: 'debug_request' } };
  await session.kernel.channels.send('control', request);
  const refused = await session.find((m) => m.header.msg_type === 'debug_reply');
  expect(refused.content).toMatchObject({ status: 'error', ename: 'NotSupported' });
});

test('a comm says which cells are stale, and what hangs on which', async () => {
  const { channels } = session.kernel;
  const runAs = async (cellId: string, code: string, more: Record<string, unknown> = {}) => {
    const content = { code, silent: false, store_history: true, user_expressions: {} };
    const request = channels.request('execute_request', {
      ...content,
      allow_stdin: false,
      stop_on_error: true,
    });
    await channels.send('shell', { ...request, metadata: { cellId, ...more } });
    const told = await session.find(
      (m) => m.parentHeader.msg_id === request.header.msg_id && isMessage(m, 'comm_msg'),
    );
    await session.finished(request.header.msg_id);
    return told.content['data'];
  };
  const open = channels.request('comm_open', {
    comm_id: 'stale-1',
    target_name: 'daybook.stale',
    data: {},
  });
  await channels.send('shell', open);
  const first = await session.find((m) => m.parentHeader.msg_id === open.header.msg_id);
  expect(first.header.msg_type).toBe('status');
  expect(await session.ask('shell', 'comm_info_request', {})).toMatchObject({
    comms: { 'stale-1': { target_name: 'daybook.stale' } },
  });
  await runAs('one', 'let base = [1]; interface Row { a: number }');
  await runAs('two', 'const sum = base.length');
  await runAs('three', 'const row: Row = { a: sum }');
  expect(await runAs('four', 'base.push(2)')).toEqual({
    stale: ['two', 'three'],
    dependents: { one: ['two', 'three', 'four'], two: ['three'] },
  });
  expect(await runAs('two', 'const sum = base.length')).toMatchObject({ stale: ['three'] });
  expect(await runAs('three', 'const row: Row = { a: sum }')).toMatchObject({ stale: [] });
  // One that fails has read, too; one with a type error did not run.
  expect(await runAs('five', 'throw new Error(String(sum))')).toMatchObject({ stale: [] });
  expect(await runAs('two', 'const sum: string = base.length')).toMatchObject({
    stale: ['two', 'three', 'five'],
  });
  const edit = channels.request('comm_msg', {
    comm_id: 'stale-1',
    data: { sources: { two: 'const sum = base.length', five: null } },
  });
  await channels.send('shell', edit);
  const told = await session.find(
    (m) => m.parentHeader.msg_id === edit.header.msg_id && isMessage(m, 'comm_msg'),
  );
  expect(told.content['data']).toMatchObject({ stale: [] });
  expect(await runAs('six', '1', { deletedCells: ['one'] })).toMatchObject({
    stale: ['four', 'two', 'three'],
  });
  // Its process has ended, and with it all names.
  expect(await runAs('seven', 'process.kill(process.pid, 9); await new Promise(() => {})')).toEqual(
    { stale: [], dependents: {} },
  );
  const close = channels.request('comm_close', { comm_id: 'stale-1', data: {} });
  await channels.send('shell', close);
  expect(await session.ask('shell', 'comm_info_request', {})).toMatchObject({ comms: {} });
});

describe('completion', () => {
  const complete = async (code: string, at = Array.from(code).length) => {
    const reply = await session.ask('shell', 'complete_request', { code, cursor_pos: at });
    return reply as { matches: string[]; cursor_start: number; cursor_end: number };
  };

  test('knows the columns of earlier cells', async () => {
    await session.run('const rows = [{ plan: "a", province: "ON", active: 1 }];');
    expect((await complete('rows[0].p')).matches).toEqual(['plan', 'province']);
    expect((await complete('rows.map((row) => row.')).matches).toEqual([
      'active',
      'plan',
      'province',
    ]);
  });

  test('offers nothing for a name that is complete', async () => {
    expect((await complete('rows[0].plan')).matches).toEqual([]);
    expect((await complete('rows')).matches).toEqual([]);
  });

  test('knows local names first, and modules', async () => {
    expect((await complete('const plans = 1; pla')).matches[0]).toBe('plans');
    expect((await complete('row')).matches).toContain('rows');
    expect((await complete('import { readFileS } from "node:fs"', 18)).matches).toEqual([
      'readFileSync',
    ]);
    expect((await complete('import {} from "node:f')).matches).toContain('node:fs');
  });

  test('counts positions in code points', async () => {
    const code = "'😀😀'; Number.isSafe";
    expect(await complete(code)).toMatchObject({
      matches: ['isSafeInteger'],
      cursor_start: 13,
      cursor_end: 19,
    });
  });

  test('of what is typed quickly, the last question is answered with what fits', async () => {
    const text = 'Number.isSafe';
    const replies = await Promise.all(
      Array.from({ length: 10 }, (_, index) => complete(text.slice(0, index + 4))),
    );
    expect(replies.at(-1)?.matches).toEqual(['isSafeInteger']);
  });

  test('does not disturb the cells', async () => {
    await complete('const rows = "other"; rows.');
    expect((await session.run('rows[0]!.plan')).result).toMatchObject({ 'text/plain': 'a' });
  });
});

describe('inspection', () => {
  const inspect = async (code: string, at = code.length) =>
    (await session.ask('shell', 'inspect_request', {
      code,
      cursor_pos: at,
      detail_level: 0,
    })) as { found: boolean; data: Record<string, string> };

  test('shows declaration and documentation, of earlier cells, too', async () => {
    await session.run(
      '/** The share that left. */\nfunction churnRate(left: number): number { return left; }',
    );
    const found = await inspect('churnRate(1)', 4);
    expect(found.found).toBe(true);
    expect(found.data['text/plain']).toBe(
      'function churnRate(left: number): number\n\nThe share that left.',
    );
    expect(found.data['text/markdown']).toContain('```typescript');
    expect((await inspect('parseInt')).data['text/plain']).toContain('Converts a string');
  });

  test('finds nothing where there is nothing', async () => {
    expect(await inspect('   ', 1)).toMatchObject({ found: false, data: {} });
  });

  test('a name with a question mark opens the pager', async () => {
    const { reply } = await session.run('churnRate?');
    expect(reply.payload).toMatchObject([{ source: 'page', start: 0 }]);
    expect((await session.run('nothingLikeThat?')).reply.status).toBe('ok');
  });
});
