// @module-tag heavy
import fc from 'fast-check';
import { runInNewContext } from 'node:vm';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { parseNotebook } from '../../src/nbformat/read-notebook.js';
import { applyParameters } from '../../src/notebook/parameters/apply-parameters.js';
import { declaredParameters } from '../../src/notebook/parameters/declared-parameters.js';
import { givenParameters } from '../../src/notebook/parameters/given-parameters.js';
import {
  describeType,
  valueAsCode,
  valueFromText,
  type ParameterType,
} from '../../src/notebook/parameters/parameter-type.js';
import { redact } from '../../src/notebook/parameters/redact.js';
import { createTestDatabase, type TestDatabase } from '../database.js';
import { markdown, notebookOf, outputsOf, streamText } from './notebooks.js';
import { TestProject } from './project.js';

vi.setConfig({ testTimeout: 300_000 });

test('declarations: types, standing values, comments', async () => {
  const declared = await declaredParameters(`
/** Which province. */
const province: 'ON' | 'QC' = 'ON';
const limit = 10, share: number = -0.5;
let since = '2019-01-01';
const name: string = "x", maybe: string | null = null, all = true;
const months: number[] = [1, 2];
const until = new Date('2019-12-31');
const options: { deep: boolean } = compute();
/** For the service. @secret */
const key: string = process.env['API_KEY'] ?? '';
import x from 'y';
`);
  expect(declared.map(({ name, type, standing }) => [name, describeType(type), standing])).toEqual([
    ['province', '"ON" | "QC"', 'ON'],
    ['limit', 'a number', 10],
    ['share', 'a number', -0.5],
    ['since', 'a date like 2019-12-31', '2019-01-01'],
    ['name', 'text', 'x'],
    ['maybe', 'text, or null', null],
    ['all', 'true or false', true],
    ['months', 'a list of a number', [1, 2]],
    ['until', 'a date or an instant like 2019-12-31T00:00:00Z', '2019-12-31'],
    ['options', 'JSON', undefined],
    ['key', 'text', undefined],
  ]);
  expect(declared[0]?.description).toBe('Which province.');
  expect(declared.at(-1)).toMatchObject({
    description: 'For the service.',
    secret: { variable: 'API_KEY' },
  });
  await expect(declaredParameters('/** @secret */ const key = "abc";')).rejects.toThrow(
    'has to be read from the environment',
  );
});

const literals: ParameterType = { kind: 'literals', values: ['ON', 5, true] };

describe('values of the command line', () => {
  test.each<[ParameterType, string, unknown]>([
    [{ kind: 'number' }, '-1.5e3', -1500],
    [{ kind: 'string' }, '5', '5'],
    [{ kind: 'boolean' }, 'false', false],
    [{ kind: 'date' }, '2020-02-29', '2020-02-29'],
    [{ kind: 'instant' }, '2020-02-29T00:00:00Z', '2020-02-29T00:00:00Z'],
    [literals, '5', 5],
    [literals, 'true', true],
    [{ kind: 'list', of: { kind: 'number' } }, '1, 2', [1, 2]],
    [{ kind: 'list', of: { kind: 'string' } }, '["a,b"]', ['a,b']],
    [{ kind: 'list', of: { kind: 'string' } }, '', []],
    [{ kind: 'nullable', of: { kind: 'number' } }, 'null', null],
    [{ kind: 'json' }, '{"a":[1]}', { a: [1] }],
  ])('%j takes %j', (type, text, value) => {
    expect(valueFromText(type, text)).toEqual(value);
  });

  test.each<[ParameterType, string, string]>([
    [{ kind: 'number' }, 'many', '"many" is not a number'],
    [{ kind: 'number' }, '', '"" is not a number'],
    [{ kind: 'number' }, 'Infinity', 'is not a number'],
    [{ kind: 'boolean' }, 'yes', '"yes" is not true or false'],
    [{ kind: 'date' }, '2019-02-30', '"2019-02-30" is not a date like 2019-12-31'],
    [{ kind: 'instant' }, '2019-02-30T00:00:00Z', 'is not a date or an instant'],
    [literals, 'BC', '"BC" is not "ON" | 5 | true'],
    [{ kind: 'list', of: { kind: 'number' } }, '1,x', '"x" is not a number'],
    [{ kind: 'list', of: { kind: 'number' } }, '["1"]', '["1"] is not a list of a number'],
    [{ kind: 'json' }, '{', '"{" is not JSON'],
  ])('%j refuses %j', (type, text, message) => {
    expect(() => valueFromText(type, text)).toThrow(message);
  });
});

test('strings with quotes and backslashes, and any other JSON, arrive as they are', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const json = JSON.parse(JSON.stringify(value)) as never;
      const code = valueAsCode({ kind: 'json' }, json);
      expect(JSON.stringify(runInNewContext(`(${code})`))).toBe(JSON.stringify(json));
    }),
    { examples: [[JSON.parse('{"__proto__": [{"__proto__": null}]}')]] },
  );
});

test('all values that do not fit are named at once; nothing is half applied', async () => {
  const notebook = notebookOf([
    {
      code: `const n: number = 1;
const day = '2019-01-01';
/** @secret */
const key = process.env.NO_SUCH_KEY ?? '';`,
      tags: ['parameters'],
    },
  ]);
  const given = { n: { value: 'x' }, day: { text: '2019-02-30' }, key: { text: 'abc' } };
  await expect(applyParameters(notebook, 'a.ipynb', given, {})).rejects.toMatchObject({
    code: 'PARAMETER_INVALID',
    message: expect.stringMatching(
      /n: "x" is not a number\nday: "2019-02-30" is not a date.*\nkey is secret: set NO_SUCH_KEY/,
    ) as string,
  });
  await expect(applyParameters(notebook, 'a.ipynb', {}, {})).rejects.toThrow(
    'key: NO_SUCH_KEY is not set',
  );
});

test('a secret is masked wherever it stands, also in the forms of URLs and JSON', () => {
  const masked = redact(
    { text: ['the s3cret"/ is', encodeURIComponent('s3cret"/')], nested: { 's3cret"/': 1 } },
    ['s3cret"/', 'abc'],
  );
  expect(masked).toEqual({ text: ['the ••• is', '•••'], nested: { '•••': 1 } });
  expect(redact({ at: new Date(0), text: 'abc' }, ['abc'])).toEqual({
    at: new Date(0),
    text: 'abc',
  });
});

describe('runs', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(async () => {
    await database.drop();
  });

  test('from file, command line and matrix: each has a page; the secret is nowhere', async () => {
    using project = new TestProject(database);
    const path = project.notebook('notebooks/sales.ipynb', [
      markdown('# Sales'),
      {
        code: `const province: 'ON' | 'QC' = 'ON';
let limit: number = 1;
/** @secret */
const key: string = process.env['SALES_KEY'] ?? '';`,
        tags: ['parameters'],
      },
      'console.log(province, limit, key.length);',
      { code: 'throw new Error(`no access with ${key}`)', tags: ['raises-exception'] },
    ]);
    project.notebook('notebooks/plain.ipynb', ['console.log("once")']);
    const file = project.file('runs.yaml', '- limit: 1\n- limit: 2\n');
    const parameters = await givenParameters({
      single: [],
      matrix: ['province=ON,QC'],
      file,
    });
    const output = join(project.root, 'out');
    const env = { ...process.env, SALES_KEY: 'do-not-show' };
    const report = await project.run({ parameters, env, output, newPages: true });
    expect(report.notebooks.map(({ path: label, status }) => [label, status])).toEqual([
      ['notebooks/plain.ipynb', 'passed'],
      ['notebooks/sales.ipynb', 'passed'],
      ['notebooks/sales.ipynb--QC', 'passed'],
      ['notebooks/sales.ipynb--2', 'passed'],
      ['notebooks/sales.ipynb--QC-2', 'passed'],
    ]);
    const { rows } = await database.owner.query<{ slug: string; title: string; document: string }>(
      'select * from publication.notebook join publication.notebook_run using (slug) order by slug',
    );
    expect(rows.map(({ slug, title }) => [slug, title])).toEqual([
      ['plain', 'Plain'],
      ['sales', 'Sales'],
      ['sales--2', 'Sales (limit 2)'],
      ['sales--QC', 'Sales (province QC)'],
      ['sales--QC-2', 'Sales (province QC, limit 2)'],
    ]);
    const executed = parseNotebook(
      readFileSync(join(output, 'sales--QC-2.ipynb'), 'utf8'),
      'executed',
    );
    expect(streamText(outputsOf(executed)[1] ?? [])).toBe('QC 2 11\n');
    expect(executed.metadata['daybook']).toMatchObject({
      run: { parameters: { province: 'QC', limit: 2 } },
    });
    expect(outputsOf(executed)[2]?.at(-1)).toMatchObject({ evalue: 'no access with •••' });
    expect(
      JSON.stringify([rows, report, executed], (_, value: unknown) =>
        typeof value === 'bigint' ? String(value) : value,
      ),
    ).not.toContain('do-not-show');

    // The same again is unchanged; the file itself is as it was.
    const again = await project.run({ parameters, env });
    expect(again.notebooks.every(({ status }) => status === 'unchanged')).toBe(true);
    expect(readFileSync(path, 'utf8')).toContain("'ON' | 'QC' = 'ON'");
    await expect(project.run({ parameters: [{ nobody: { text: '1' } }] })).rejects.toMatchObject({
      code: 'USAGE',
    });
    expect(await project.run()).toMatchObject({
      notebooks: [
        { status: 'unchanged' },
        { status: 'failed', failure: { kind: 'parameters', evalue: 'key: SALES_KEY is not set' } },
      ],
    });
  });

  test('the secret is not in what is saved while the notebook runs', async () => {
    using project = new TestProject(database);
    // Each cell ends when the test has seen what was saved after the one before.
    const gate = (name: string) =>
      `while (!existsSync('${name}')) await new Promise((resolve) => setTimeout(resolve, 20));`;
    project.notebook('notebooks/slow.ipynb', [
      {
        code: `/** @secret */
const key: string = process.env['SLOW_KEY'] ?? '';`,
        tags: ['parameters'],
      },
      `import { existsSync } from 'node:fs';
console.log('with', key); ({ key })`,
      {
        code: `${gate('first')} throw new Error('no access with ' + encodeURIComponent(key))`,
        tags: ['raises-exception'],
      },
      gate('second'),
    ]);
    const output = join(project.root, 'out');
    const key = 'do not "show"';
    const run = project.run({ output, env: { ...process.env, SLOW_KEY: key } });
    const seen = new Set<string>();
    const read = () => {
      const file = join(output, 'slow.ipynb');
      const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
      if (text !== '') seen.add(text);
      return text;
    };
    let partial: string;
    try {
      await expect.poll(read, { timeout: 120_000 }).toContain('with •••');
      project.file('notebooks/first', '');
      await expect.poll(read, { timeout: 120_000 }).toContain('no access with •••');
      partial = read();
    } finally {
      for (const name of ['first', 'second']) project.file(`notebooks/${name}`, '');
      await run;
    }
    expect((await run).notebooks).toMatchObject([{ status: 'passed' }]);
    expect(parseNotebook(partial, 'partial').metadata['daybook']).toMatchObject({
      run: { status: 'running' },
    });
    expect(seen.size).toBeGreaterThan(1);
    for (const text of seen) expect(text).not.toMatch(/do not|do%20not/);
  });
});
