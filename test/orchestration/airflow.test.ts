// @module-tag heavy
import { spawn } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { airflowDag } from '../../src/orchestration/airflow-dag.js';
import { projectGraph } from '../../src/orchestration/project-graph.js';
import { readProject } from '../../src/pipeline/project/read-project.js';
import { listRuns, listTasks } from '../../src/history/runs/run-history.js';
import { createTestDatabase, root, type TestDatabase } from '../database.js';
import { projectFolder } from '../pipeline/daybook-process.js';
import { event, model } from '../pipeline/pipeline-workspace.js';
import { temporaryFolder } from '../temporary-folder.js';

/** The python of an environment that has Airflow 3. */
const airflow = process.env['DAYBOOK_TEST_AIRFLOW'];

let database: TestDatabase;
beforeEach(async (context) => {
  if (airflow === undefined) {
    context.skip('DAYBOOK_TEST_AIRFLOW names no python of an environment with Airflow 3');
  }
  database = await createTestDatabase();
  context.onTestFinished(() => database.drop());
});

/** A project, its DAG in a folder of its own, and Airflow on both. */
async function airflowProject(files: Readonly<Record<string, string>>) {
  const folder = projectFolder(files);
  const home = temporaryFolder();
  symlinkSync(
    root,
    join(mkdirSync(join(folder, 'node_modules'), { recursive: true }) ?? '', 'daybook'),
  );
  const { schemas } = database.config.project;
  const graph = await projectGraph(database.config, await readProject(folder, schemas), []);
  mkdirSync(join(home, 'dags'));
  writeFileSync(
    join(home, 'dags', 'sales.py'),
    airflowDag(graph, {
      ...{ dagId: 'sales', schedule: undefined, project: folder, oneTask: false },
      command: `${process.execPath} ${join(root, 'bin/daybook.js')}`,
    }),
  );
  const run = (...args: string[]) =>
    new Promise<{ status: number | null; output: string }>((resolve, reject) => {
      const child = spawn(join(dirname(airflow ?? ''), 'airflow'), args, {
        stdio: ['ignore', 'pipe', 'pipe'],
        env: {
          PATH: process.env['PATH'],
          AIRFLOW_HOME: home,
          AIRFLOW__CORE__DAGS_FOLDER: join(home, 'dags'),
          AIRFLOW__CORE__LOAD_EXAMPLES: 'False',
          DATABASE_URL: database.ownerUrl,
          DAYBOOK_READER_URL: database.readerUrl,
          DAYBOOK_HOME: join(folder, '.daybook'),
        },
      });
      onTestFinished(() => void child.kill('SIGKILL'));
      let output = '';
      for (const stream of [child.stdout, child.stderr]) {
        stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
      }
      child.on('error', reject);
      child.on('close', (status) => {
        resolve({ status, output });
      });
    });
  expect(await run('db', 'migrate')).toMatchObject({ status: 0 });
  return run;
}

const files = {
  'data/a.log': event(1, '2019-01-05T10:00:00Z'),
  'sql/silver/account.sql': model(
    'account: { type: bigint }',
    'select distinct account from bronze.log_event',
  ),
  'sql/gold/sh.sql': model('n: { type: bigint }', 'select count(*) as n from silver.account'),
};

test(
  'a DAG run in Airflow is one run of Daybook, with a task for each model',
  { timeout: 300_000 },
  async () => {
    const run = await airflowProject(files);
    const { status, output } = await run('dags', 'test', 'sales');
    expect(status, output).toBe(0);
    const [found, ...others] = await listRuns(database.owner, 9);
    expect(others).toEqual([]);
    expect(found).toMatchObject({ status: 'passed' });
    expect(found?.runKey).toMatch(/^sales\/manual__/);
    const tasks = await listTasks(database.owner, found?.runId ?? 0);
    expect(tasks.map(({ task, status: state }) => `${task} ${state}`).sort()).toEqual([
      'gold.sh passed',
      'load:a.log passed',
      'silver.account passed',
    ]);
  },
);

test(
  'what fails for good is not tried again, and what follows is not begun',
  { timeout: 300_000 },
  async () => {
    const run = await airflowProject({
      ...files,
      'sql/silver/account.sql': model(
        'account: { type: bigint }',
        'select 1 / 0::bigint as account',
      ),
    });
    const { output } = await run('dags', 'test', 'sales');
    expect(output).toContain('silver.account failed, and would fail again');
    const [found] = await listRuns(database.owner, 9);
    const tasks = await listTasks(database.owner, found?.runId ?? 0);
    expect(tasks.map(({ task, status }) => `${task} ${status}`).sort()).toEqual([
      'load:a.log passed',
      'silver.account failed',
    ]);
  },
);
