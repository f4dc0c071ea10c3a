import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'vitest';
import {
  layOut,
  repetitions,
  tokenContexts,
  type TokenContext,
} from '../test/server/rendering/token-contexts.js';
import { encodeFile } from '../src/pipeline/load/encode/encode-file.js';
import { parseSource } from '../src/pipeline/project/parse-source.js';
import { reportTable } from './report.js';

const short = 1024;
/** What is over a budget is shown as it was written, at no cost: the dearest texts are those just below. */
const lengths = [2, 8, 64].map((kilobytes) => kilobytes * 1024);

/** So many pairs of each place are looked at again with longer texts. */
const suspects = 4;

interface Cost {
  readonly text: string;
  readonly milliseconds: number;
}

/** The processor time of laying out a text, in milliseconds. */
function cost(context: TokenContext, text: string): Cost {
  const notebook = context.notebook(text);
  const before = process.cpuUsage();
  layOut(notebook);
  const { user, system } = process.cpuUsage(before);
  return { text, milliseconds: (user + system) / 1000 };
}

function perKilobyte({ text, milliseconds }: Cost): number {
  return milliseconds / (text.length / 1024);
}

/** A zstd file (RFC 8878) of so many blocks of 128 KiB, each of one byte that is repeated, behind some text. */
function repeatedByte(byte: number, blocks: number, text: string): Buffer {
  const block = (type: number, size: number, isLast: boolean): Buffer => {
    const head = Buffer.alloc(3);
    head.writeUIntLE((isLast ? 1 : 0) | (type << 1) | (size << 3), 0, 3);
    return head;
  };
  const repeated = (isLast: boolean) =>
    Buffer.concat([block(1, 128 * 1024, isLast), Buffer.from([byte])]);
  return Buffer.concat([
    Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x38]),
    ...[block(0, text.length, false), Buffer.from(text)],
    ...Array.from({ length: blocks }, (_, index) => repeated(index === blocks - 1)),
  ]);
}

test('a small file of a thousand million blank lines', async () => {
  const formats = {
    json: ['json', '{"a":1}\n'],
    csv: ['csv', 'a\n1\n'],
    pattern: ["{pattern: '(?<a>\\d+)'}", '1\n'],
  } as const;
  const rows: string[][] = [];
  const folder = mkdtempSync(join(tmpdir(), 'daybook-bench-'));
  for (const [name, [format, text]] of Object.entries(formats)) {
    const path = join(folder, `${name}.zst`);
    const content = repeatedByte(0x0a, 8191, text);
    writeFileSync(path, content);
    const yaml = `files: ['*']\nformat: ${format}\ncolumns: { a: { type: bigint } }`;
    const parsed = parseSource('s', yaml);
    if (!('source' in parsed)) throw new Error('the declaration is wrong');
    const file = { name: 'a.zst', path, bytes: content.length };
    let [lines, entries] = [0, 0];
    const started = process.cpuUsage();
    const encoded = await encodeFile({ file, source: parsed.source });
    if (encoded.change === 'unchanged') throw new Error('the file is not known');
    for (;;) {
      const next = await encoded.blocks.next();
      if (next.done === true) break;
      const part = next.value;
      lines += part.lineCount;
      entries += part.rejects.length;
    }
    const { user, system } = process.cpuUsage(started);
    rows.push([
      name,
      `${(content.length / 1024).toFixed(0)} KB`,
      lines.toLocaleString('en'),
      String(entries),
      `${((user + system) / 1e6).toFixed(1)} s`,
    ]);
  }
  rmSync(folder, { recursive: true });
  await reportTable('hostile-files', {
    title: 'Files that are made to take time',
    method:
      'Processor time to read a zstd file that becomes 1 GiB of blank lines behind one record, the most that a small file may become; a blank line is counted, and a long row of them is one entry beyond its first hundred.',
    columns: ['format', 'packed', 'lines', 'entries', 'time'],
    rows,
  });
}, 3_600_000);

test('the worst text of each place', async () => {
  const rows: string[][] = [];
  for (const context of tokenContexts) {
    const { tokens } = context;
    const pairs = tokens.flatMap((first): [string, string?][] => [
      [first],
      ...tokens.map((second): [string, string] => [first, second]),
    ]);
    const seen = pairs
      .flatMap((pair) => {
        const texts = repetitions(pair, short);
        // The first of the shapes finds most; the others are tried where it matters.
        return [{ pair, ...cost(context, texts[0] ?? '') }];
      })
      .sort((one, other) => other.milliseconds - one.milliseconds);
    const worst = seen
      .slice(0, suspects)
      .flatMap(({ pair }) =>
        lengths
          .flatMap((length) => repetitions(pair, length))
          .map((text) => ({ pair, ...cost(context, text) })),
      )
      .sort((one, other) => perKilobyte(other) - perKilobyte(one))[0];
    if (worst === undefined) continue;
    rows.push([
      context.name,
      JSON.stringify(worst.pair.filter((token) => token !== undefined).join(' + ')),
      `${(worst.text.length / 1024).toFixed(0)} KB`,
      `${worst.milliseconds.toFixed(0)} ms`,
      `${perKilobyte(worst).toFixed(1)} ms`,
    ]);
  }
  await reportTable('hostile', {
    title: 'Texts that are made to take time',
    method:
      'Processor time to lay out a notebook with a text that repeats one or two tokens, in each place that holds text: all pairs of the tokens that mean something there are tried with 1 KB, the dearest four in four shapes with 2, 8 and 64 KB; the one that is dearest for its length is shown. A piece that takes more than 3 s is stopped.',
    columns: ['place', 'dearest tokens', 'length', 'time', 'for each KB'],
    rows,
  });
}, 3_600_000);
