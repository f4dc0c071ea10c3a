import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { EncoderThreads } from '../../../src/pipeline/load/encode/encoder-threads.js';
import { loadFile } from '../../../src/pipeline/load/load-file.js';
import type { TestDatabase } from '../../database.js';
import { anyJson } from '../line-sources.js';
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

/** Files are read in chunks of so many bytes; smaller powers of two have a border there, too. */
const chunk = 2 ** 20;

/**
 * Ten chunks of lines, so built that at the borders of chunks a line feed, a carriage return, a letter of
 * several bytes and the first byte of a line come to stand at each place from four bytes before to four
 * behind; accepted lines and rejected ones take turns there.
 */
function fileWithBorders(): Buffer {
  const parts: Buffer[] = [];
  let [length, serial] = [0, 0];
  const add = (text: string): void => {
    const bytes = Buffer.from(text);
    parts.push(bytes);
    length += bytes.length;
  };
  /** A line of so many bytes, its line feed included. */
  const line = (bytes: number, isRejected: boolean, end: string): string => {
    serial += 1;
    const head = isRejected ? `bad ${serial} ` : `{"n":${serial},"s":"`;
    const tail = isRejected ? `é${end}` : `é"}${end}`;
    return head + 'y'.repeat(bytes - Buffer.byteLength(head + tail)) + tail;
  };
  for (let border = 1; border < 10; border += 1) {
    // Behind the last byte of a line.
    const place = border * chunk + (border - 5);
    while (place - length > 1200) add(line(100 + (serial % 700), serial % 97 === 0, '\n'));
    add(line(place - length - 300, false, '\n'));
    add(line(300, border % 2 === 0, border % 3 === 0 ? '\r\n' : '\n'));
    add(line(50, border % 2 === 1, '\n'));
    if (border % 4 === 0) add('\n');
  }
  add(line(80, false, ''));
  return Buffer.concat(parts);
}

const content = fileWithBorders();

test.each([
  ['plain, in this thread', 'a.jsonl', content, false],
  ['plain, in other threads', 'b.jsonl', content, true],
  ['gzip', 'c.jsonl.gz', gzipSync(content, { level: 1 }), false],
])(
  '%s: every line at a border of chunks arrives whole and once',
  async (_, name, bytes, inThreads) => {
    const path = join(temporaryFolder({ [name]: bytes }), name);
    const threads = new EncoderThreads();
    const job = { file: { name, path, bytes: statSync(path).size }, source: anyJson };
    try {
      const load = await loadFile(database.owner, job, {
        runId,
        signal: new AbortController().signal,
        onProgress: () => undefined,
        ...(inThreads ? { threads } : {}),
      });

      // Another way to split lines, over the whole content at once.
      const lines = content.toString('latin1').split('\n');
      let offset = 0;
      const wanted = lines.map((line, index) => {
        const raw = Buffer.from(line, 'latin1');
        const at = offset;
        offset += raw.length + 1;
        return { line: index + 1, raw, at, isLoaded: line.startsWith('{') };
      });
      const accepted = wanted.filter(({ isLoaded }) => isLoaded);
      const rejected = wanted.filter(({ isLoaded }) => !isLoaded);
      expect(load).toEqual({
        lines: wanted.length,
        loaded: accepted.length,
        rejected: rejected.length,
        blank: rejected.filter(({ raw }) => raw.toString('latin1').trim() === '').length,
      });
      const texts = accepted.map(({ line, raw }) => {
        const { n, s } = JSON.parse(raw.toString()) as { n: number; s: string };
        return `${line} ${n} ${s}`;
      });
      const { rows: digests } = await database.owner.query<{ digest: string }>(
        `select md5(string_agg(concat_ws(' ', line_number, payload ->> 'n', payload ->> 's'), chr(10) order by line_number)) as digest
      from bronze.any_json where source_file = $1`,
        [name],
      );
      expect(digests[0]?.digest).toBe(createHash('md5').update(texts.join('\n')).digest('hex'));
      const { rows: rejects } = await database.owner.query<object>(
        `select line_number::int as line, raw, byte_offset::int as at
      from ops.reject where source_file = $1 order by line_number`,
        [name],
      );
      expect(rejects).toEqual(rejected.map(({ line, raw, at }) => ({ line, raw, at })));
    } finally {
      await threads.close();
    }
  },
);
