// @module-tag heavy
import { spawn, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { daybookInProcess } from './daybook-in-process.js';
import { until } from '../until.js';
import { isAlive } from '../is-alive.js';
import { parseNotebook } from '../../src/nbformat/read-notebook.js';
import { formatNotebook } from '../../src/nbformat/write-notebook.js';
import { createTestDatabase, root, type TestDatabase } from '../database.js';
import {
  markdown,
  notebookOf,
  outputsOf,
  streamText,
  type CellDraft,
} from '../notebook/notebooks.js';

// Kernels start slowly on a busy machine.
vi.setConfig({ testTimeout: 300_000 });

let database: TestDatabase;
let folder: string;

beforeAll(async () => {
  database = await createTestDatabase();
  folder = mkdtempSync(join(tmpdir(), 'daybook-notebooks-command-'));
});

afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await database.drop();
});

function write(name: string, cells: readonly CellDraft[], kernel?: string): string {
  const file = join(folder, name);
  const metadata =
    kernel === undefined ? {} : { kernelspec: { name: kernel, display_name: kernel } };
  writeFileSync(file, formatNotebook(notebookOf(cells, metadata)));
  return file;
}

const environment = () => ({
  ...process.env,
  DATABASE_URL: database.ownerUrl,
  DAYBOOK_READER_URL: database.readerUrl,
  DAYBOOK_HOME: folder,
});

const daybook = (...args: string[]) =>
  daybookInProcess(['notebooks', ...args], { cwd: root, env: environment() });

describe('daybook notebooks run', () => {
  test('a wrong cell: exit code 1, and notebook, cell, line and message like a compiler says it', async () => {
    const good = write('good.ipynb', ['console.log("fine")']);
    const bad = write('bad.ipynb', [
      markdown('# Bad'),
      'const rows: any = undefined;',
      'console.log("größe ☃");\nconsole.error("ärger");\nfor (const row of rows) console.log(row);',
    ]);
    const { exitCode, stdout, stderr } = await daybook('run', good, bad, '--no-publish', '--json');
    expect(exitCode).toBe(1);
    expect(stderr).toContain(`${bad}: cell 3, line 3: TypeError: rows is not iterable

  1 | console.log("größe ☃");
  2 | console.error("ärger");
> 3 | for (const row of rows) console.log(row);
    |                   ^
`);
    expect(stderr).toContain('stdout:\ngröße ☃\n\nstderr:\närger\n→ ');
    expect(stderr).toMatch(/good\.ipynb: passed, 1 cell in \d/);
    expect(stderr).toMatch(/1 passed, 1 failed in [\d.]+ m?s\n$/);
    expect(JSON.parse(stdout)).toMatchObject({
      status: 'failed',
      notebooks: [
        { path: good, status: 'passed' },
        { path: bad, status: 'failed', failure: { kind: 'error', cell: 3, line: 3 } },
      ],
    });
  });

  test('a type error: no kernel is needed to say it', async () => {
    const file = write('types.ipynb', ['const n: number = "x";\nconst s: string = 1;', 'n']);
    const { exitCode, stderr } = await daybook('run', file, '--no-publish');
    expect(exitCode).toBe(1);
    expect(stderr).toContain(
      `${file}: cell 1, line 1: TS2322: Type 'string' is not assignable to type 'number'.`,
    );
    expect(stderr).toContain(
      `${file}:1:2:7 TS2322 Type 'number' is not assignable to type 'string'.`,
    );
    expect(stderr).toContain('→ npx daybook notebooks check');
  });

  test('publishes unless told not to', async () => {
    const file = write('published.ipynb', [markdown('# Published'), '1']);
    expect(await daybook('run', file)).toMatchObject({ exitCode: 0 });
    const { rows } = await database.owner.query(
      `select title, status from publication.notebook join publication.notebook_run using (slug)`,
    );
    expect(rows).toEqual([{ title: 'Published', status: 'passed' }]);
  });

  test.each([
    [['--jobs', '0'], '--jobs: "0" is not a number above 0'],
    [['--cell-timeout', 'soon'], '--cell-timeout: "soon" is not a number above 0'],
    [['no/such.ipynb'], 'There is no such notebook or folder'],
    [['--surprise'], 'there is no option --surprise'],
  ])('%j is wrong use', async (args, reason) => {
    const { exitCode, stderr } = await daybook('run', '--no-publish', ...args);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(reason);
  });

  test.each(['daybook', 'tslab'])('the five-cell trap on %s', async (kernel) => {
    const file = write(
      'trap.ipynb',
      [
        'console.log(1)',
        { code: 'throw new Error("meant")', tags: ['raises-exception'] },
        ...['console.log(3)', 'console.log(4)', 'console.log(5)'],
      ],
      kernel,
    );
    const output = join(folder, 'trap-executed.ipynb');
    const { exitCode, stderr } = await daybook('run', file, '--no-publish', '--output', output);
    expect(exitCode).toBe(0);
    expect(stderr).toContain('passed, 5 cells, 1 of them failed as allowed, in');
    const executed = parseNotebook(readFileSync(output, 'utf8'), output);
    expect(outputsOf(executed).map((outputs) => streamText(outputs))).toEqual([
      ...['1\n', '', '3\n', '4\n', '5\n'],
    ]);
    expect(outputsOf(executed)[1]).toMatchObject([{ output_type: 'error', evalue: 'meant' }]);
    expect(executed.cells.map((cell) => Reflect.get(cell, 'execution_count') as number)).toEqual([
      1, 2, 3, 4, 5,
    ]);
    // Whoever wants to know it after all:
    const forced = await daybook('run', file, '--no-publish', '--force-raise-errors');
    expect(forced.exitCode).toBe(1);
    expect(forced.stderr).toContain('cell 2, line 1: Error: meant');
  });

  test.each(['daybook', 'tslab'])(
    'kill -9 while %s runs: the output has what ran, and no kernel is left',
    async (kernel) => {
      const pids = join(folder, `pids-killed-${kernel}`);
      const file = write(
        'killed.ipynb',
        [
          'console.log("ran")',
          `import { spawn } from "child_process";
import { writeFileSync, renameSync } from "fs";
const child = spawn("sleep", ["600"]);
writeFileSync("${pids}.new", process.pid + " " + child.pid); renameSync("${pids}.new", "${pids}");
while (true) continue;`,
        ],
        kernel,
      );
      const output = join(folder, `killed-${kernel}.ipynb`);
      const temporary = join(folder, `temporary-${kernel}`);
      mkdirSync(temporary);
      const ours = () => readdirSync(temporary).filter((name) => name.startsWith('daybook-'));
      const run = spawn(
        process.execPath,
        ['bin/daybook.js', 'notebooks', 'run', file, '--no-publish', '--output', output],
        { cwd: root, env: { ...environment(), TMPDIR: temporary }, stdio: 'ignore' },
      );
      const ended = new Promise((resolve) => run.once('exit', resolve));
      await until(() => existsSync(pids) && existsSync(output));
      const [runner = 0, child = 0] = readFileSync(pids, 'utf8').split(' ').map(Number);
      // The connection file, and the queries of the run.
      expect(ours()).toHaveLength(2);
      run.kill('SIGKILL');
      await ended;
      await until(() => !isAlive(runner) && !isAlive(child) && ours().length === 0);
      const partial = parseNotebook(readFileSync(output, 'utf8'), output);
      expect(partial.metadata['daybook']).toMatchObject({ run: { status: 'running' } });
      expect(outputsOf(partial).map((outputs) => streamText(outputs))).toEqual(['ran\n', '']);
    },
  );

  test.each(['SIGTERM', 'SIGINT'] as const)(
    '%s: exit code 1, and no kernel is left',
    async (signal) => {
      const pids = join(folder, `pids-${signal}`);
      const file = write('endless.ipynb', [
        `import { spawn } from "child_process";
import { writeFileSync, renameSync } from "fs";
const child = spawn("sleep", ["600"]);
writeFileSync("${pids}.new", process.pid + " " + child.pid); renameSync("${pids}.new", "${pids}");
while (true) continue;`,
      ]);
      const run = spawn(
        process.execPath,
        [
          join(root, 'bin/daybook.js'),
          'notebooks',
          'run',
          file,
          '--no-publish',
          '--output',
          join(folder, signal),
        ],
        { cwd: root, env: environment(), stdio: ['ignore', 'ignore', 'pipe'] },
      );
      let stderr = '';
      run.stderr.on('data', (text: Buffer) => (stderr += text.toString()));
      const ended = new Promise<number | null>((resolve) => run.once('exit', resolve));
      await until(() => existsSync(pids));
      const [kernel = 0, child = 0] = readFileSync(pids, 'utf8').split(' ').map(Number);
      run.kill(signal);
      expect(await ended).toBe(1);
      expect(stderr).toContain('[INTERRUPTED]');
      await until(() => !isAlive(kernel) && !isAlive(child));
      expect(existsSync(join(folder, signal, 'endless.ipynb'))).toBe(true);
    },
  );
});

describe('daybook notebooks check', () => {
  test('the project’s own notebooks have no problems', async () => {
    expect(await daybook('check')).toMatchObject({ exitCode: 0, stdout: '' });
  });

  test('one line for each problem: path, cell, line, column, message', async () => {
    const file = write('wrong.ipynb', [markdown('# x'), 'const n: number = "x";\nn.foo']);
    writeFileSync(join(folder, 'broken.ipynb'), '{');
    const { exitCode, stdout, stderr } = await daybook('check', file, join(folder, 'broken.ipynb'));
    expect(exitCode).toBe(1);
    expect(stdout.split('\n')).toEqual([
      expect.stringMatching(/broken\.ipynb: The notebook is not JSON/),
      `${file}:2:1:7 TS2322 Type 'string' is not assignable to type 'number'.`,
      `${file}:2:2:3 TS2339 Property 'foo' does not exist on type 'number'.`,
      '',
    ]);
    expect(stderr).toBe('2 notebooks checked, 3 problems\n');
  });

  test('for machines one object each; needs no warehouse', () => {
    const file = write('wrong.ipynb', ['const n: number = "x"; n']);
    const { status: exitCode, stdout } = spawnSync(
      process.execPath,
      [join(root, 'bin/daybook.js'), 'notebooks', 'check', file, '--json'],
      {
        cwd: root,
        encoding: 'utf8',
        env: { ...process.env, DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' },
      },
    );
    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout)).toEqual({
      path: file,
      cell: 1,
      line: 1,
      column: 7,
      length: 1,
      code: 2322,
      message: "Type 'string' is not assignable to type 'number'.",
    });
  });
});
