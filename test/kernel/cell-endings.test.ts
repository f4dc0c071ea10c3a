// @module-tag heavy
import { execFile } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { plain, startSession, type KernelSession } from './session.js';

let session: KernelSession;
beforeAll(async () => {
  session = await startSession();
});
afterAll(() => session.stop());

const textOf = async (code: string) => (await session.run(code)).result?.['text/plain'];

describe('a promise as last expression', () => {
  test('is waited for, and what it comes to is shown', async () => {
    expect(await textOf('Promise.resolve([{ a: 1 }])')).toContain('1');
    expect(await textOf('(async () => "done")()')).toBe('done');
    expect(await textOf('Promise.resolve()')).toBeUndefined();
    expect(await textOf('new (class Later extends Promise<number> {})((done) => done(5))')).toBe(
      '5',
    );
  });

  test('fails the cell when it is rejected, at the place that says why', async () => {
    const executed = await session.run(
      'async function later() {\n  await null;\n  throw new TypeError("late");\n}\nlater()',
    );
    expect(executed.result).toBeUndefined();
    expect(executed.errors).toHaveLength(1);
    expect(executed.reply).toMatchObject({ status: 'error', ename: 'TypeError', evalue: 'late' });
    expect(plain(executed.reply.traceback ?? [])).toMatch(/In\[\d+\]:3:9/);
  });

  test('can be interrupted, and left alone by `void`', async () => {
    const id = await session.send('new Promise(() => {})');
    await session.ask('control', 'interrupt_request', {});
    expect((await session.finished(id)).reply).toMatchObject({ ename: 'Interrupted' });
    expect((await session.run('void new Promise(() => {})')).reply.status).toBe('ok');
  });

  test('other things with `then` stay what they are: a query builder must not run', async () => {
    expect(await textOf('({ then: () => { throw new Error("ran") }, sql: "x" })')).toContain('sql');
  });
});

describe('what is thrown', () => {
  test.each([
    [`require('vm').runInNewContext("new TypeError('from there')")`, 'TypeError', 'from there'],
    [
      `require('vm').runInNewContext("new AggregateError([new Error('one')], 'all')")`,
      'AggregateError',
      'all',
    ],
    ['Object.freeze(new RangeError("frozen"))', 'RangeError', 'frozen'],
    ['Object.setPrototypeOf(new Error("bare"), null)', 'Error', 'bare'],
    ['Object.defineProperty(new Error("m"), "name", { get() { throw 1 } })', 'Error', 'm'],
    ['Object.defineProperty(new Error("m"), "message", { get() { throw 1 } })', 'Error', ''],
    ['Object.defineProperty(new Error("m"), "cause", { get() { throw 1 } })', 'Error', 'm'],
    [
      'Object.defineProperty(new Error("m"), "field", { enumerable: true, get() { throw 1 } })',
      'Error',
      'm',
    ],
    ['new Proxy(new SyntaxError("inside"), {})', 'SyntaxError', 'inside'],
    [
      'new Proxy(new Error("x"), { get() { throw 1 }, getPrototypeOf() { throw 2 } })',
      'Thrown object',
      /./,
    ],
    [
      '(() => { const p = Proxy.revocable({}, {}); p.revoke(); return p.proxy })()',
      'Thrown object',
      /./,
    ],
    ['undefined', 'Thrown undefined', 'undefined'],
    ['null', 'Thrown object', 'null'],
    ['() => 1', 'Thrown function', /Function|=> 1/],
    ['Symbol("s")', 'Thrown symbol', 'Symbol(s)'],
    ['10n', 'Thrown bigint', '10n'],
    ['"text"', 'Thrown string', 'text'],
    ['Object.create(null)', 'Thrown object', '[Object: null prototype] {}'],
    ['Object.assign(Object.create(Error.prototype), { message: "inherits" })', 'Error', 'inherits'],
  ])('%s', async (thrown, name, message) => {
    const { errors } = await session.run(`throw ${thrown}`);
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatchObject({
      ename: name,
      evalue: typeof message === 'string' ? message : (expect.stringMatching(message) as string),
    });
  });

  test('an error of another realm has its place in the cell', async () => {
    const { reply } = await session.run(
      `const { runInNewContext } = require('node:vm');\n\nrunInNewContext("null.x")`,
    );
    expect(reply.ename).toBe('TypeError');
    expect(plain(reply.traceback ?? [])).toMatch(/> 3 \| runInNewContext/);
    expect(plain(reply.traceback ?? [])).not.toMatch(/kernel\/runner|node:internal/);
  });

  test('causes and the errors of an AggregateError are all there', async () => {
    const { reply } = await session.run(
      `throw new AggregateError([new Error('one'), 'two'], 'all', { cause: new Error('root', { cause: 'deepest' }) })`,
    );
    const shown = plain(reply.traceback ?? []);
    for (const part of ['all', 'one', 'two', 'root', 'deepest']) expect(shown).toContain(part);
  });
});

test('console prints what Node.js prints', async () => {
  const lines = [
    'console.table([{ a: 1, b: "x" }, { a: 2, b: "y" }])',
    'console.group("outer"); console.info("in"); console.groupCollapsed(); console.debug("deep"); console.groupEnd(); console.groupEnd()',
    'console.dir({ a: { b: { c: { d: 1 } } } }, { depth: 0 })',
    'console.count(); console.count("x"); console.countReset(); console.count()',
    'console.log("%s is %d of %o %%", "a", 42, [1])',
    'console.error("e"); console.warn("w")',
    'console.assert(false, "no %s", "good"); console.assert(true, "fine")',
    'console.timeLog("missing"); console.timeEnd("missing")',
    'console.dirxml({ x: 1 }, [2])',
  ].map((line) => `${line};`);
  const { stdout, stderr } = await session.run(lines.join('\n'));
  const [out, err] = await new Promise<[string, string]>((resolve) => {
    execFile(process.execPath, ['--no-warnings', '-e', lines.join('\n')], (_error, out, err) => {
      resolve([out, err]);
    });
  });
  expect(stdout).toBe(out);
  const withoutWarnings = (text: string) =>
    text.replace(/^.*(?:Warning|--trace-warnings).*\n/gm, '');
  expect(withoutWarnings(stderr)).toBe(withoutWarnings(err));

  const traced = await session.run('function f() { console.trace("here %d", 1); }\nf();');
  expect(traced.stderr).toMatch(
    /^Trace: here 1\n {4}at f \(In\[\d+\]:1:24\)\n {4}at In\[\d+\]:2:1\n$/,
  );
  expect((await session.run('console.time(); console.timeEnd()')).stdout).toMatch(
    /^default: [\d.]+m?s\n$/,
  );
  const object =
    'const o: any = { name: "N", message: "m" }; Error.captureStackTrace(o); o.stack.split("\\n")[0]';
  expect(await textOf(object)).toBe('N: m');
});
