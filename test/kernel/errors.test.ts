// @module-tag heavy
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { isMessage } from '../../src/jupyter/message.js';
import { plain, startSession, type KernelSession } from './session.js';
import { isAlive } from '../is-alive.js';
import { temporaryFolder } from '../temporary-folder.js';
import { until } from '../until.js';

let session: KernelSession;
beforeAll(async () => {
  session = await startSession();
});
afterAll(() => session.stop());

/** The traceback, with the cell's number as N. */
function shown(executed: { errors: readonly { traceback: string[] }[] }): string {
  return plain(executed.errors[0]?.traceback ?? []).replaceAll(/In\[\d+\]/g, 'In[N]');
}

describe('a type error', () => {
  test('has code, message, line, column and the line itself; nothing has run', async () => {
    const executed = await session.run(
      'console.log("not printed");\nconst rows = [{ plan: "basic" }];\nrows.map((row) => row.plann);',
    );
    expect(executed.stdout).toBe('');
    expect(executed.reply).toMatchObject({
      status: 'error',
      ename: 'TS2551',
      evalue: "Property 'plann' does not exist on type '{ plan: string; }'. Did you mean 'plan'?",
    });
    expect(executed.errors).toHaveLength(1);
    expect(executed.reply.traceback).toEqual(executed.errors[0]?.traceback);
    expect(shown(executed)).toBe(
      [
        "TS2551: Property 'plann' does not exist on type '{ plan: string; }'. Did you mean 'plan'?",
        'In[N]:3:23',
        '  1 | console.log("not printed");',
        '  2 | const rows = [{ plan: "basic" }];',
        '> 3 | rows.map((row) => row.plann);',
        '    |                       ^^^^^',
      ].join('\n'),
    );
  });

  test('says all that is wrong, with reasons', async () => {
    const executed = await session.run(
      'const f = (row: { a: number }) => row;\nf({ a: "x" });\nf({});',
    );
    expect(shown(executed)).toContain("TS2322: Type 'string' is not assignable to type 'number'.");
    expect(shown(executed)).toContain('In[N]:3:3');
    expect(shown(executed)).toContain("Property 'a' is missing");
  });

  test('is shortened when there are many', async () => {
    const lines = Array.from({ length: 30 }, (_, i) => `nothing${i};`).join('\n');
    expect(shown(await session.run(lines))).toMatch(/… and 20 more problems$/);
  });

  test('of syntax points to its place, at the end of the cell, too', async () => {
    expect(shown(await session.run('const a = [1,\nconst b'))).toContain('In[N]:2:1');
    expect(shown(await session.run('f('))).toContain('In[N]:1:3');
    expect((await session.run('/* never closed')).reply.ename).toBe('TS1010');
  });

  test('speaks of constants, not of the modules that cells are', async () => {
    await session.run('const fixed = 1;');
    expect((await session.run('fixed = 2;')).reply.evalue).toBe(
      "Cannot assign to 'fixed' because it is a constant.",
    );
  });
});

describe('an exception', () => {
  test('shows where it was thrown in lines of cells, and who called', async () => {
    await session.run('// a comment\nfunction totalOf(rows: any) {\n  return rows.total.value;\n}');
    const executed = await session.run('const given = {};\n\ntotalOf(given);');
    expect(executed.reply).toMatchObject({
      status: 'error',
      ename: 'TypeError',
      evalue: "Cannot read properties of undefined (reading 'value')",
    });
    expect(shown(executed)).toBe(
      [
        "TypeError: Cannot read properties of undefined (reading 'value')",
        '  1 | // a comment',
        '  2 | function totalOf(rows: any) {',
        '> 3 |   return rows.total.value;',
        '    |                     ^',
        '  4 | }',
        '    at totalOf (In[N]:3:21)',
        '    at In[N]:3:1',
      ].join('\n'),
    );
  });

  test('names things as the cell does', async () => {
    await session.run('const some: any = undefined; const obj: any = {};');
    const evalue = async (code: string) => (await session.run(code)).reply.evalue;
    expect(await evalue('for (const row of some) row')).toBe('some is not iterable');
    expect(await evalue('some()')).toBe('some is not a function');
    expect(await evalue('obj.a.b()')).toBe("Cannot read properties of undefined (reading 'b')");
    expect(await evalue('obj.f()')).toBe('obj.f is not a function');
    const { stdout } = await session.run('try { some(); } catch (error) { console.log(error); }');
    expect(stdout).toMatch(/^TypeError: some is not a function\n {4}at In\[/);
  });

  test('keeps its place through types, awaits and awaiting callers', async () => {
    const executed = await session.run(
      [
        'interface Row { a: number }',
        'async function load(): Promise<Row[]> {',
        '  await Promise.resolve();',
        '  const wrong: Row = { a: 1 }; throw new RangeError("no rows");',
        '}',
        'const loaded: Row[] = await load();',
      ].join('\n'),
    );
    expect(shown(executed)).toContain('> 4 |');
    expect(shown(executed)).toMatch(/at load \(In\[N\]:4:38\)\n {4}at async In\[N\]:6:23/);
  });

  test('shows its fields and causes', async () => {
    const executed = await session.run(
      'throw Object.assign(new Error("outer", { cause: new TypeError("inner") }), { code: "42P01", detail: undefined })',
    );
    expect(shown(executed)).toContain("{ code: '42P01' }");
    expect(shown(executed)).toContain('caused by: TypeError: inner');
    const many = await session.run('await Promise.any([Promise.reject(new Error("one"))])');
    expect(many.reply.ename).toBe('AggregateError');
    expect(shown(many)).toContain('caused by: Error: one');
  });

  test.each([
    ['"a string"', 'Thrown string', 'a string'],
    ['{ code: 7 }', 'Thrown object', '{ code: 7 }'],
    ['undefined', 'Thrown undefined', 'undefined'],
    ['null', 'Thrown object', 'null'],
    ['Object.create(null)', 'Thrown object', '[Object: null prototype] {}'],
    ['new (class Odd extends Error { override name = "Odd" })("m")', 'Odd', 'm'],
  ])('need not be an Error: throw %s', async (thrown, ename, evalue) => {
    expect((await session.run(`throw ${thrown}`)).reply).toMatchObject({ ename, evalue });
  });

  test('that breaks when it is looked at is still an error', async () => {
    const code = 'throw new Proxy(new Error("x"), { get() { throw new Error("hands off") } })';
    const { reply } = await session.run(code);
    expect(reply).toMatchObject({ status: 'error' });
    expect((await session.run('1')).reply.status).toBe('ok');
  });
});

/** A cell that runs until it is let go. */
function gate(): { waiting: string; open: () => void } {
  const path = join(temporaryFolder(), 'open');
  return {
    waiting: `while (!process.getBuiltinModule('node:fs').existsSync(${JSON.stringify(path)})) await new Promise((r) => setTimeout(r, 5));`,
    open: () => {
      writeFileSync(path, '');
    },
  };
}

describe('what nobody caught', () => {
  test('fails the cell that it belongs to, while that runs', async () => {
    const timer = await session.run(
      'setTimeout(() => {\n  throw new TypeError("in a timer");\n}, 5);\nawait new Promise(() => {});',
    );
    expect(timer.reply).toMatchObject({ status: 'error', ename: 'TypeError' });
    expect(shown(timer)).toContain('> 2 |   throw new TypeError("in a timer");');
    const rejected = await session.run('void Promise.reject(new Error("forgotten")); 1');
    expect(rejected.reply).toMatchObject({ status: 'error', evalue: 'forgotten' });
    expect(rejected.errors).toHaveLength(1);
  });

  test.each([
    ['a timer', 'setTimeout(() => { throw new Error("late") }, 30)'],
    [
      'a promise',
      'void (async () => { await new Promise((r) => setTimeout(r, 30)); throw new Error("late"); })()',
    ],
    [
      'an immediate after a timer',
      'setTimeout(() => setImmediate(() => { throw new Error("late") }), 30)',
    ],
    ['a microtask', 'setTimeout(() => queueMicrotask(() => { throw new Error("late") }), 30)'],
    ['a tick', 'setTimeout(() => process.nextTick(() => { throw new Error("late") }), 30)'],
    [
      'an event',
      'import { EventEmitter, once } from "node:events"; import { Worker } from "node:worker_threads"; new Worker("", { eval: true }).on("exit", () => { throw new Error("late") })',
    ],
  ])('is a late error of its cell, not of the running one: %s', async (_name, code) => {
    const id = await session.send(`${code}; 0`);
    const first = await session.finished(id);
    expect(first.reply.status).toBe('ok');
    const { waiting, open } = gate();
    const second = session.run(`${waiting} "fine"`);
    const late = await session.find((m) => isMessage(m, 'error') && m.parentHeader.msg_id === id);
    expect(late.content).toMatchObject({ ename: 'Error', evalue: 'late' });
    open();
    expect((await second).reply.status).toBe('ok');
  });

  test('output of timers belongs to the cell that set them', async () => {
    const id = await session.send('setTimeout(() => console.log("from the first"), 50); 0');
    await session.finished(id);
    const { waiting, open } = gate();
    const second = session.run(waiting);
    const late = await session.find(
      (m) => isMessage(m, 'stream') && m.content.text.includes('from the first'),
    );
    expect(late.parentHeader.msg_id).toBe(id);
    open();
    await second;
  });
});

describe('the end of a process', () => {
  test('process.exit is an error of the cell, and the kernel goes on', async () => {
    await session.run('const stays = 1;');
    const { reply } = await session.run('process.exit(3)');
    expect(reply.status).toBe('error');
    expect(reply.evalue).toMatch(/^process\.exit\(3\) was called/);
    expect((await session.run('stays')).result).toMatchObject({ 'text/plain': '1' });
  });

  test('a cell that kills its process fails, and the next one starts afresh', async () => {
    const own = await startSession();
    onTestFinished(() => own.stop());
    await own.run('const gone = 1; console.log("before");');
    const killed = await own.run('console.log("last words"); process.kill(process.pid, "SIGKILL")');
    expect(killed.stdout).toBe('last words\n');
    expect(killed.reply).toMatchObject({
      ename: 'ProcessEnded',
      evalue: 'The process of the cells was ended by SIGKILL.',
    });
    expect((await own.run('gone')).reply).toMatchObject({ ename: 'TS2304' });
    const aborted = await own.run('process.abort()');
    expect(aborted.reply.evalue).toMatch(/SIGABRT/);
    expect((await own.run('1 + 1')).result).toMatchObject({ 'text/plain': '2' });
  });

  test('shutting down ends timers, loops and child processes, politely asked or not', async () => {
    const own = await startSession();
    onTestFinished(() => own.stop());
    const { result } = await own.run(
      'import { spawn } from "node:child_process"; const child = spawn("sleep", ["1000"]); setInterval(() => {}, 10); [process.pid, child.pid].join()',
    );
    const pids = String(result?.['text/plain']).split(',').map(Number);
    await own.send('while (true) {}');
    expect(pids.every(isAlive)).toBe(true);
    const reply = await own.ask('control', 'shutdown_request', { restart: true });
    expect(reply).toMatchObject({ status: 'ok', restart: true });
    expect(await own.kernel.process.exited).toEqual({ code: 0, signal: null });
    expect(pids.filter(isAlive)).toEqual([]);
  });

  test('when the kernel is killed, its processes end, even in a loop', async () => {
    const own = await startSession();
    onTestFinished(() => own.stop());
    const { result } = await own.run(
      'import { spawn } from "node:child_process"; [process.pid, spawn("sleep", ["1000"]).pid].join()',
    );
    const pids = String(result?.['text/plain']).split(',').map(Number);
    onTestFinished(() => {
      for (const pid of pids.filter(isAlive)) process.kill(pid, 'SIGKILL');
    });
    await own.send('while (true) {}');
    expect(pids.map(isAlive)).toEqual([true, true]);
    process.kill(own.kernel.process.pid ?? 0, 'SIGKILL');
    await own.kernel.process.exited;
    await until(() => !pids.some(isAlive));
  });
});
