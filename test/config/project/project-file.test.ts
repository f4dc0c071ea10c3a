import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findRoot, readConfig } from '../../../src/config/config.js';
import { readProjectFile } from '../../../src/config/project/project-file.js';
import { completeProject, defaultProject } from '../../../src/config/project/project-settings.js';
import { defaultSeverities, lintRules } from '../../../src/config/declarations/lint-rules.js';
import { ConfigError } from '../../../src/errors.js';
import { root } from '../../database.js';
import { temporaryFolder } from '../../temporary-folder.js';

const head = `import { defineConfig } from 'daybook/config';\n`;

/** Reads a project of these files; the project file's text may be given alone. */
function read(files: string | Record<string, string>) {
  const root = temporaryFolder(
    typeof files === 'string' ? { 'daybook.config.ts': head + files } : files,
  );
  return readProjectFile(root, join(root, '.daybook'));
}

const problemsOf = (reading: Promise<unknown>): Promise<readonly string[]> =>
  reading.then(
    () => [],
    (error: unknown) => {
      if (error instanceof ConfigError) return error.problems;
      throw error;
    },
  );

describe('a project file', () => {
  test('is not needed', async () => {
    expect(await read({})).toEqual(defaultProject);
  });

  test('may leave out what it likes', async () => {
    expect(await read('export default defineConfig({});')).toEqual(defaultProject);
    expect(await read('export default defineConfig({ report: {} });')).toEqual(defaultProject);
  });

  test('is TypeScript that imports packages and other files of the project', async () => {
    const files = {
      'daybook.config.ts': `${head}import { join } from 'node:path';
import { zone } from './settings/zone.ts';
const model: string = ['mart', 'as_of'].join('.');
export default defineConfig({
  schemas: { raw: \`lines \${join('a', 'b')}\`, mart: 'answers' as string },
  report: { timeZone: zone, model },
} satisfies object);`,
      'settings/zone.ts': `export const zone: string = 'Asia/Tokyo';`,
    };
    expect(await read(files)).toEqual({
      schemas: {
        names: ['raw', 'mart'],
        loaded: 'raw',
        words: { raw: `lines ${join('a', 'b')}`, mart: 'answers' },
      },
      timeZone: 'Asia/Tokyo',
      reportModel: 'mart.as_of',
      sampleLogs: undefined,
      lint: defaultSeverities,
      site: { title: 'Daybook', groups: [] },
      schedules: [],
      deadlines: [],
      locale: 'en-CA',
    });
  });

  test('imports files by every name that TypeScript has for them, once, and in circles', async () => {
    const files = {
      'daybook.config.ts': `import type { Zone } from './types.ts';
import { first } from './a.js';
import second from './lib';
import * as third from './c.ts';
import data from './data.json';
export { default as again } from './c.ts';
const zone: Zone = [first, second, third.default(), data.end].join('');
export default { title: zone } satisfies object;
export const later = import('./a.js');`,
      'types.d.ts': 'export type Zone = string;',
      'a.ts': `import third from './c.ts'; export const first: string = 'a' + third();`,
      'lib/index.ts': `globalThis.count = (globalThis.count ?? 0) + 1;\nexport default 'b' as string;`,
      'c.ts': `import { first } from './a.ts'; export default function third() { return typeof first === 'string' ? 'c' : 'x' }; import './lib/index.ts';`,
      'data.json': '{"end": "."}',
    };
    expect((await read(files)).site.title).toMatch(/^a[cx]bc\.$/);
  });

  test('is read again when it or a file that it imports has changed', async () => {
    const root = temporaryFolder({
      'daybook.config.ts': `import { zone } from './zone.ts'; export default { report: { timeZone: zone } };`,
      'zone.ts': `export const zone: string = 'Asia/Tokyo';`,
    });
    const home = join(root, '.daybook');
    const timeZone = async () => (await readProjectFile(root, home)).timeZone;
    expect(await timeZone()).toBe('Asia/Tokyo');
    // Where nothing is kept yet, reading makes no folder.
    expect(existsSync(home)).toBe(false);
    mkdirSync(home);
    for (const zone of ['Asia/Tokyo', 'Asia/Seoul', 'Europe/Paris']) {
      writeFileSync(join(root, 'zone.ts'), `export const zone: string = '${zone}';`);
      expect([await timeZone(), await timeZone()]).toEqual([zone, zone]);
    }
    const [kept] = readdirSync(home);
    writeFileSync(join(home, kept!), '{"files": {}');
    expect(await timeZone()).toBe('Europe/Paris');
  });

  test('marks the root of a project', () => {
    const root = temporaryFolder({ 'daybook.config.ts': '', 'notebooks/a.ipynb': '' });
    expect(findRoot(join(root, 'notebooks'))).toBe(root);
  });

  test('is overruled by the environment', async () => {
    const root = temporaryFolder({
      'daybook.config.ts': `export default { report: { timeZone: 'Asia/Tokyo' } };`,
    });
    expect((await readConfig({}, root)).reportTimeZone).toBe('Asia/Tokyo');
    const env = { DAYBOOK_REPORT_TIMEZONE: 'Europe/Paris' };
    expect((await readConfig(env, root)).reportTimeZone).toBe('Europe/Paris');
  });
});

describe('what is wrong in a project file is named by line, column and field', () => {
  test.each([
    [
      'a misspelt field',
      `export default defineConfig({\n  reprot: { timeZone: 'UTC' },\n});`,
      'daybook.config.ts:3:3: reprot: there is no such field; did you mean report? (there are: title, groups, schemas, report, sampleLogs, lint, openLineage, schedules, storage, deadlines, theme, locale)',
    ],
    [
      'a field in the wrong place',
      `export default defineConfig({ report: {\n  zone: 'UTC' } });`,
      'daybook.config.ts:3:3: report.zone: there is no such field (there are: timeZone, model)',
    ],
    [
      'a time zone',
      `const report = { model: undefined, 'timeZone': 'Mars' };\nexport default { report: report };`,
      'daybook.config.ts:2:36: report.timeZone: "Mars" is not an IANA time zone, like Europe/Berlin',
    ],
    [
      'another type',
      `export default { report: 'UTC' } as const;`,
      'daybook.config.ts:2:18: report: must be an object, { … }',
    ],
    [
      'a model of no schema',
      `export default defineConfig({ report: { model: 'mart.as_of' } })`,
      'daybook.config.ts:2:41: report.model: there is no schema mart (there are: bronze, silver, gold)',
    ],
    [
      'the name of a schema',
      `export default { schemas: {\n  'Raw data': '' } };`,
      'daybook.config.ts:3:3: schemas.Raw data: a schema is named by lower-case letters, digits and _, at most 63',
    ],
    [
      'a schema of the engine',
      `export default { schemas: { raw: 'x', ops: '' } };`,
      'daybook.config.ts:2:39: schemas.ops: this name is not free; choose another',
    ],
    [
      'a module outside of the project',
      `export default { sampleLogs: '../logs.ts' };`,
      'daybook.config.ts:2:18: sampleLogs: must be a folder or a module below the root, like sample-logs or sample-logs/generate-logs.ts',
    ],
    [
      'a rule that there is not',
      `export default { lint: { 'unused-nme': 'off' } };`,
      `daybook.config.ts:2:26: lint.unused-nme: there is no such field; did you mean unused-name? (there are: ${Object.keys(lintRules).join(', ')})`,
    ],
    [
      'a severity',
      `export default { lint: { 'unused-name': 'no' } };`,
      "daybook.config.ts:2:26: lint.unused-name: must be 'error', 'warning' or 'off'",
    ],
    [
      'a schedule that never comes',
      `export default { schedules: {\n  a: { cron: '0 0 31 2 *' } } };`,
      'daybook.config.ts:3:8: schedules.a.cron: the time "0 0 31 2 *" never comes: a day that its month does not have?',
    ],
    [
      'a schedule without a time',
      `export default { schedules: { a: { does: { pipeline: true } } } };`,
      "daybook.config.ts:2:31: schedules.a: must have one of cron, every and whenChanged, like cron: '0 5 * * *'",
    ],
    [
      'a schedule with two times',
      `export default { schedules: { a: { cron: '0 5 * * *', every: '1 hour' } } };`,
      "daybook.config.ts:2:31: schedules.a: must have one of cron, every and whenChanged, like cron: '0 5 * * *'",
    ],
    [
      'the interval of a schedule',
      `export default { schedules: { a: { every: '0 minutes' } } };`,
      'daybook.config.ts:2:36: schedules.a.every: "0 minutes" is not a duration like 15 minutes or 1 day',
    ],
    [
      'the zone of an interval',
      `export default { schedules: { a: { every: '1 day', timeZone: 'Asia/Tokyo' } } };`,
      'daybook.config.ts:2:52: schedules.a.timeZone: belongs to cron; the others know no zone',
    ],
    [
      'the name of a schedule',
      `export default { schedules: { '<b>Nightly</b>': { every: '1 day' } } };`,
      'daybook.config.ts:2:31: schedules.<b>Nightly</b>: a schedule is named by lower-case letters, digits, - and _, at most 60',
    ],
    [
      'a policy that there is not',
      `export default { schedules: { a: { every: '1 day', catchUp: 'some' } } };`,
      "daybook.config.ts:2:52: schedules.a.catchUp: must be 'none', 'latest' or 'all'",
    ],
    [
      'a schedule that does nothing',
      `export default { schedules: { a: { every: '1 day', does: {} } } };`,
      'daybook.config.ts:2:52: schedules.a.does: must do something',
    ],
    [
      'what a schedule waits for',
      `export default { schedules: { a: { whenChanged: [] } } };`,
      'daybook.config.ts:2:36: schedules.a.whenChanged: must be a name, or a list of names',
    ],
    [
      'a deadline of nothing',
      `export default { deadlines: { a: { by: '07:00' } } };`,
      "daybook.config.ts:2:31: deadlines.a: must have data or a schedule, like data: 'schema.table'",
    ],
    [
      'a deadline without a time',
      `export default { deadlines: { a: { data: 'orders' } } };`,
      "daybook.config.ts:2:31: deadlines.a: must say by when, like by: '07:00'",
    ],
    [
      'a deadline of a schedule that there is not',
      `export default { deadlines: { a: { schedule: 'x', by: '24:00' } } };`,
      'daybook.config.ts:2:36: deadlines.a.schedule: there is no schedule "x"',
    ],
    [
      'the time of a deadline',
      `export default { deadlines: { a: { data: 'orders', by: '24:30' } } };`,
      'daybook.config.ts:2:52: deadlines.a.by: "24:30" is not a time of the day like 07:00',
    ],
    [
      'the days of a deadline',
      `export default { deadlines: { a: { data: 'orders', by: '07:00', on: ['caturday'] } } };`,
      "daybook.config.ts:2:65: deadlines.a.on: must be 'every day', 'weekdays', or days, like ['monday', 'friday']",
    ],
    [
      'an empty title',
      `export default { title: ' ' };`,
      'daybook.config.ts:2:18: title: must have 1 to 80 characters',
    ],
    [
      'a group that is named twice',
      `export default { groups: ['A', 'B', 'A'] };`,
      'daybook.config.ts:2:18: groups: names "A" twice',
    ],
    [
      'nothing exported',
      'export const config = {};',
      'daybook.config.ts: must end with: export default defineConfig({ … })',
    ],
    [
      'no object',
      'export default 5;',
      'daybook.config.ts:2:1: the default export: must be an object, { … }',
    ],
    [
      'syntax',
      `export default {\n  schemas: ,\n};`,
      'daybook.config.ts:3:12: Expression expected.',
    ],
    [
      'a file that is not there',
      `import { zone } from './zone.ts';\nexport default { report: { timeZone: zone } };`,
      `daybook.config.ts:2:22: Could not resolve './zone.ts' in daybook.config.ts`,
    ],
    [
      'a package that is not there',
      `import { zone } from 'a-package-that-is-not-there';\nexport default { report: { timeZone: zone } };`,
      expect.stringMatching(/^daybook\.config\.ts.*a-package-that-is-not-there/),
    ],
    [
      'what it throws',
      `interface Zone { name: string }\nconst zone = undefined as unknown as Zone;\n\nexport default { report: { timeZone: zone.name } };`,
      `daybook.config.ts:5:43: Cannot read properties of undefined (reading 'name')`,
    ],
  ])('%s', async (_, text, problem) => {
    expect(await problemsOf(read(text))).toEqual([problem]);
  });

  test('all of it at once', async () => {
    const text = `export default {\n  titel: '',\n  schemas: { A: '' },\n  report: { timeZone: 1 },\n};`;
    const places = (await problemsOf(read(text))).map((problem) => problem.split(': ')[0]);
    expect(places).toEqual(
      [3, 4, 5].map((line) => expect.stringMatching(`config.ts:${line}:`) as string),
    );
  });

  test('in a file that it imports', async () => {
    const reading = read({
      'daybook.config.ts': `import { zone } from './lib/zone.ts';\nexport default { report: { timeZone: zone } };`,
      'lib/zone.ts': `\nexport const zone = fail();\nfunction fail(): string {\n  throw new Error('no zone');\n}`,
    });
    expect(await problemsOf(reading)).toEqual(['lib/zone.ts:4:9: no zone']);
  });
});

test('the guide says of every field what it is for', async () => {
  const known = async (text: string) =>
    (await problemsOf(read(text))).flatMap((problem) =>
      (/\(there are: ([^)]*)\)/.exec(problem)?.[1] ?? '').split(', ').filter((name) => name !== ''),
    );
  const top = await known('export default { x: 1 };');
  const report = await known('export default { report: { x: 1 } };');
  const lineage = await known('export default { openLineage: { x: 1 } };');
  const storage = await known('export default { storage: { x: 1 } };');
  expect(top).toEqual(expect.arrayContaining(['report', 'openLineage']));
  const fields = [
    ...top.filter((name) => name !== 'report'),
    ...report.map((name) => `report.${name}`),
    ...lineage.map((name) => `openLineage.${name}`),
    ...storage.map((name) => `storage.${name}`),
  ];
  const reference = readFileSync(join(root, 'docs/reference/project-file.md'), 'utf8');
  const [, section = ''] = /### ProjectConfig\n([^]*?)\n###/.exec(reference) ?? [];
  const listed = [...section.matchAll(/^\| `([\w.]+)\?`/gm)].map(([, name]) => name);
  expect(listed.sort()).toEqual([...fields, 'report'].sort());
});

test('whatever is exported, it is completed or refused with a place in it', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.anything(),
        fc.record({ schemas: fc.anything(), report: fc.anything() }, { requiredKeys: [] }),
        fc.record({
          schemas: fc.dictionary(fc.stringMatching(/^[a-z_]{1,6}$/), fc.string()),
          report: fc.record({ timeZone: fc.constantFrom('UTC', 'Mars', 3) }),
        }),
      ),
      (value) => {
        const completed = completeProject(value);
        if ('problems' in completed) expect(completed.problems.length).toBeGreaterThan(0);
        else {
          const { schemas } = completed.settings;
          expect(schemas.names).toContain(schemas.loaded);
          expect(Object.keys(schemas.words)).toEqual(schemas.names);
        }
      },
    ),
  );
});
