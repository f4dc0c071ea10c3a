// @module-tag heavy
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { TemplateName } from 'create-daybook';
import { commandHelp } from '../../src/commands/command.js';
import { commands as allCommands } from '../../src/commands/commands.js';
import { createTestDatabase, type TestDatabase } from '../database.js';
import { daybook } from '../pipeline/daybook-process.js';
import { temporaryFolder } from '../temporary-folder.js';
import { createLinkedProject } from './linked-project.js';

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

/** What each example is about, in words that the engine has no use for. */
const examples: Readonly<Record<TemplateName, RegExp>> = {
  customers:
    /log_event|sign_up|sign-up|churn|province|plan_change|signup|login_month|[Cc]ustomer\b/,
  'access-logs': /web_access|web_request|web_traffic|page_views|traffic\.html/,
  empty: /order_line|orders\.csv|daily_sales|silver\.sale|bronze\.item|sales\.html/,
};

test('no help names anything of an example', async () => {
  const all = Object.entries(allCommands).map(async ([name, { load }]) =>
    commandHelp(name, await load({ root: temporaryFolder(), env: {} })),
  );
  const helps = (await Promise.all(all)).join('\n');
  for (const words of Object.values(examples)) expect(helps).not.toMatch(words);
});

test.each([
  ['customers', 'log_event'],
  ['access-logs', 'web_access'],
] as const)(
  'after the example %s is deleted no word of it is left, and commands say how to go on',
  async (template, source) => {
    const words = examples[template];
    const project = await createLinkedProject(template);
    const first = await daybook(database, project, 'up', '--once');
    expect(first.exitCode, first.stderr).toBe(0);
    expect(await traces(project)).toMatch(words);

    // As the README says it, which is then without the section that does.
    const readme = join(project, 'README.md');
    const text = readFileSync(readme, 'utf8');
    const [, section = '', deletion = ''] =
      /^(## The example\n.*?^```sh\n(rm .*?^echo .*?)\n.*?)^## /ms.exec(text) ?? [];
    execFileSync('sh', ['-ec', deletion], { cwd: project });
    writeFileSync(readme, text.replace(section, ''));
    // Somebody may have lost a folder: lines go only when that is said.
    const kept = await daybook(database, project, 'up', '--once');
    expect(kept).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining(`sql/sources has no ${source} any more`),
    });
    expect(kept.stderr).toContain('--allow-removal, once');
    expect(section).toContain('npx daybook up --once --allow-removal');
    const emptied = await daybook(database, project, 'up', '--once', '--allow-removal');
    expect(emptied.exitCode, emptied.stderr).toBe(0);
    const left = [await traces(project), documents(project)].join('\n');
    expect(left.match(new RegExp(`.{0,40}(?:${words.source}).{0,40}`, 'g'))).toBeNull();
    await expectAdvice(project);
  },
);

/** What the project itself still consists of. */
const documents = (project: string) =>
  readdirSync(project, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter((path) => !/^(?:node_modules|\.daybook)\//.test(path.slice(project.length + 1)))
    .map((path) => path + readFileSync(path, 'utf8'))
    .join('\n');

test('in a project that never had anything commands say how to begin', async () => {
  const project = temporaryFolder({
    'package.json': '{}',
    'daybook.config.ts': 'export default {};',
  });
  await expectAdvice(project);
  expect(await traces(project)).not.toMatch(/log_event/);
});
