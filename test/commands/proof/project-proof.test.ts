// @module-tag heavy
import { execFile } from 'node:child_process';
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
import { promisify } from 'node:util';
import { beforeEach, expect, test } from 'vitest';
import { createDaybook } from 'create-daybook';
import { root } from '../../database.js';
import { daybookInProcess } from '../daybook-in-process.js';
import { temporaryFolder } from '../../temporary-folder.js';

const execute = promisify(execFile);

let project: string;
beforeEach(async () => {
  const cwd = temporaryFolder();
  project = join(cwd, 'größe x');
  await createDaybook(['größe x', '--template', 'empty', '--no-install'], {
    ...{ cwd, env: {}, isInteractive: false },
    out: () => undefined,
    err: () => undefined,
  });
  mkdirSync(join(project, 'node_modules'));
  symlinkSync(root, join(project, 'node_modules/daybook'), 'dir');
});

const env = { PATH: process.env['PATH'], DATABASE_URL: 'postgres://nobody@127.0.0.1:1/nothing' };

/** Runs `npm test` of the project, whose own warehouse cannot be reached. */
async function prove() {
  const { exitCode, ...said } = await daybookInProcess(['test'], { cwd: project, env });
  return proofOf({ ...said, code: exitCode });
}

/** {@link prove} as its users do it. */
async function proveInItsOwnProcess() {
  const program = join(project, 'node_modules/daybook/bin/daybook.js');
  const options = { cwd: project, env };
  return proofOf(
    await execute(process.execPath, [program, 'test'], options).then(
      (ended) => ({ ...ended, code: 0 }),
      (error: unknown) => error as { stdout: string; stderr: string; code: number },
    ),
  );
}

function proofOf(ended: { stdout: string; stderr: string; code: number }) {
  const steps = ended.stdout.split('\n').flatMap((line) => {
    const [, outcome, name] = /^(passed|FAILED|left out) +(\w+)/.exec(line) ?? [];
    return outcome === undefined ? [] : [`${outcome} ${name ?? ''}`];
  });
  const { code, stdout, stderr } = ended;
  return { code, stdout, stderr, steps: steps.sort() };
}

const edit = (file: string, change: (text: string) => string) => {
  writeFileSync(join(project, file), change(readFileSync(join(project, file), 'utf8')));
};

/** The files of the project with their content, and the folders that it has. */
const state = () =>
  readdirSync(project)
    // The link to the repository leads to itself again and again.
    .filter((name) => name !== 'node_modules')
    .flatMap((name) =>
      statSync(join(project, name)).isFile()
        ? [name]
        : [
            name,
            ...readdirSync(join(project, name), { recursive: true, encoding: 'utf8' }).map((path) =>
              join(name, path),
            ),
          ],
    )
    // What the project file was made to is kept.
    .filter((path) => !path.startsWith('.daybook/module-'))
    .sort()
    .map((path) => [
      path,
      statSync(join(project, path)).isFile() ? readFileSync(join(project, path), 'utf8') : '',
    ]);

test('a new project passes, and neither it nor its warehouse is touched', async () => {
  // What a killed run has left.
  mkdirSync(join(project, '.daybook/test-4194303-left'), { recursive: true });
  const before = state().filter(([path]) => !path?.includes('test-'));
  const { code, steps, stdout, stderr } = await proveInItsOwnProcess();
  expect(code, stdout + stderr).toBe(0);
  expect(steps).toEqual([
    ...['passed links', 'passed models', 'passed notebooks', 'passed tests', 'passed types'],
  ]);
  expect(stdout).toMatch(/3 models built and tested on 66 lines of sample logs, 0 rejected/);
  expect(stderr).toMatch(/^passed in /);
  expect(state()).toEqual(before);
});

test('what is wrong with notebooks, links, types and tests is all said', async () => {
  edit('exploration/first-look.ipynb', (text) =>
    text.replace('await query', 'const wrong: number = await query'),
  );
  edit('notebooks/sales.ipynb', (text) => text.replace('The figures', '[Gone](gone.ipynb). The'));
  edit('tests/daily-sales.test.ts', (text) => text.replace('total?.lines)', '1)'));
  edit('daybook-env.d.ts', (text) => text.replace("'gold.daily_sales'", "'gold.weekly_sales'"));
  const { code, steps, stdout } = await prove();
  expect(code).toBe(1);
  expect(steps).toEqual([
    ...['FAILED links', 'FAILED notebooks', 'FAILED tests', 'FAILED types', 'passed models'],
  ]);
  expect(stdout).toMatch(/sales\.ipynb.*the types of this query are older than gold\.daily_sales/);
  expect(stdout).toMatch(/daybook-env\.d\.ts is not that of the models: gold\.daily_sales is not/);
  expect(stdout).toMatch(/exploration\/first-look\.ipynb:2:4:7 TS2322/);
  expect(stdout).toMatch(/notebooks\/sales\.html: "Gone" leads to no page/);
  expect(stdout).toMatch(/tests\/daily-sales\.test\.ts:12:10/);
});

test('a model that fails is shown with its place, and nothing else fails for it', async () => {
  edit('sql/gold/daily_sales.sql', (text) => text.replace('sum(quantity)', 'sum(quantty)'));
  const { code, steps, stdout } = await prove();
  expect(code).toBe(1);
  expect(steps).toEqual([
    ...['FAILED models', 'left out links', 'left out notebooks', 'left out tests', 'passed types'],
  ]);
  expect(stdout).toMatch(/sql\/gold\/daily_sales\.sql:15:7: .*"quantty" does not exist/);
});

test('of a project without anything each step says what there is none of', async () => {
  for (const name of ['sql', 'notebooks', 'exploration', 'tests', 'sample-logs']) {
    rmSync(join(project, name), { recursive: true });
  }
  for (const name of ['daybook.config.ts', 'daybook-env.d.ts']) rmSync(join(project, name));
  const { code, steps, stdout } = await prove();
  expect(code, stdout).toBe(0);
  expect(steps.map((line) => line.replace(/ \w+$/, ''))).toEqual(Array(5).fill('left out'));
});
