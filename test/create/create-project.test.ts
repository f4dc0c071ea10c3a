import fc from 'fast-check';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createDaybook, templateNames } from 'create-daybook';
import { completePackage, packageName } from '../../create-daybook/dist/package-json.js';
import { root } from '../database.js';
import { temporaryFolder } from '../temporary-folder.js';

/** Runs `npm create daybook` without a terminal, and without npm. */
async function create(cwd: string, ...args: string[]) {
  const said = { out: '', err: '' };
  const exitCode = await createDaybook([...args, '--no-install'], {
    ...{ cwd, env: {}, isInteractive: false },
    out: (text) => (said.out += text),
    err: (text) => (said.err += text),
  });
  return { exitCode, ...said };
}

/** The files below a folder with their content. */
const filesIn = (folder: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((path) => statSync(join(folder, path)).isFile())
      .sort()
      .map((path) => [path, readFileSync(join(folder, path), 'utf8')]),
  );

const jsonIn = (path: string) => JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;

describe.each(templateNames)('template %s', (template) => {
  test('has what every project has, and nothing of the engine', async () => {
    const cwd = temporaryFolder();
    const { exitCode, out } = await create(cwd, 'my größe x', '--template', template);
    expect(exitCode).toBe(0);
    expect(out).toContain('cd "my größe x"');
    const files = filesIn(join(cwd, 'my größe x'));
    const paths = Object.keys(files);
    expect(paths).toEqual(
      expect.arrayContaining([
        ...['package.json', 'daybook.config.ts', 'daybook-env.d.ts', 'tsconfig.json', 'README.md'],
        ...['.gitignore', '.gitattributes', '.env.example', '.dockerignore', 'Dockerfile'],
        ...['docker-compose.yml', '.github/workflows/daybook.yml', 'docker/create-reader.sh'],
      ]),
    );
    for (const folder of ['sql/sources', 'notebooks', 'exploration', 'tests', 'sample-logs']) {
      expect(paths.filter((path) => path.startsWith(`${folder}/`))).not.toEqual([]);
    }
    expect(paths.filter((path) => /^(?:src|dist|bin|lab|node_modules)\//.test(path))).toEqual([]);
    expect(jsonIn(join(cwd, 'my größe x/package.json'))).toMatchObject({
      name: 'my-grosse-x',
      private: true,
      scripts: { start: 'daybook up', dev: 'daybook dev', test: 'daybook test' },
    });
    // Nothing is left to be filled in, and nothing names the engine's own folders.
    expect(files['docker-compose.yml']).toMatch(/^name: my-grosse-x$/m);
    for (const [path, text] of Object.entries(files)) {
      expect(text, path).not.toMatch(/\{\{\w+\}\}|@daybook\/|\.\/src\b/);
    }
  });

  test('makes the same again, and never writes over anything', async () => {
    const cwd = temporaryFolder();
    await create(cwd, 'x', '--template', template);
    const before = filesIn(cwd);
    const again = await create(cwd, 'x', '--template', template);
    expect(again).toMatchObject({ exitCode: 0, err: '' });
    expect(again.out).toMatch(/^0 files written in x\nleft as they were: /);
    expect(filesIn(cwd)).toEqual(before);
  });
});

test('the example is that of the root', async () => {
  const cwd = temporaryFolder();
  await create(cwd, 'x', '--template', 'customers');
  for (const folder of ['sql', 'notebooks', 'exploration', 'sample-logs']) {
    const ours = Object.entries(filesIn(join(root, folder))).filter(
      ([path]) => !path.includes('.ipynb_checkpoints'),
    );
    expect(filesIn(join(cwd, 'x', folder))).toEqual(Object.fromEntries(ours));
  }
});

test('both packages have one version', () => {
  const own = jsonIn(join(root, 'create-daybook/package.json'));
  const engine = jsonIn(join(root, 'package.json'));
  expect([own['version'], engine['dependencies']]).toEqual([
    engine['version'],
    expect.objectContaining({ 'create-daybook': engine['version'] }),
  ]);
});

test('to a folder with a package.json it adds, and a project keeps its own content', async () => {
  const cwd = temporaryFolder({
    'package.json': '{\n\t"name": "old",\n\t"scripts": { "test": "vitest" }\n}\n',
    'README.md': 'mine',
    'index.js': '',
  });
  expect(await create(cwd, '.', '--template', 'empty')).toMatchObject({
    exitCode: 0,
    out: expect.stringContaining('left as they were: README.md, scripts.test\n'),
  });
  expect(readFileSync(join(cwd, 'README.md'), 'utf8')).toBe('mine');
  expect(readFileSync(join(cwd, 'package.json'), 'utf8')).toMatch(/^\{\n\t"name": "old"/);
  expect(jsonIn(join(cwd, 'package.json'))).toMatchObject({
    name: 'old',
    scripts: { test: 'vitest', start: 'daybook up' },
    dependencies: { daybook: expect.stringMatching(/^\^\d/) },
  });
  const project = temporaryFolder({ 'package.json': '{}', 'daybook.config.ts': '' });
  await create(project, '.', '--template', 'customers');
  expect(Object.keys(filesIn(project)).filter((path) => /^(?:sql|notebooks)/.test(path))).toEqual(
    [],
  );
  expect(Object.keys(filesIn(project))).toContain('docker-compose.yml');
});

describe('what cannot be made is refused, and nothing is written', () => {
  test.each<[string, Record<string, string>, string[], string]>([
    ['another folder', { 'x/notes.txt': '' }, ['x'], 'x holds notes.txt already'],
    ['a file', { x: '' }, ['x'], 'x cannot be a project (ENOTDIR)'],
    ['a file above', { x: '' }, ['x/y'], 'x/y cannot be a project (ENOTDIR)'],
    ['no JSON', { 'x/package.json': '{' }, ['x'], 'package.json is not JSON'],
    ['no object', { 'x/package.json': '[]' }, ['x'], 'package.json is no JSON object'],
    ['odd', { 'x/package.json': '{"scripts":1}' }, ['x'], 'scripts must be an object'],
    ['template', {}, ['x', '--template', 'nope'], 'there is no template nope'],
    ['option', {}, ['x', '--tempalte'], "Unknown option '--tempalte'"],
    ['two names', {}, ['x', 'y'], 'there is an argument too many: y'],
    ['a file in the way', { 'x/package.json': '{}', 'x/sql': '' }, ['x'], 'sql/'],
  ])('%s', async (_, files, args, message) => {
    const cwd = temporaryFolder(files);
    const { exitCode, err } = await create(cwd, ...args);
    expect(exitCode).toBe(2);
    expect(err).toContain(message);
    expect(err).toMatch(/\n→ .+\n$/);
    expect(filesIn(cwd)).toEqual(files);
  });
});

test('what a package.json says stays, whatever it is', () => {
  const word = fc.string({ minLength: 1, maxLength: 8 }).filter((key) => key !== '__proto__');
  const words = fc.dictionary(fc.oneof(word, fc.constantFrom('start', 'daybook')), fc.string());
  fc.assert(
    fc.property(
      fc.record({ scripts: words, dependencies: words, other: fc.jsonValue() }),
      (existing) => {
        const { text } = completePackage({
          ...{ existing: JSON.stringify(existing), name: 'x', version: '1.2.3' },
          template: { summary: '', about: '', overrides: { a: 'b' } },
        });
        const completed = JSON.parse(text) as typeof existing;
        expect(completed).toMatchObject(JSON.parse(JSON.stringify(existing)));
        expect(Object.keys(completed.scripts)).toEqual(
          expect.arrayContaining(['start', 'dev', 'test']),
        );
      },
    ),
  );
});

test('the name of any folder becomes one that npm takes', () => {
  expect(
    ['Meine Größen', 'Île', '日本', '.', 'node_modules', '_x', 'a/b'].map(packageName),
  ).toEqual(['meine-grossen', 'ile', 'analytics', 'analytics', 'analytics', 'x', 'a-b']);
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (folder) => {
      expect(packageName(folder)).toMatch(/^[a-z0-9](?:[a-z0-9._-]{0,198}[a-z0-9])?$/);
    }),
  );
});
