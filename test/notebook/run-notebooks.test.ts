// @module-tag heavy
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { DaybookError } from '../../src/errors.js';
import type { JsonObject, Notebook } from '../../src/nbformat/notebook.js';
import { parseNotebook } from '../../src/nbformat/read-notebook.js';
import { formatNotebook } from '../../src/nbformat/write-notebook.js';
import type { RunEvent } from '../../src/notebook/report/run-report.js';
import { runNotebooks } from '../../src/notebook/run-notebooks.js';
import type { NotebookRunSettings } from '../../src/notebook/run-settings.js';
import { createTestDatabase, root, type TestDatabase } from '../database.js';
import { checkInProcess } from './check-in-process.js';
import { markdown, notebookOf, outputsOf, streamText, type CellDraft } from './notebooks.js';

// Kernels start slowly on a busy machine.
vi.setConfig({ testTimeout: 300_000 });

let database: TestDatabase;
let project: string;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(async () => {
  await database.drop();
});

beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'daybook-collection-'));
  mkdirSync(join(project, 'notebooks'));
  for (const name of ['node_modules', 'dist']) {
    symlinkSync(join(root, name), join(project, name));
  }
  return async () => {
    rmSync(project, { recursive: true, force: true });
    await database.owner.query(
      'truncate publication.notebook, ops.pipeline_run, ops.source_file cascade',
    );
  };
});

function write(path: string, cells: readonly CellDraft[], metadata: JsonObject = {}): string {
  const file = join(project, path);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, formatNotebook(notebookOf(cells, metadata)));
  return file;
}

function run(options: Partial<NotebookRunSettings> = {}) {
  return runNotebooks({
    config: { ...database.config, root: project },
    env: process.env,
    warehouse: database,
    check: checkInProcess,
    ...options,
  });
}

async function published(): Promise<Record<string, unknown>[]> {
  const { rows } = await database.owner.query<Record<string, unknown>>(
    'select slug, path, title, summary, position, group_name, retired_at from publication.notebook order by position, slug',
  );
  return rows;
}

async function runs(
  slug: string,
): Promise<{ status: string; document: string; [key: string]: unknown }[]> {
  const { rows } = await database.owner.query<{ status: string; document: string }>(
    'select * from publication.notebook_run where slug = $1 order by run_id',
    [slug],
  );
  return rows;
}

const read = (file: string): Notebook => parseNotebook(readFileSync(file, 'utf8'), file);

describe('the whole collection', () => {
  test('runs in order, several at once; failures are stored and replace nothing', async () => {
    await database.owner.query(
      `insert into ops.pipeline_run (trigger, status, data_dir, time_zone, finished_at)
      values ('test', 'passed', 'd', 'UTC', now()), ('test', 'failed', 'd', 'UTC', now())`,
    );
    await database.owner.query(
      `insert into ops.source_file
        (source_file, sha256, bytes, line_count, loaded_count, rejected_count, newest_event, source, definition)
      values ('f', '', 1, 1, 1, 0, '2019-12-31T23:59:58.5Z', 'logs', '')`,
    );
    write('notebooks/zebra.ipynb', [markdown('# Zebra\n\nAbout zebras.'), 'console.log("z")'], {
      daybook: { position: 1, group: 'animals' },
    });
    write('notebooks/deep/ape.ipynb', [markdown('# Ape'), 'throw new Error("boom")', '1'], {
      daybook: { position: 2 },
    });
    write('notebooks/bee.ipynb', ['const n: number = "x"', 'console.log(n)']);
    write('notebooks/.ipynb_checkpoints/zebra-checkpoint.ipynb', ['1']);
    writeFileSync(join(project, 'notebooks', 'broken.ipynb'), '{');

    const events: RunEvent[] = [];
    const report = await run({
      codeVersion: 'abc1234',
      onEvent: (event) => events.push(event),
      jobs: 2,
    });
    expect(report.status).toBe('failed');
    expect(report.notebooks.map(({ path, status }) => [path, status])).toEqual([
      ['notebooks/zebra.ipynb', 'passed'],
      ['notebooks/deep/ape.ipynb', 'failed'],
      ['notebooks/bee.ipynb', 'failed'],
      ['notebooks/broken.ipynb', 'failed'],
    ]);
    expect(report.notebooks.map(({ failure }) => failure?.kind)).toEqual([
      undefined,
      'error',
      'type-error',
      'notebook',
    ]);
    expect(events.filter(({ type }) => type === 'notebook-end')).toHaveLength(4);
    expect(events).toContainEqual({ type: 'cell-start', path: 'notebooks/zebra.ipynb', cell: 2 });

    expect(await published()).toEqual([
      {
        slug: 'zebra',
        path: 'notebooks/zebra.ipynb',
        title: 'Zebra',
        summary: 'About zebras.',
        position: 1,
        group_name: 'animals',
        retired_at: null,
      },
      expect.objectContaining({ slug: 'ape', title: 'Ape', position: 2 }),
      expect.objectContaining({ slug: 'bee', title: 'Bee', position: 2 ** 31 - 1 }),
    ]);
    const [zebra] = await runs('zebra');
    expect(zebra).toMatchObject({
      status: 'passed',
      error: null,
      code_version: 'abc1234',
      kernel: { name: 'daybook', implementation: 'daybook' },
      // It reads nothing, so no data of any source are its own.
      data_through: null,
    });
    const { rows } = await database.owner.query<{ run_id: bigint }>(
      `select run_id from ops.pipeline_run where status = 'passed'`,
    );
    expect(zebra?.['pipeline_run_id']).toBe(rows[0]?.run_id);
    const executed = parseNotebook(zebra?.document ?? '', 'zebra');
    expect(streamText(outputsOf(executed)[0] ?? [])).toBe('z\n');
    expect(executed.metadata['daybook']).toMatchObject({
      position: 1,
      group: 'animals',
      run: { status: 'passed', code_version: 'abc1234', kernel: { name: 'daybook' } },
    });
    expect((await runs('ape'))[0]).toMatchObject({
      status: 'failed',
      error: { kind: 'error', cell: 2, cell_id: 'cell-2', line: 1, ename: 'Error', evalue: 'boom' },
    });
    expect((await runs('bee'))[0]).toMatchObject({
      status: 'failed',
      error: { kind: 'type-error', cell: 1, line: 1, column: 7, ename: 'TS2322' },
      kernel: { name: 'daybook' },
    });
  });

  test('a failed run leaves title and page of before; a file that is gone is retired, and comes back', async () => {
    const file = write('notebooks/churn.ipynb', [markdown('# Churn\n\nOld.'), 'console.log(1)']);
    write('notebooks/other.ipynb', [markdown('# Other')]);
    await run();
    write('notebooks/churn.ipynb', [markdown('# New title'), 'throw 1']);
    rmSync(join(project, 'notebooks/other.ipynb'));
    // Only the whole collection says what is gone.
    await run({ paths: [file] });
    expect(await published()).toMatchObject([
      { slug: 'churn', title: 'Churn', summary: 'Old.' },
      { slug: 'other', retired_at: null },
    ]);
    await run();
    expect((await published())[1]).toMatchObject({
      slug: 'other',
      retired_at: expect.anything() as unknown,
    });
    expect((await runs('churn')).map(({ status }) => status)).toEqual([
      'passed',
      'failed',
      'failed',
    ]);
    write('notebooks/other.ipynb', [markdown('# Other again')]);
    await run({ paths: [join(project, 'notebooks/other.ipynb')] });
    expect((await published())[1]).toMatchObject({ title: 'Other again', retired_at: null });
  });

  test('an empty workspace is no failure; a path that leads nowhere is', async () => {
    expect(await run()).toMatchObject({ status: 'passed', notebooks: [] });
    await expect(run({ paths: [join(project, 'no.ipynb')] })).rejects.toMatchObject({
      code: 'NOTEBOOK_NOT_FOUND',
      exitCode: 2,
    });
    await expect(run({ paths: [join(project, 'notebooks')] })).rejects.toMatchObject({
      code: 'NOTEBOOK_NOT_FOUND',
    });
  });
});

describe('what is published', () => {
  test('nothing of exploration/, nothing when told so, and no second notebook of a name', async () => {
    const exploration = write('exploration/first.ipynb', ['1']);
    const one = write('notebooks/one.ipynb', ['1']);
    const twin = write('notebooks/sub/one.ipynb', ['1']);
    const report = await run({ paths: [exploration, one, twin] });
    expect(report.notebooks.map(({ status, runId }) => [status, typeof runId])).toEqual([
      ['passed', 'undefined'],
      ['passed', 'number'],
      ['failed', 'undefined'],
    ]);
    expect(report.notebooks[2]?.failure).toMatchObject({
      kind: 'notebook',
      evalue: expect.stringContaining('notebooks/one.ipynb has the same name') as string,
    });
    expect((await published()).map(({ slug }) => slug)).toEqual(['one']);
    // The name is free again when the file is gone.
    rmSync(one);
    expect(await run({ paths: [twin] })).toMatchObject({
      status: 'passed',
      notebooks: [{ status: 'unchanged' }],
    });
    expect(await published()).toMatchObject([{ slug: 'one', path: 'notebooks/sub/one.ipynb' }]);
    expect(await run({ paths: [twin], publish: false })).toMatchObject({
      notebooks: [{ runId: undefined }],
    });
    // The same code at the same address: its run was left in place.
    expect(await runs('one')).toHaveLength(1);
  });
});

describe('the output', () => {
  test('executed notebooks, failed ones too, in their places; an old file is replaced as a whole', async () => {
    const good = write('notebooks/sub/good.ipynb', ['console.log("ran")']);
    const bad = write('notebooks/bad.ipynb', [
      'console.log("so far")\nthrow new Error("boom")',
      '2',
    ]);
    const wrong = write('elsewhere/wrong.ipynb', ['const n: number = "x"']);
    const output = join(project, 'out');
    const report = await run({ paths: [good, bad, wrong], output, publish: false });
    expect(report.notebooks.map((notebook) => notebook.output)).toEqual([
      join(output, 'sub/good.ipynb'),
      join(output, 'bad.ipynb'),
      join(output, 'wrong.ipynb'),
    ]);
    expect(streamText(outputsOf(read(join(output, 'sub/good.ipynb')))[0] ?? [])).toBe('ran\n');
    const [failed = [], rest] = outputsOf(read(join(output, 'bad.ipynb')));
    expect(streamText(failed)).toBe('so far\n');
    expect(failed.at(-1)).toMatchObject({ output_type: 'error', evalue: 'boom' });
    expect(rest).toEqual([]);
    expect(read(join(output, 'bad.ipynb')).metadata['daybook']).toMatchObject({
      run: { status: 'failed', error: { cell: 1, line: 2 } },
    });
    expect(outputsOf(read(join(output, 'wrong.ipynb')))[0]?.[0]).toMatchObject({ ename: 'TS2322' });

    const file = join(output, 'named.ipynb');
    writeFileSync(file, 'old');
    await run({ paths: [good], output: file, publish: false });
    expect(read(file).cells).toHaveLength(1);
    await expect(run({ paths: [good, bad], output: file, publish: false })).rejects.toMatchObject({
      code: 'USAGE',
    });
    // Run in place, and run again from there: no trace of the first run.
    await run({ paths: [good], output: good, publish: false });
    await run({ paths: [good], output: good, publish: false });
    expect(outputsOf(read(good))).toHaveLength(1);
    expect(outputsOf(read(good))[0]).toHaveLength(1);
  });
});

test('a kernel sees the warehouse only as a reader, and the time zone as it is', async () => {
  write('notebooks/env.ipynb', [
    `import { query } from "daybook/pipeline";
const [row] = await query<{ who: string }>("select current_user::text as who");
console.log(JSON.stringify({ ...row, tz: process.env.TZ, urls: [process.env.DATABASE_URL, process.env.DAYBOOK_READER_URL] }));`,
    {
      code: 'await query("insert into ops.pipeline_run (trigger) values (1)")',
      tags: ['raises-exception'],
    },
  ]);
  const report = await run({
    env: {
      ...process.env,
      TZ: 'Asia/Tokyo',
      DATABASE_URL: database.ownerUrl,
      PGPASSWORD: 'secret',
    },
  });
  const [passed] = await runs('env');
  expect(report.notebooks[0]?.failure).toBeUndefined();
  const [first = [], second = []] = outputsOf(parseNotebook(passed?.document ?? '', 'env'));
  expect(JSON.parse(streamText(first))).toEqual({
    who: 'daybook_reader',
    tz: 'Asia/Tokyo',
    urls: [database.readerUrl, database.readerUrl],
  });
  expect(second.at(-1)).toMatchObject({ output_type: 'error' });
});

test('the signal stops everything, writes what there is, and publishes nothing', async () => {
  const file = write('notebooks/long.ipynb', [
    'console.log("begun")',
    'await new Promise(() => {})',
    'console.log("never")',
  ]);
  write('notebooks/zlast.ipynb', ['console.log("never")']);
  const controller = new AbortController();
  const reason = new DaybookError('INTERRUPTED', 'stopped by SIGINT');
  const output = join(project, 'out');
  await expect(
    run({
      jobs: 1,
      output,
      signal: controller.signal,
      onEvent: (event) => {
        if (event.type === 'cell-start' && event.cell === 2) controller.abort(reason);
      },
    }),
  ).rejects.toBe(reason);
  expect(existsSync(file)).toBe(true);
  const stopped = read(join(output, 'long.ipynb'));
  expect(streamText(outputsOf(stopped)[0] ?? [])).toBe('begun\n');
  expect(stopped.metadata['daybook']).toMatchObject({ run: { status: 'stopped' } });
  expect(existsSync(join(output, 'zlast.ipynb'))).toBe(false);
  expect(await published()).toEqual([]);
});

test('a kernel that cannot start fails its notebook, not the others', async () => {
  const kernels = join(project, 'jupyter/kernels/dead');
  mkdirSync(kernels, { recursive: true });
  writeFileSync(
    join(kernels, 'kernel.json'),
    JSON.stringify({ argv: ['/no/such/program'], display_name: 'Dead', language: 'x' }),
  );
  write('notebooks/a.ipynb', ['1'], { kernelspec: { name: 'dead', display_name: 'Dead' } });
  write('notebooks/b.ipynb', ['1'], { kernelspec: { name: 'unknown', display_name: 'U' } });
  write('notebooks/c.ipynb', ['1']);
  const report = await run({ env: { ...process.env, JUPYTER_PATH: join(project, 'jupyter') } });
  expect(report.notebooks.map(({ status, failure }) => [status, failure?.kind])).toEqual([
    ['failed', 'kernel'],
    ['failed', 'kernel'],
    ['passed', undefined],
  ]);
  expect(report.notebooks[1]?.failure?.evalue).toContain('There is no kernel "unknown"');
});

test('a type error in a cell that may fail does not stop the run', async () => {
  write('notebooks/a.ipynb', [
    { code: 'const n: number = "x"', tags: ['raises-exception'] },
    'console.log("ran")',
  ]);
  const report = await run({ publish: false, output: join(project, 'out') });
  expect(report.status).toBe('passed');
  expect(report.notebooks[0]?.cells.map(({ status }) => status)).toEqual(['failed', 'passed']);
  const executed = read(join(project, 'out/a.ipynb'));
  expect(outputsOf(executed)[0]).toMatchObject([{ ename: 'TS2322' }]);
});
