import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import iconv from 'iconv-lite';
import { describe, expect, test } from 'vitest';
import { isReject } from '../../../src/pipeline/extract/event/log-event.js';
import { createLineParser } from '../../../src/pipeline/extract/lines/parse-line.js';
import { readElements } from '../../../src/pipeline/extract/lines/read-elements.js';
import { encodeFile } from '../../../src/pipeline/load/encode/encode-file.js';
import type { Source } from '../../../src/pipeline/definitions/source.js';
import { declared } from '../line-sources.js';
import { temporaryFolder } from '../../temporary-folder.js';

const columns = 'columns: { a: { type: bigint, required: true }, b: { type: text } }';
const csv = (options = '') =>
  declared('s', `files: ['*']\nformat: {csv: {${options}}}\n${columns}`);
const json = declared('s', `files: ['*']\nformat: json\n${columns}`);

/** What reading a file comes to. */
async function encode(content: Buffer | string, source: Source, name = 'x.csv') {
  const folder = temporaryFolder({});
  const path = join(folder, name);
  writeFileSync(path, content);
  const file = { name, path, bytes: Buffer.byteLength(content) };
  let [lines, loaded, rejected, most] = [0, 0, 0, 0];
  const rejects: { reason: string; line: number; count?: number; offset: number; raw: string }[] =
    [];
  const encoded = await encodeFile({ file, source });
  if (encoded.change === 'unchanged') throw new Error('the file is not known');
  try {
    const { blocks } = encoded;
    let next = await blocks.next();
    for (; next.done !== true; next = await blocks.next()) {
      const part = next.value;
      lines += part.lineCount;
      loaded += part.loadedCount;
      most = Math.max(most, part.rejects.length);
      for (const { reason, lineNumber, lineCount, byteOffset, raw } of part.rejects) {
        rejected += lineCount;
        rejects.push({
          ...{ reason, line: lineNumber },
          ...(lineCount > 1 ? { count: lineCount } : {}),
          ...{ offset: byteOffset, raw: raw.toString('latin1') },
        });
      }
    }
    expect(loaded + rejected).toBe(lines);
    return { lines, loaded, rejects, most, end: next.value };
  } finally {
    await encoded.close();
  }
}

const refusal = async (content: Buffer | string, source: Source, name?: string) =>
  encode(content, source, name).then(
    () => 'read',
    (error: unknown) => {
      const { code, message, hint } = error as { code: string; message: string; hint?: string };
      return `${code} ${message} → ${hint ?? ''}`;
    },
  );

describe('what stands before the records of a CSV', () => {
  test.each([
    ['blank lines', '\n \r\n\na,b\n1,x\n2,y\n', csv(), 4],
    ['a byte order mark', '\ufeffa,b\n1,x\n2,y\n', csv(), 1],
    ['a byte order mark and blank lines', '\ufeff\n\na,b\n1,x\n2,y\n', csv(), 3],
    ["Excel's line", 'sep=;\r\na;b\r\n1;x\r\n2;y\r\n', csv("delimiter: ';'"), 2],
    ["Excel's line behind a mark", '\ufeffsep=;\na;b\n1;x\n2;y', csv("delimiter: ';'"), 2],
    ["Excel's line, skipped", 'sep=;\na;b\n1;x\n2;y\n', csv("delimiter: ';', skip: 1"), 2],
    ['a title', 'Report "of May,,\n\na,b\n1,x\n2,y\n', csv('skip: 1'), 3],
    ['a title, without a header', 'Report\n1,x\n2,y\n', csv('skip: 1, names: [a, b]'), 1],
  ])('%s', async (_, content, source, header) => {
    const { loaded, rejects } = await encode(content, source);
    expect({ loaded, rejects }).toEqual({ loaded: 2, rejects: [] });
    // One that is rejected stands where an editor shows it.
    const more = await encode(`${content.replace(/\r?\n?$/, '\n')}x\n`, source);
    expect(more.rejects).toMatchObject([{ line: header + 3 }]);
  });

  test('a file that ends before its header is read from its beginning once there is more', async () => {
    for (const content of ['\n\n', 'sep=;\n', '\n\na;b', '\ufeff\na;b']) {
      const { lines, end } = await encode(content, csv("delimiter: ';'"));
      const unfinishedBytes = Buffer.byteLength(content);
      expect([content, lines, end]).toMatchObject([content, 0, { unfinishedBytes, nextLine: 1 }]);
    }
  });

  test('what would be nulls in every line is refused with what the header has', async () => {
    expect(await refusal('id,Name,b\n1,x,y\n', csv())).toBe(
      'DATA_SHAPE its header has no a; it has id, Name, b → in sql/sources/s.yaml: may_be_absent: true for a column that not every file has; format: {csv: {skip: N}} for lines before the header',
    );
    expect(await refusal('A,b\n1,x\n', csv())).toMatch(/ from: A for a; /);
    expect(await refusal('Report of May,\na,b\n1,x\n', csv())).toMatch(/no a, b; it has Report/);
    expect(await refusal('sep=,\na;b\n', csv("delimiter: ';'"))).toMatch(
      /^DATA_SHAPE its first line says sep=,, and its source/,
    );
    expect(await refusal('\n'.repeat(2_000_000), csv())).toMatch(/^DATA_SHAPE .*blank/);
    const optional = declared(
      's',
      `files: ['*']\nformat: csv\ncolumns: { a: { type: bigint }, c: { type: text, may_be_absent: true } }`,
    );
    expect(await encode('a,b\n1,x\n', optional)).toMatchObject({ loaded: 1 });
  });

  test('a header that another sign stands in is told that sign, and nothing else', async () => {
    const advice = (sign: string) => `in sql/sources/s.yaml: format: {csv: {delimiter: ${sign}}}`;
    for (const [content, source, sign] of [
      ['a;b\n1;x\n', csv(), "';'"],
      ['"a"\t"b"\n1\tx\n', csv(), String.raw`"\t"`],
      ['x| b\n1|x\n', csv(), "'|'"],
      ['a,b\n1,x\n', csv("delimiter: ';'"), "','"],
    ] as const) {
      expect((await refusal(content, source)).split(' → ')[1]).toBe(advice(sign));
    }
    for (const content of ['x;y\n1;2\n', 'a;b,c\n1,2\n', 'A\n1\n']) {
      expect(await refusal(content, csv())).toMatch(/may_be_absent/);
    }
  });

  test('a header that repeats a name thousands of times is read in time, one without end is refused', async () => {
    const source = declared('s', `files: ['*']\nformat: csv\ncolumns: { a: { type: text } }`);
    const { end } = await encode(`${'a,'.repeat(9000)}a_2\n`, source);
    expect(end.header?.slice(0, 3)).toEqual(['a', 'a_2', 'a_3']);
    expect(new Set(end.header).size).toBe(9001);
    expect(await refusal(`${'a,'.repeat(20_000)}\n1`, source)).toMatch(/20001 columns, more than/);
  });
});

test('what a type says of its size holds in a file, too', async () => {
  const source = declared(
    's',
    "files: ['*']\nformat: csv\ncolumns: { a: { type: varchar(3) }, b: { type: 'numeric(3,1)' } }",
  );
  const { loaded, rejects } = await encode('a,b\nabc,99.94\nabcd,1\nx,99.95\n', source);
  expect(loaded).toBe(1);
  expect(rejects.map(({ reason, line }) => [reason, line])).toEqual([
    ['invalid_type', 3],
    ['invalid_type', 4],
  ]);
});

test('lines that end in a carriage return alone are lines', async () => {
  for (const [content, source] of [
    ['a,b\r1,x\r2,y\r', csv()],
    ['a,b\r1,x\r2,"y\rz"', csv()],
    ['{"a":1}\r{"a":2}\r', json],
  ] as const) {
    const { lines, loaded, rejects } = await encode(content, source);
    expect([content, lines, loaded, rejects]).toEqual([content, 2, 2, []]);
  }
});

describe('many rejected lines', () => {
  test('a long row of blank lines is few entries, however they are written', async () => {
    for (const source of [json, csv('names: [a, b]')]) {
      const blank = '\n \n\t\r\n'.repeat(200_000);
      const row = source === json ? '{"a":1}\n' : '1,x\n';
      const { lines, loaded, rejects } = await encode(`${row}${blank}${row}`, source);
      expect([lines, loaded]).toEqual([600_002, 2]);
      expect(rejects.length).toBe(100);
      expect(rejects[0]).toMatchObject({ reason: 'blank_line', line: 2, offset: row.length });
    }
  });

  test('each blank line is in one entry, whatever stands between and wherever the file ends', async () => {
    const rows = {
      json: ['{"a":1}', '{"a":2,"b":" "}', 'bad'],
      csv: ['1,x', '2," \n\n \n"', '"3"x', ' ,y'],
      tabs: ['1\tx', '\ty', '2\t"\n\n"'],
      pattern: ['1 x', '  2 y', 'bad'],
    };
    const sources = {
      json,
      csv: csv('names: [a, b]'),
      tabs: csv('names: [a, b], delimiter: "\\t"'),
      pattern: declared(
        's',
        `files: ['*']\nformat: { pattern: ' *(?<a>\\d+) (?<b>.*)' }\n${columns}`,
      ),
    };
    const kinds = Object.keys(rows) as (keyof typeof rows)[];
    const blanks = fc.tuple(
      fc.constantFrom('\n', ' \t\r\n', '\r\n', '\t\n'),
      fc.oneof(
        { weight: 3, arbitrary: fc.nat(300) },
        { weight: 1, arbitrary: fc.integer({ min: 900, max: 200_000 }) },
      ),
    );
    const part = fc.record({ row: fc.nat(3), times: fc.nat(2), blanks });
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...kinds),
        fc.array(part, { minLength: 1, maxLength: 6 }),
        fc.constantFrom('', '   ', '\t'),
        async (kind, parts, tail) => {
          const text =
            parts
              .map(
                ({ row, times, blanks: [blank, count] }) =>
                  `${rows[kind][row % rows[kind].length]!}\n`.repeat(times) + blank.repeat(count),
              )
              .join('') + tail;
          if (text === '') return;
          const { rejects, loaded, lines } = await encode(text, sources[kind]);
          // What is blank by the lines of the text, but for those in quotes.
          const quoted = text.replaceAll(/"[\s]*"/g, (match) => match.replaceAll(/\s/g, 'q'));
          const inQuotes = text.split('\n').length - quoted.split('\n').length;
          const found = rejects.filter(({ reason }) => reason === 'blank_line');
          const covered = found.flatMap(({ line, count = 1 }) =>
            Array.from({ length: count }, (_, n) => line + n),
          );
          expect(new Set(covered).size).toBe(covered.length);
          const wanted = text
            .split('\n')
            .flatMap((line, index, all) =>
              line.trim() === '' && (index < all.length - 1 || line !== '') ? [index + 1] : [],
            );
          if (inQuotes === 0) expect(covered.sort((a, b) => a - b)).toEqual(wanted);
          expect(lines).toBe(loaded + rejects.reduce((sum, { count = 1 }) => sum + count, 0));
          for (const { line, offset } of found)
            expect([line, offset === 0 || text[offset - 1] === '\n']).toEqual([line, true]);
        },
      ),
      { numRuns: 40 },
    );
  });

  test('others come in parts that are bounded, with their places', async () => {
    const { rejects, most } = await encode('x\n'.repeat(50_000), json);
    expect(most).toBe(2000);
    expect(rejects.map(({ line, offset }) => [line, offset])).toEqual(
      Array.from({ length: 50_000 }, (_, index) => [index + 1, index * 2]),
    );
  });
});

describe('expressions that go back and forth', () => {
  const slow = 'a'.repeat(45);

  test('cost the lines that they are slow on, and no other', async () => {
    const pattern = declared(
      's',
      `files: ['*']\nformat: {pattern: '(?<a>(\\w+\\s?)+)!'}\ncolumns: { a: { type: text } }`,
    );
    const content = `ok word!\n${slow}?\n${'next!\n'.repeat(300)}${slow}?\nlast!`;
    const { loaded, rejects } = await encode(content, pattern);
    expect(loaded).toBe(302);
    expect(rejects).toMatchObject([
      { reason: 'pattern_timeout', line: 2, offset: 9, raw: `${slow}?` },
      { reason: 'pattern_timeout', line: 303 },
    ]);
  }, 30_000);

  test('so do those of a column, in any format', async () => {
    const matching = declared(
      's',
      `files: ['*']\nformat: json\ncolumns: { a: { type: text, matches: '(\\w+\\s?)+!' } }`,
    );
    const { loaded, rejects } = await encode(
      `{"a":"x!"}\n{"a":"${slow}?"}\n{"a":"y!"}\n`,
      matching,
    );
    expect(loaded).toBe(2);
    expect(rejects).toMatchObject([{ reason: 'pattern_timeout', line: 2 }]);
  }, 30_000);
});

describe('content that is not read', () => {
  const hex = (digits: string) => Buffer.concat([Buffer.from(digits, 'hex'), Buffer.alloc(600)]);
  const tar = Buffer.alloc(1024);
  tar.write('x.csv');
  tar.write('ustar\0', 257);
  test.each([
    ['xz', hex('fd377a585a000004e6d6b446')],
    ['lz4', hex('04224d186440a7')],
    ['bzip2', hex('425a6839314159265359')],
    ['lzip', hex('4c5a495001')],
    ['snappy', hex('ff060000734e61507059')],
    ['compress', hex('1f9d90')],
    ['zlib', hex('789c4bcb')],
    ['zip', hex('504b0304140000')],
    [
      'xlsx',
      Buffer.concat([hex('504b030414').subarray(0, 30), Buffer.from('[Content_Types].xml')]),
    ],
    [
      'ods',
      Buffer.concat([
        hex('504b030414').subarray(0, 30),
        Buffer.from('mimetypeapplication/vnd.oasis.opendocument'),
      ]),
    ],
    ['xls', hex('d0cf11e0a1b11ae1')],
    ['7z', hex('377abcaf271c')],
    ['tar', tar],
    ['tar', gzipSync(tar)],
    ['twice', gzipSync(gzipSync('{"a":1}\n'))],
    ['Parquet', hex('504152311504')],
    ['SQLite', Buffer.from('SQLite format 3\0')],
    ['LFS', Buffer.from('version https://git-lfs.github.com/spec/v1\noid sha256:x\n')],
    [
      'UTF-16LE (its first bytes are FF FE)',
      iconv.encode('a,b\n1,2\n', 'utf-16le', { addBOM: true }),
    ],
    ['UTF-16BE (its first bytes are FE FF)', iconv.encode('a,b\n', 'utf-16be', { addBOM: true })],
    ['UTF-16LE (its first bytes are letters', iconv.encode('a,b\n1,2\n', 'utf-16le')],
    ['UTF-32', iconv.encode('a,b\n', 'utf-32le', { addBOM: true })],
  ])('%s is refused once, with advice', async (name, content) => {
    for (const source of [
      csv(),
      json,
      declared('s', `files: ['*']\nformat: {pattern: '(?<a>.*) (?<b>.*)'}\n${columns}`),
    ]) {
      const message = await refusal(content, source);
      expect(message).toMatch(/^DATA_UNREADABLE is .+ → .{10}/);
      expect(message).toContain(name);
    }
  });

  test('brotli has no signature, so its name has to do', async () => {
    expect(await refusal('anything', json, 'x.jsonl.br')).toMatch(/brotli/);
  });

  test('text is never taken for another kind', async () => {
    const start = fc.constantFrom('PAR1,PAR2', 'ORC', 'BZh9', 'PK', 'Obj', 'x,y', ']', '7z', '%PD');
    await fc.assert(
      fc.asyncProperty(start, fc.stringMatching(/^[\x20-\x7e\t]*$/), async (first, rest) => {
        const text = `${first}${rest}\n`;
        expect([text, await refusal(text, json)]).toEqual([text, 'read']);
      }),
      { numRuns: 100 },
    );
  });
});

describe('encodings', () => {
  const inEncoding = (encoding: string): Source => ({ ...csv(), encoding });

  test.each([
    'latin1',
    'windows-1252',
    'iso-8859-15',
    'shift_jis',
    'gb18030',
    'koi8-r',
    'macroman',
  ])('%s is decoded line by line, and a rejected line keeps its bytes', async (encoding) => {
    const letters = encoding === 'koi8-r' ? 'привет' : /jis|gb/.test(encoding) ? '表計算' : 'é';
    const bytes = (text: string) => iconv.encode(text, encoding);
    const content = bytes(`a,b\n1,${letters}\nx,${letters}\n2,${letters}\n`);
    const { loaded, rejects, end } = await encode(content, inEncoding(encoding));
    const raw = bytes(`x,${letters}`);
    const offset = bytes(`a,b\n1,${letters}\n`).length;
    expect(loaded).toBe(2);
    expect(rejects).toEqual([
      { reason: 'invalid_type', line: 3, offset, raw: raw.toString('latin1') },
    ]);
    // It may grow like any other file.
    expect(end.unfinishedBytes).toBe(0);
    // The quarantine holds the line as it was, and replaying reads it so.
    const event = createLineParser(inEncoding(encoding), ['a', 'b'])(bytes(`1,${letters}`));
    if (isReject(event)) throw new Error(event.message);
    const [, value] = event.columns;
    expect(Buffer.from(value?.bytes ?? []).toString('utf8')).toBe(letters);
  });

  test('bytes that mean nothing in an encoding cost their line', async () => {
    const content = Buffer.concat([
      Buffer.from('a,b\n1,'),
      Buffer.from([0x81]),
      Buffer.from('\n2,x\n'),
    ]);
    const { loaded, rejects } = await encode(content, inEncoding('windows-1252'));
    expect({ loaded, rejects }).toMatchObject({
      loaded: 1,
      rejects: [{ reason: 'invalid_encoding', line: 2 }],
    });
  });

  test('a declaration that the file contradicts is refused', async () => {
    const utf16 = iconv.encode('a,b\n1,x\n', 'utf-16be', { addBOM: true });
    expect(await refusal(utf16, inEncoding('utf-16le'))).toMatch(/UTF-16BE.*declares utf-16le/);
    expect(await refusal(utf16, inEncoding('latin1'))).toMatch(/UTF-16BE.*declares latin1/);
    expect(await refusal('\ufeffa,b\n1,x\n', inEncoding('latin1'))).toMatch(/UTF-8.*latin1/);
    expect(await refusal('a,b\n1,x\n', inEncoding('utf-16'))).toMatch(/UTF-8.*no zeros.*utf-16/);
    const half = Buffer.concat([utf16, Buffer.from([0xd8, 0x00, 0x00, 0x41])]);
    expect(await refusal(half, inEncoding('utf-16'))).toMatch(/no valid UTF-16BE/);
  });
});

describe('JSON of several lines', () => {
  const geo = declared('s', `files: ['*']\nformat: {json: {path: [features]}}\n${columns}`);
  const objects = [
    { a: 1, b: 'x "]},{[' },
    { a: 2, b: 'y', c: { d: [1, { e: ']' }] } },
  ];
  const indented = JSON.stringify(objects, null, 2);

  test.each([
    ['an array in one line', JSON.stringify(objects), json],
    ['an array of lines', `[\n${objects.map((o) => JSON.stringify(o)).join(',\n')}\n]\n`, json],
    ['an indented array', `\ufeff${indented}\n`, json],
    ['indented objects', objects.map((o) => JSON.stringify(o, null, 2)).join('\n'), json],
    ['a path', JSON.stringify({ n: [1], x: { features: 1 }, features: objects, z: '}' }), geo],
    ['a path with escapes', `{"type":"x","\\u0066eatures":${indented},"more":[{"a":9}]}`, geo],
  ])('%s', async (_, content, source) => {
    for (const bytes of [
      Buffer.from(content),
      gzipSync(content),
      iconv.encode(content.replace('\ufeff', ''), 'utf-16le', { addBOM: true }),
    ]) {
      const isWide = bytes[0] === 0xff;
      const { loaded, rejects, end } = await encode(
        bytes,
        isWide ? { ...source, encoding: 'utf-16' } : source,
      );
      expect({ loaded, rejects }).toEqual({ loaded: 2, rejects: [] });
      // A file that grows is another one.
      expect(end.unfinishedBytes).toBe(null);
    }
  });

  test('a record that is wrong costs itself, with its place and its bytes', async () => {
    const content = '[\n  {"a": 1},\n  {"a": tru},\n  7, "x",\n  {\n"a": "n"\n},\n  {"a": 2}\n]';
    const { loaded, rejects } = await encode(content, json);
    expect(loaded).toBe(2);
    expect(rejects).toEqual([
      { reason: 'invalid_json', line: 3, offset: 16, raw: '{"a": tru}' },
      { reason: 'not_an_object', line: 4, offset: 30, raw: '7' },
      { reason: 'not_an_object', line: 4, offset: 33, raw: '"x"' },
      { reason: 'invalid_type', line: 5, offset: 40, raw: '{\n"a": "n"\n}' },
    ]);
  });

  test('a document that breaks off, goes on, or lacks its array is refused as a whole', async () => {
    expect(await refusal('[{"a":1},{"a":2}', json)).toMatch(/^DATA_SHAPE it breaks off/);
    expect(await refusal('[{"a":1}]\n{"a":2}', json)).toMatch(/byte 11: something follows/);
    expect(await refusal('{\n"a": 1', json)).toMatch(/breaks off/);
    expect(await refusal('{"a":1}', geo)).toMatch(/there is no array at features/);
    expect(await refusal('{"features":{"a":1}}', geo)).toMatch(/no array at features/);
    expect(await refusal('{"features":1}', geo)).toMatch(/no array at features/);
    expect(await refusal('[]]', json)).toMatch(/something follows/);
    expect((await encode('[]', json)).lines).toBe(0);
  });

  test('whatever the values and however the bytes arrive, every element comes out whole', async () => {
    const value = fc.jsonValue({ maxDepth: 3 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(value, { maxLength: 12 }),
        fc.nat(4),
        fc.integer({ min: 1, max: 40 }),
        async (values, indent, size) => {
          const content = Buffer.from(
            JSON.stringify({ x: values, y: [values], z: 1 }, null, indent),
          );
          const chunks = (async function* () {
            await Promise.resolve();
            for (let at = 0; at < content.length; at += size) {
              yield Buffer.from(content.subarray(at, at + size));
            }
          })();
          const found: unknown[] = [];
          for await (const block of readElements(chunks, { path: ['x'] })) {
            if (block.kind !== 'lines') throw new Error('too long');
            for (const [index, start] of (block.starts ?? []).entries()) {
              found.push(JSON.parse(block.bytes.toString('utf8', start, block.ends?.[index])));
            }
          }
          expect(found).toEqual(values.map((each) => JSON.parse(JSON.stringify(each)) as unknown));
        },
      ),
      { numRuns: 200 },
    );
  });

  test('an element beyond the bound is passed over, and those behind it are not', async () => {
    const long = `{"a":1,"b":"${'x'.repeat(500)}"}`;
    const content = Buffer.from(`[{"a":1},\n${long},\n{"a":2}]`);
    const blocks: string[] = [];
    const chunks = (async function* () {
      await Promise.resolve();
      for (let at = 0; at < content.length; at += 50)
        yield Buffer.from(content.subarray(at, at + 50));
    })();
    for await (const block of readElements(chunks, { path: [] }, 100, 60)) {
      blocks.push(
        block.kind === 'lines'
          ? (block.starts ?? [])
              .map((start, i) => block.bytes.toString('utf8', start, block.ends?.[i]))
              .join('|')
          : `${block.length} ${block.head.length} ${block.byteOffset}`,
      );
    }
    expect(blocks).toEqual(['{"a":1}', `${long.length} 60 10`, '{"a":2}']);
  });
});

/** One way to write the same rows. */
interface Shape {
  readonly lineEnd: '\n' | '\r\n' | '\r';
  readonly encoding: 'utf-8' | 'windows-1252' | 'utf-16le' | 'utf-16be';
  readonly isPacked: boolean;
  readonly format: 'csv' | 'json' | 'pattern';
  readonly hasMark: boolean;
  readonly preamble: number;
  readonly endsInLineEnd: boolean;
  readonly isDeclared: boolean;
}

describe('whatever the shape of a file', () => {
  const shape = fc.record<Shape>({
    lineEnd: fc.constantFrom('\n', '\r\n', '\r'),
    encoding: fc.constantFrom('utf-8', 'windows-1252', 'utf-16le', 'utf-16be'),
    isPacked: fc.boolean(),
    format: fc.constantFrom('csv', 'json', 'pattern'),
    hasMark: fc.boolean(),
    preamble: fc.nat(2),
    endsInLineEnd: fc.boolean(),
    isDeclared: fc.boolean(),
  });
  const rows = fc.array(fc.tuple(fc.nat(999), fc.stringMatching(/^[a-zé ]{1,8}$/)), {
    minLength: 1,
    maxLength: 20,
  });

  test('rows that go in come out, or the file is refused by name', async () => {
    await fc.assert(
      fc.asyncProperty(shape, rows, async (written, values) => {
        const content = write(written, values);
        const source = sourceOf(written);
        const result = await encode(content, source).catch((error: unknown) => error);
        if (result instanceof Error) {
          expect(result).toMatchObject({
            code: expect.stringMatching(/^DATA_(?:UNREADABLE|SHAPE)$/),
          });
          // Only what contradicts its declaration.
          const { encoding, hasMark, isDeclared, preamble, format } = written;
          const isContradicted =
            (encoding.startsWith('utf-16') && !isDeclared) ||
            (format === 'csv' && preamble > 0 && !isDeclared) ||
            (encoding === 'windows-1252' && !isDeclared && hasMark);
          expect([written, isContradicted]).toEqual([written, true]);
          return;
        }
        const { loaded, rejects } = result as Awaited<ReturnType<typeof encode>>;
        expect(loaded + rejects.length).toBeGreaterThanOrEqual(values.length);
        const isReadable = written.isDeclared || written.encoding !== 'windows-1252';
        if (isReadable) expect([written, loaded]).toEqual([written, values.length]);
      }),
      { numRuns: 150 },
    );
  });
});

function write(shape: Shape, values: readonly (readonly [number, string])[]): Buffer {
  const { lineEnd, encoding, format } = shape;
  const lines = values.map(([a, b]) =>
    format === 'json' ? JSON.stringify({ a, b }) : format === 'csv' ? `${a},"${b}"` : `${a} ${b}`,
  );
  if (format === 'csv') {
    lines.unshift(...Array.from({ length: shape.preamble }, () => 'Title'), 'a,b');
  }
  const text = lines.join(lineEnd) + (shape.endsInLineEnd ? lineEnd : '');
  const mark = shape.hasMark && encoding !== 'windows-1252' ? '\ufeff' : '';
  const bytes = iconv.encode(mark + text, encoding);
  return shape.isPacked ? gzipSync(bytes) : bytes;
}

function sourceOf({ format, encoding, isDeclared, preamble }: Shape): Source {
  const skip = isDeclared && preamble > 0 ? `skip: ${preamble}` : '';
  const source =
    format === 'csv'
      ? csv(skip)
      : format === 'json'
        ? json
        : declared('s', `files: ['*']\nformat: {pattern: '(?<a>\\d+) (?<b>.*)'}\n${columns}`);
  return isDeclared ? { ...source, encoding } : source;
}
