// @module-tag heavy
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createDaybook } from 'create-daybook';
import { createTestDatabase, root, type TestDatabase } from '../database.js';
import { daybook } from '../pipeline/daybook-process.js';
import { temporaryFolder } from '../temporary-folder.js';

let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(() => database.drop());

/** Commands that anybody may give in a project without content, with the exit code and what they say to do. */
const commands: readonly (readonly [string, number, RegExp])[] = [
  ['up --once', 0, /sql\/sources declares no source yet: a file NAME\.yaml there fills/],
  ['pipeline run', 0, /declares no source yet/],
  ['pipeline run --dry-run', 0, /files +none/],
  ['pipeline runs', 0, /passed/],
  ['pipeline show last', 0, /passed/],
  ['rejects list', 0, /^$/],
  ['notebooks run', 0, /notebooks\/ has none yet: npx daybook lab/],
  ['notebooks check', 0, /notebooks\/ has none yet: npx daybook lab/],
  ['notebooks unpublish', 0, /name/],
  ['sample-data --output x', 2, /sampleLogs: 'sample-logs'/],
  ['test', 0, /left out +models +sql\/sources declares no source yet/],
  ['doctor', 0, /ok +types of tables/],
];

/** The pages of the dashboard but for the history of runs, and the types of tables. */
async function traces(project: string): Promise<string> {
  const folder = join(project, 'pages');
  const exported = await daybook(database, project, 'export', 'pages');
  expect(exported.exitCode, exported.stderr).toBe(0);
  const pages = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (path) => statSync(join(folder, path)).isFile() && !/^(?:assets|pipeline)\b/.test(path),
  );
  const texts = pages.map((path) => path + readFileSync(join(folder, path), 'utf8'));
  rmSync(folder, { recursive: true });
  return [...texts, readFileSync(join(project, 'daybook-env.d.ts'), 'utf8')].join('\n');
}

async function expectAdvice(project: string): Promise<void> {
  for (const [command, exitCode, words] of commands) {
    const ended = await daybook(database, project, ...command.split(' '));
    const said = ended.stdout + ended.stderr;
    expect([command, ended.exitCode, said]).toEqual([
      command,
      exitCode,
      expect.stringMatching(words),
    ]);
  }
}

test('after its content is deleted no word of it is left, and commands say how to go on', async () => {
  const cwd = temporaryFolder();
  const project = join(cwd, 'x');
  await createDaybook(['x', '--template', 'access-logs', '--no-install'], {
    ...{ cwd, env: {}, isInteractive: false },
    out: () => undefined,
    err: () => undefined,
  });
  mkdirSync(join(project, 'node_modules'));
  symlinkSync(root, join(project, 'node_modules/daybook'), 'dir');
  const words = /web_access|web_request|web_traffic|page_views|traffic\.html|log_event/;
  const first = await daybook(database, project, 'up', '--once');
  expect(first.exitCode, first.stderr).toBe(0);
  expect(await traces(project)).toMatch(words);

  for (const name of ['sources', 'silver', 'gold']) {
    rmSync(join(project, 'sql', name), { recursive: true });
  }
  for (const name of ['notebooks', 'exploration', 'tests', 'sample-logs']) {
    rmSync(join(project, name), { recursive: true });
  }
  writeFileSync(join(project, 'daybook.config.ts'), 'export default {};\n');
  // Somebody may have lost a folder: lines go only when that is said.
  const kept = await daybook(database, project, 'up', '--once');
  expect(kept).toMatchObject({
    exitCode: 1,
    stderr: expect.stringMatching(
      /sql\/sources has no web_access any more.*--allow-removal, once/s,
    ),
  });
  const emptied = await daybook(database, project, 'up', '--once', '--allow-removal');
  expect(emptied.exitCode, emptied.stderr).toBe(0);
  const left = await traces(project);
  expect(left.match(new RegExp(`.{0,40}(?:${words.source}).{0,40}`, 'g'))).toBeNull();
  await expectAdvice(project);
});

test('in a project that never had anything commands say how to begin', async () => {
  const project = temporaryFolder({
    'package.json': '{}',
    'daybook.config.ts': 'export default {};',
  });
  await expectAdvice(project);
  expect(await traces(project)).not.toMatch(/log_event/);
});
