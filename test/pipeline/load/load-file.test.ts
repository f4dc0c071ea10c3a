import { appendFileSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findFiles } from '../../../src/pipeline/extract/files/find-files.js';
import { readLedger } from '../../../src/history/files/ledger.js';
import { loadFile } from '../../../src/pipeline/load/load-file.js';
import type { Source } from '../../../src/pipeline/definitions/source.js';
import { ensureTable } from '../../../src/pipeline/load/ensure-table.js';
import type { DaybookError } from '../../../src/errors.js';
import type { TestDatabase } from '../../database.js';
import { requireShared } from '../../requirement.js';
import { readCases } from '../line-cases.js';
import { anyJson, customerLogs, declared } from '../line-sources.js';
import { temporaryFolder } from '../../temporary-folder.js';
import { createLoadDatabase } from './load-database.js';

let database: TestDatabase;
let runId: number;
beforeAll(async () => {
  const loading = await createLoadDatabase();
  database = loading.database;
  runId = loading.record.runId;
});
afterAll(() => database.drop());

async function load(path: string, source: Source = anyJson, signal = new AbortController().signal) {
  const file = { name: basename(path), path, bytes: statSync(path).size };
  const known = (await readLedger(database.owner)).get(file.name);
  const job = { file, source, known, refresh: true };
  const load = await loadFile(database.owner, job, { runId, signal, onProgress: () => undefined });
  return load ?? expect.fail('the file is unchanged');
}

async function loadText(content: string | Buffer, name = 'a.jsonl') {
  return load(join(temporaryFolder({ [name]: content }), name));
}

describe('loadFile', () => {
  test('every line of the case table ends as the table says, byte for byte', async (context) => {
    const folder = requireShared(context, 'fixtures/lines');
    const cases = readCases(folder);
    for (const { name, path } of await findFiles(folder, ['*.jsonl'])) {
      const load_ = await load(path);
      const wanted = cases.filter((each) => each.file === name);
      expect(load_.lines).toBe(wanted.length);
      const content = readFileSync(path);
      const loaded = new Map(
        (
          await database.rows<{ line: bigint; same: boolean }>(
            `select line_number as line, payload::text as payload from bronze.any_json where source_file = $1`,
            name,
          )
        ).map((row) => [Number(row.line), row]),
      );
      const rejected = new Map(
        (
          await database.rows<{
            line_number: bigint;
            byte_offset: bigint;
            reason: string;
            raw: Buffer;
          }>('select * from ops.reject where source_file = $1', name)
        ).map((row) => [Number(row.line_number), row]),
      );
      for (const { line, offset, bytes, verdict } of wanted) {
        const place = `${name}:${line}`;
        const raw = content.subarray(offset, offset + bytes);
        const reject = rejected.get(line);
        expect([place, loaded.has(line) !== rejected.has(line)]).toEqual([place, true]);
        if (verdict === 'accept') {
          // Postgres's own reading of the whole line is what the members must have become.
          const [same] = await database.rows<{ same: boolean }>(
            'select payload = $3::text::jsonb as same from bronze.any_json where source_file = $1 and line_number = $2',
            name,
            line,
            raw.toString('utf8'),
          );
          expect([place, same]).toEqual([place, { same: true }]);
        } else if (reject !== undefined) {
          expect([place, reject.raw, Number(reject.byte_offset)]).toEqual([place, raw, offset]);
          expect([place, reject.reason === 'blank_line']).toEqual([place, verdict === 'skip']);
        } else expect([place, verdict]).toEqual([place, 'accept-or-reject']);
      }
    }
  });

  test('whatever text the values hold, Postgres gives it back', async () => {
    const value = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('\\.', '\\N', '\t', '\n', '\r\n', '\\', '"', '\u0001', '\u2028'),
    );
    const object = fc.dictionary(value, fc.oneof(value, fc.array(value, { maxLength: 3 })), {
      maxKeys: 5,
    });
    const usable = fc.array(
      object.filter((o) => !/\\u0000|\\ud[89a-f]|\p{Cs}/u.test(JSON.stringify(o))),
      { minLength: 1, maxLength: 30 },
    );
    await fc.assert(
      fc.asyncProperty(usable, async (objects) => {
        const { loaded, rejected } = await loadText(
          objects.map((o) => JSON.stringify(o)).join('\n'),
        );
        expect({ loaded, rejected }).toEqual({ loaded: objects.length, rejected: 0 });
        const found = await database.rows<{ payload: object }>(
          "select payload from bronze.any_json where source_file = 'a.jsonl' order by line_number",
        );
        // Both sides went through JSON; __proto__ is a plain key there.
        expect(found.map((row) => row.payload)).toEqual(
          objects.map((o) => JSON.parse(JSON.stringify(o)) as object),
        );
      }),
      { numRuns: 40 },
    );
  });

  test('whatever the scanner accepts, Postgres accepts', async () => {
    const number = fc
      .tuple(
        fc.constantFrom('', '-'),
        fc.stringMatching(/^(0|[1-9]\d{0,30})(\.\d{1,30})?([eE][+-]?\d{1,6})?$/),
      )
      .map((parts) => parts.join(''))
      // A zero is refused by its exponent alone, as any number is; Postgres would take it as 0.
      .filter((text) => !/^-?0(\.0*)?[eE]/.test(text));
    const text = fc
      .array(
        fc.constantFrom(
          'a',
          '\\u0000',
          '\\ud83d',
          '\\ude00',
          '\\\\',
          '\\"',
          '\\u00e9',
          'é',
          '😀',
          ' ',
          '\\/',
        ),
        { maxLength: 6 },
      )
      .map((parts) => `"${parts.join('')}"`);
    const lines = fc.array(
      fc.tuple(text, fc.oneof(number, text)).map(([key, value]) => `{${key}:${value}}`),
      { minLength: 1, maxLength: 30 },
    );
    await fc.assert(
      fc.asyncProperty(lines, async (list) => {
        const report = await loadText(list.join('\n'));
        expect(report.loaded + report.rejected).toBe(list.length);
        // What was rejected is what Postgres would have refused.
        for (const { raw } of await database.rows<{ raw: Buffer }>(
          "select raw from ops.reject where source_file = 'a.jsonl'",
        )) {
          await expect(
            database.owner.query('select $1::text::jsonb', [raw.toString()]),
          ).rejects.toThrow();
        }
      }),
      { numRuns: 60 },
    );
  });

  test('numbers arrive with all their digits', async () => {
    await loadText('{"big":12345678901234567890123,"scale":1.10,"huge":1e400,"small":1e-300}\n');
    const [row] = await database.rows<{ payload: string }>(
      "select payload::text from bronze.any_json where source_file = 'a.jsonl'",
    );
    expect(row?.payload).toContain('"big": 12345678901234567890123');
    expect(row?.payload).toContain('"scale": 1.10');
    expect(row?.payload).toContain(`"huge": 1${'0'.repeat(400)}`);
  });

  test('texts, names of fields and watched values are as long as a line may be', async () => {
    const random = Array.from({ length: 9000 }, () => Math.random().toString(36).charAt(2)).join(
      '',
    );
    const event = (log_type: string) =>
      JSON.stringify({ date: '2019-01-01T00:00:00Z', log_type, account: 1, [random]: '😀' });
    const content = [event(random), event(`${random}x`), event('LOGIN')].join('\n');
    const path = join(temporaryFolder({ 'long.log': content }), 'long.log');
    expect(await load(path, customerLogs)).toEqual({ lines: 3, loaded: 3, rejected: 0, blank: 0 });
    const texts =
      "select log_type from bronze.log_event where source_file = 'long.log' and length(log_type) = 9000";
    expect(await database.rows(texts)).toEqual([{ log_type: random }]);
  });

  test('the ledger balances and names what was read by its content', async () => {
    const content = gzipSync('{"a":1}\n\nno\n{"a":2}\n{"a":');
    expect(await loadText(content, 'c.jsonl.gz')).toEqual({
      lines: 5,
      loaded: 2,
      rejected: 3,
      blank: 1,
    });
    const [entry] = await database.rows(
      "select bytes, line_count, loaded_count, rejected_count, encode(sha256, 'hex') = encode(sha256($1), 'hex') as same from ops.source_file where source_file = 'c.jsonl.gz'",
      content,
    );
    expect(entry).toEqual({
      bytes: BigInt(content.length),
      line_count: 5n,
      loaded_count: 2n,
      rejected_count: 3n,
      same: true,
    });
  });

  test('loading again replaces exactly the rows of that file', async () => {
    await loadText('{"other":1}\n', 'other.jsonl');
    await loadText('{"a":1}\nbad\n{"a":2}\n');
    await loadText('{"a":3}\n');
    expect(
      await database.rows("select payload from bronze.any_json where source_file = 'a.jsonl'"),
    ).toEqual([{ payload: { a: 3 } }]);
    expect(await database.rows("select from ops.reject where source_file = 'a.jsonl'")).toEqual([]);
    expect(
      await database.rows("select payload from bronze.any_json where source_file = 'other.jsonl'"),
    ).toHaveLength(1);
  });

  test('a file that breaks off changes nothing', async () => {
    await loadText(gzipSync('{"a":1}\nbad\n'), 'g.jsonl.gz');
    const broken = gzipSync(
      Array.from({ length: 200_000 }, (_, i) => `{"a":${i * 7919}}`).join('\n'),
    ).subarray(0, -30);
    await expect(loadText(broken, 'g.jsonl.gz')).rejects.toMatchObject({ code: 'DATA_UNREADABLE' });
    expect(
      await database.rows("select payload from bronze.any_json where source_file = 'g.jsonl.gz'"),
    ).toEqual([{ payload: { a: 1 } }]);
    expect(
      await database.rows("select reason from ops.reject where source_file = 'g.jsonl.gz'"),
    ).toEqual([{ reason: 'invalid_json' }]);
  });

  test('what Postgres refuses changes nothing and names the file', async () => {
    await loadText('{"a":1}\n', 'p.jsonl');
    await database.owner.query(
      "alter table bronze.any_json add constraint small check (not payload ? 'refused') not valid",
    );
    try {
      await expect(loadText('{"a":2}\n{"refused":1}\n', 'p.jsonl')).rejects.toMatchObject({
        code: 'LOAD_FAILED',
        where: expect.stringMatching(/p\.jsonl$/),
      });
    } finally {
      await database.owner.query('alter table bronze.any_json drop constraint small');
    }
    expect(
      await database.rows("select payload from bronze.any_json where source_file = 'p.jsonl'"),
    ).toEqual([{ payload: { a: 1 } }]);
  });

  test('more rejected bytes than are held at once are all kept, in their place', async () => {
    const lines = Array.from({ length: 300 }, (_, i) =>
      i % 3 === 0 ? `{"n":${i}}` : 'x'.repeat(60_000),
    );
    expect(await loadText(lines.join('\n'))).toEqual({
      ...{ lines: 300, loaded: 100, rejected: 200, blank: 0 },
    });
    const [kept] = await database.rows(
      "select count(*), min(length(raw)), max(line_number) from ops.reject where source_file = 'a.jsonl'",
    );
    expect(kept).toEqual({ count: 200n, min: 60_000, max: 300n });
  });

  test('an abort undoes the file', async () => {
    await loadText('{"a":1}\n', 's.jsonl');
    const folder = temporaryFolder({ 's.jsonl': '' });
    const path = join(folder, 's.jsonl');
    for (let i = 0; i < 40; i += 1) appendFileSync(path, '{"a":1}\n'.repeat(20_000));
    const controller = new AbortController();
    const reason = new Error('stopped');
    const loading = loadFile(
      database.owner,
      {
        file: { name: 's.jsonl', path, bytes: statSync(path).size },
        source: anyJson,
        known: (await readLedger(database.owner)).get('s.jsonl'),
      },
      {
        runId,
        signal: controller.signal,
        onProgress: () => {
          controller.abort(reason);
        },
      },
    );
    await expect(loading).rejects.toBe(reason);
    expect(
      await database.rows("select payload from bronze.any_json where source_file = 's.jsonl'"),
    ).toEqual([{ payload: { a: 1 } }]);
  });
});

describe('a field that no line of a file has', () => {
  const quake = (name: string, ...columns: string[]) =>
    declared(
      name,
      `files: ['*']\nformat: json\ncolumns:\n  id: { type: text }\n  ${columns.join('\n  ')}`,
    );
  const line =
    '{"id":"x","name":"y","properties":{"mag":1},"geometry":{"coordinates":[1,2]},"tags":null}\n';
  const outcome = async (source: Source, content: string, name = `${source.name}.jsonl`) => {
    await ensureTable(database.owner, source);
    return load(join(temporaryFolder({ [name]: content }), name), source).then(
      ({ loaded }) => loaded,
      (error: unknown) => {
        const { code, message, hint } = error as DaybookError;
        return `${code} ${message} → ${hint ?? ''}`;
      },
    );
  };

  test('is one that rejected lines have not, either: their own fault is what is told', async () => {
    const source = quake('q0', 'at: { type: timestamptz, format: unix_ms }');
    const content = '{"id":"a"}\n{"id":"b","at":1700000000123456}\n';
    expect(await outcome(source, content)).toBe(1);
  });

  test('fails the file, with what its lines have and what was meant', async () => {
    expect(
      await outcome(quake('q1', 'mag: { type: numeric, from: properties.mag }'), line.repeat(3)),
    ).toBe(
      "DATA_SHAPE none of its lines has 'properties.mag'; they have id, name, properties, geometry, tags → in sql/sources/q1.yaml: from: [properties, mag] for 'properties.mag'; may_be_absent: true for a column that not every file has",
    );
    expect(await database.rows('select * from bronze.q1')).toEqual([]);
    for (const [from, meant] of [
      ['nmae', 'name for nmae'],
      ['ID2', undefined],
      ["'geometry.coordinates[0]'", "[geometry, coordinates, 0] for 'geometry.coordinates[0]'"],
      ['[propertis, mag]', '[properties, mag] for [propertis, mag]'],
      ['[properties, magnitude]', undefined],
    ] as const) {
      const message = await outcome(quake('q2', `m: { type: jsonb, from: ${from} }`), line);
      expect([from, message]).toEqual([
        from,
        expect.stringMatching(/^DATA_SHAPE none of its lines has/),
      ]);
      expect([from, /from: (.*); may_be/.exec(String(message))?.[1]]).toEqual([from, meant]);
    }
  });

  test('is no fault where the file has it as null, another file had it, or the declaration allows it', async () => {
    const lines = (...all: object[]) => all.map((each) => `${JSON.stringify(each)}\n`).join('');
    const source = quake('q3', 'm: { type: text }');
    expect(await outcome(source, lines({ id: 'a' }, { id: 'b', m: null }))).toBe(2);
    expect(await outcome(source, lines({ id: 'a' }), 'other.jsonl')).toMatch(/^DATA_SHAPE/);
    expect(await outcome(source, lines({ id: 'a', m: 'x' }))).toBe(1);
    expect(await outcome(source, lines({ id: 'a' }), 'other.jsonl')).toBe(1);
    expect(await outcome(quake('q4', 'm: { type: text, may_be_absent: true }'), line)).toBe(1);
    expect(await outcome(quake('q5', 't: { type: text, from: [tags, 0] }'), line)).toBe(1);
    expect(
      await outcome(quake('q6', 'c: { type: integer, from: [geometry, coordinates, 2] }'), line),
    ).toBe(1);
    expect(await outcome(quake('q7', 'm: { type: text }'), '{"id":1}\n')).toBe(0);
  });
});
