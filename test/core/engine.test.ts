// @module-tag heavy
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { sampleLogs } from '../../sample-logs/generate-logs.js';
import { createTestDatabase, root } from '../database.js';
import { daybook } from '../pipeline/daybook-process.js';
import { project } from '../project.js';

/** The files below a folder of the repository, by their paths from its root. */
const filesIn = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(join(root, path)).isFile());

/** Lines of code: what only explains may have examples of anything. */
const codeLines = (path: string) =>
  readFileSync(join(root, path), 'utf8')
    .split('\n')
    .map((text, index) => ({ text, place: `${path}:${index + 1}` }))
    .filter(({ text }) => !/^\s*(?:\*|\/\*|\/\/|--)/.test(text));

test('the engine names nothing of the example that it comes with', () => {
  const tables = filesIn('sql').flatMap((path) => {
    const [, schema = '', name = ''] = /(\w+)[\\/](\w+)\.(?:sql|yaml)$/.exec(path) ?? [];
    return schema === 'sources' ? [`\\b${name}\\b`] : [`\\b${schema}\\.${name}\\b`];
  });
  expect(tables.length).toBeGreaterThan(10);
  const words = ['customer', 'province', 'toronto', 'churn', ...tables];
  const example = new RegExp(words.join('|'), 'i');
  // Migrations that were applied cannot be changed.
  const code = filesIn('src').filter((path) => !path.includes('migrations'));
  const found = code.flatMap(codeLines).filter(({ text }) => example.test(text));
  expect(found.map(({ place, text }) => `${place}: ${text.trim()}`)).toEqual([]);
});

test('the engine names schemas of data in one place alone', () => {
  const spelled = new RegExp(`\\b(?:${project.schemas.names.join('|')})\\b`);
  const found = filesIn('src')
    .filter((path) => /\.(?:ts|js)$/.test(path))
    .flatMap(codeLines)
    // Advice that a command gives in its help.
    .filter(({ text }) => spelled.test(text) && !/^(?:MODEL is|that read it)/.test(text))
    .map(({ place }) => place.split(':')[0]);
  expect(new Set(found)).toEqual(new Set(['src/config/project/project-settings.ts']));
});

test('a pipeline run writes nothing into the project but the types of its tables', async () => {
  const database = await createTestDatabase();
  const data = mkdtempSync(join(tmpdir(), 'daybook-data-'));
  onTestFinished(async () => {
    rmSync(data, { recursive: true });
    await database.drop();
  });
  await sampleLogs.prepare({ accounts: '20', months: '2' })(data);
  const folders = ['src', 'sql', 'sample-logs', 'notebooks', 'exploration'];
  const state = () => {
    const paths = folders.flatMap(filesIn);
    const top = readdirSync(root).filter((name) => statSync(join(root, name)).isFile());
    return [...paths, ...top].map((path) => [path, readFileSync(join(root, path), 'base64')]);
  };
  const before = state();
  const ran = await daybook(database, root, 'pipeline', 'run', '--data', data);
  expect(ran.exitCode, ran.stderr).toBe(0);
  // The types are those of the models already: test/pipeline/table-types/table-types.test.ts.
  expect(state()).toEqual(before);
});
