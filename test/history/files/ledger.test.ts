import {
  appendFileSync,
  existsSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { findFiles, fileStamp } from '../../../src/pipeline/extract/files/find-files.js';
import { EncoderThreads } from '../../../src/pipeline/load/encode/encoder-threads.js';
import { loadWithinLimits } from '../../../src/pipeline/load/load-within-limits.js';
import { limitsBySource } from '../../../src/pipeline/load/limits/source-limits.js';
import type { RunRecord } from '../../../src/history/runs/run-record.js';
import { assignFiles } from '../../../src/pipeline/extract/files/assign-files.js';
import type { Source } from '../../../src/pipeline/definitions/source.js';
import type { TestDatabase } from '../../database.js';
import { withTime } from '../../pipeline/line-sources.js';
import { temporaryFolder } from '../../temporary-folder.js';
import { createLoadDatabase } from '../../pipeline/load/load-database.js';

const source: Source = { ...withTime, eventTime: 'at' };
let database: TestDatabase;
let record: RunRecord;
beforeAll(async () => {
  ({ database, record } = await createLoadDatabase(['at timestamptz not null']));
});
afterAll(() => database.drop());
beforeEach(forget);

async function forget(): Promise<void> {
  await database.owner.query(
    'delete from bronze.any_json; delete from ops.reject; delete from ops.source_file',
  );
}

// None of the files is large enough for one.
const threads = new EncoderThreads();
const loadOptions = (fullRefresh = false) => ({
  ...{ pool: database.owner, record, threads, fullRefresh, jobs: 2, schema: 'bronze' },
  limitsOf: limitsBySource([], database.config.limits, {
    maxRejects: { percent: 100 },
    allowRemoval: true,
  }),
  signal: new AbortController().signal,
  onEvent: () => undefined,
});

async function load(folder: string, fullRefresh = false) {
  const files = assignFiles(await findFiles(folder, source.files), [source]);
  const loaded = await loadWithinLimits(files, [], loadOptions(fullRefresh));
  expect(loaded.error).toBeUndefined();
  const reports = [...loaded.files];
  for (const { error } of reports) expect(error).toBeUndefined();
  return reports.sort((a, b) => (a.file < b.file ? -1 : 1));
}

/** All that loading leaves: rows, quarantine, and what the ledger says of each file. */
async function content(): Promise<unknown> {
  const tables = [
    'select at, payload, source_file, line_number from bronze.any_json',
    'select source_file, line_number, byte_offset, reason, message, raw from ops.reject',
    `select
      source_file, source, sha256, bytes, line_count, loaded_count, rejected_count,
      unfinished_bytes, next_line, newest_event
    from ops.source_file`,
  ];
  const found = [];
  for (const sql of tables) {
    const { rows } = await database.owner.query<{ row: string }>(
      `select r::text as row from (${sql}) as r order by 1`,
    );
    found.push(rows.map(({ row }) => row));
  }
  return found;
}

const line = (minute: number) => `{"timestamp":"2019-01-01T00:${10 + minute}:00Z"}`;

describe('the ledger of files', () => {
  test('whatever happens to files, the next load ends with the rows of a clean load', async () => {
    const names = ['a.jsonl', 'b.jsonl', 'c.jsonl'];
    const name = fc.constantFrom(...names);
    // Whole lines, pieces of lines, damage: files are appended to at any byte.
    const text = fc
      .array(
        fc.oneof(
          fc.nat(40).map((minute) => `${line(minute)}\n`),
          fc.constantFrom(
            '\n',
            'bad\n',
            line(49),
            line(3).slice(0, 20),
            line(3).slice(20),
            '\ufeff',
          ),
          fc.constantFrom('\u00ef', '}', '\r\n', 'x'),
        ),
        { maxLength: 6 },
      )
      .map((parts) => Buffer.from(parts.join('')));
    const change = fc.oneof(
      { weight: 4, arbitrary: fc.record({ kind: fc.constant('append' as const), name, text }) },
      fc.record({ kind: fc.constant('rewrite' as const), name, text }),
      fc.record({ kind: fc.constant('truncate' as const), name, at: fc.nat(200) }),
      fc.record({ kind: fc.constant('rename' as const), name, to: name }),
      fc.record({ kind: fc.constant('delete' as const), name }),
    );
    const steps = fc.array(fc.array(change, { minLength: 1, maxLength: 3 }), {
      minLength: 1,
      maxLength: 6,
    });
    await fc.assert(
      fc.asyncProperty(steps, async (rounds) => {
        await forget();
        const folder = temporaryFolder({ 'always.jsonl': `${line(1)}\n` });
        for (const round of rounds) {
          for (const each of round) {
            const path = join(folder, each.name);
            if (each.kind === 'append') appendFileSync(path, each.text);
            else if (each.kind === 'rewrite') writeFileSync(path, each.text);
            else if (!existsSync(path)) continue;
            else if (each.kind === 'truncate')
              truncateSync(path, Math.min(each.at, readFileSync(path).length));
            else if (each.kind === 'rename') renameSync(path, join(folder, each.to));
            else rmSync(path);
          }
          await load(folder);
        }
        const found = await content();
        expect((await load(folder)).map(({ status }) => status)).toEqual(
          (await findFiles(folder, source.files)).map(() => 'unchanged'),
        );
        await load(folder, true);
        expect(await content()).toEqual(found);
        await forget();
        await load(folder);
        expect(await content()).toEqual(found);
      }),
      { numRuns: 60 },
    );
  });

  test('a file that nobody wrote to is not read again; one that somebody did is, whatever its time says', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'a.jsonl');
    writeFileSync(path, `${line(1)}\n`);
    const { mtime, ctimeMs } = statSync(path);
    /** As if some time had passed. */
    const later = async () => {
      const [found] = await findFiles(folder, source.files);
      const stamp = fileStamp(statSync(path, { bigint: true }), Date.now() + 3_600_000);
      return [{ file: { ...found!, stamp }, source }];
    };
    const reports = async () => {
      const {
        files: [report],
      } = await loadWithinLimits(await later(), [], loadOptions());
      return [report?.status, report?.reason, report?.loaded];
    };
    expect(await reports()).toEqual(['loaded', 'it is new', 1]);
    // Whoever read it would find another content than is known.
    await database.owner.query("update ops.source_file set sha256 = 'x'");
    expect(await reports()).toEqual(['unchanged', 'nobody wrote to it', 0]);
    await load(folder);
    // The same size, and the time of modification set back.
    do writeFileSync(path, `${line(2)}\n`);
    while (statSync(path).ctimeMs === ctimeMs);
    utimesSync(path, mtime, mtime);
    expect(await reports()).toEqual(['loaded', 'its content changed', 1]);
    // Touched, and the same: read once more, and then known.
    utimesSync(path, mtime, new Date());
    const ledger = () => database.rows('select * from ops.source_file');
    const before = await ledger();
    expect(await reports()).toEqual(['unchanged', 'its content is the same', 0]);
    // Whoever has read the ledger sees no change.
    expect(await ledger()).toEqual(before);
    expect(await reports()).toEqual(['unchanged', 'nobody wrote to it', 0]);
  });

  test('of a file that has grown only the new lines are loaded', async () => {
    const folder = temporaryFolder({ 'a.jsonl': `${line(1)}\nbad\n${line(2)}\n` });
    const path = join(folder, 'a.jsonl');
    expect(await load(folder)).toMatchObject([
      { status: 'loaded', lines: 3, loaded: 2, rejected: 1 },
    ]);
    const xmin = 'select xmin::text, line_number from bronze.any_json order by line_number';
    const before = (await database.owner.query(xmin)).rows;

    appendFileSync(path, `${line(9)}\nworse\n`);
    expect(await load(folder)).toMatchObject([
      { status: 'loaded', lines: 2, loaded: 1, rejected: 1 },
    ]);
    const after = (await database.owner.query<{ line_number: bigint }>(xmin)).rows;
    expect(after.slice(0, 2)).toEqual(before);
    expect(after.map((row) => row.line_number)).toEqual([1n, 3n, 4n]);
    const { rows } = await database.owner.query(
      'select line_count, loaded_count, rejected_count, newest_event from ops.source_file',
    );
    expect(rows).toEqual([
      {
        line_count: 5n,
        loaded_count: 3n,
        rejected_count: 2n,
        newest_event: '2019-01-01T00:19:00Z',
      },
    ]);
  });

  test('a last line that was not finished is read again with its end', async () => {
    const folder = temporaryFolder({ 'a.jsonl': `${line(1)}\n${line(5)}` });
    const path = join(folder, 'a.jsonl');
    await load(folder);
    // It was whole and is damage now; the newest event goes with it.
    appendFileSync(path, `x\n${line(2)}`);
    expect(await load(folder)).toMatchObject([{ lines: 2, loaded: 1, rejected: 1 }]);
    const { rows } = await database.owner.query(
      'select line_count, loaded_count, rejected_count, newest_event from ops.source_file',
    );
    expect(rows).toEqual([
      {
        line_count: 3n,
        loaded_count: 2n,
        rejected_count: 1n,
        newest_event: '2019-01-01T00:12:00Z',
      },
    ]);
  });

  test('a file that has grown and is another one is loaded as a whole', async () => {
    const folder = temporaryFolder({ 'a.jsonl': `${line(1)}\n${line(2)}\n` });
    await load(folder);
    writeFileSync(join(folder, 'a.jsonl'), `${line(1)}\n${line(3)}\n${line(4)}\n`);
    expect(await load(folder)).toMatchObject([{ lines: 3, loaded: 3 }]);
    const { rows } = await database.owner.query('select from bronze.any_json');
    expect(rows).toHaveLength(3);
  });

  test('a gzip that has grown is loaded as a whole', async () => {
    const first = gzipSync(`${line(1)}\n`);
    const folder = temporaryFolder({ 'a.jsonl.gz': first });
    await load(folder);
    appendFileSync(join(folder, 'a.jsonl.gz'), gzipSync(`${line(2)}\n`));
    expect(await load(folder)).toMatchObject([{ lines: 2, loaded: 2 }]);
  });
});
