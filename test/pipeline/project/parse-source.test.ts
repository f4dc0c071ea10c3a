import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createLineParser } from '../../../src/pipeline/extract/lines/parse-line.js';
import { isReject } from '../../../src/pipeline/extract/event/log-event.js';
import { assignFiles } from '../../../src/pipeline/extract/files/assign-files.js';
import { parseSource } from '../../../src/pipeline/project/parse-source.js';
import { readSources } from '../../../src/pipeline/project/read-sources.js';
import { declared } from '../line-sources.js';
import { temporaryFolder } from '../../temporary-folder.js';
import { sourceDigest } from '../../../src/pipeline/definitions/digests.js';

const json = (columns: string, more = '') =>
  `files: ['*.log']\nformat: json\ncolumns: { ${columns} }\n${more}`;

test.each([
  ['no YAML', 'files: [', '1:9', 'the source is not YAML'],
  ['an unknown key', `${json('a: { type: text }')}tabel: x`, '4:1', 'tabel'],
  [
    'an unknown type',
    json('a: { type: int8 }'),
    '3:17',
    'columns.a.type: must be one of text, varchar(n), smallint',
  ],
  [
    'a column of ours',
    json('payload: { type: jsonb }'),
    '3:12',
    'every source has this column already',
  ],
  [
    'a pattern that is none',
    json("a: { type: text, matches: '(' }"),
    '3:29',
    'Invalid regular expression',
  ],
  [
    'a format of no time',
    json("a: { type: text, format: '%Y' }"),
    '3:29',
    'belongs to columns of type timestamptz, timestamp, date or time',
  ],
  [
    'an unknown directive',
    json("a: { type: timestamptz, format: '%Q' }"),
    '3:36',
    '%Q is none of %Y %y %m %b',
  ],
  [
    'a time without a zone',
    json("a: { type: timestamptz, format: '%Y-%m-%d %H:%M' }"),
    '3:36',
    'must have %z, or the column a zone',
  ],
  [
    'an unknown zone',
    json("a: { type: timestamptz, format: '%Y-%m-%d %H:%M', zone: Mars/Base }"),
    '3:62',
    'Mars/Base is no time zone',
  ],
  [
    'no such time',
    json('a: { type: text }', 'event_time: b'),
    '4:1',
    'must be a column of type timestamptz',
  ],
  [
    'a key that may be missing',
    json('a: { type: text }', 'distribute_by: a'),
    '4:1',
    'must be a column that is required',
  ],
  [
    'a misspelt group',
    "files: ['*']\nformat: { pattern: '(?<host>.)' }\ncolumns: { a: { type: text, from: hst } }",
    '3:29',
    'the format has no hst; did you mean host?',
  ],
  [
    'a pattern without groups',
    "files: ['*']\nformat: { pattern: 'x' }\ncolumns: {}",
    '2:11',
    'has no named group',
  ],
])('%s is named at its place', async (_, yaml, place, message) => {
  const root = temporaryFolder({ 'sql/sources/mine.yaml': yaml });
  await expect(readSources(root)).rejects.toMatchObject({
    code: 'SOURCE_INVALID',
    where: `sql/sources/mine.yaml:${place}`,
    message: expect.stringContaining(message),
  });
});

test('all problems of all files are in one message; no source at all is no problem', async () => {
  const root = temporaryFolder({
    'sql/sources/a.yaml': json('a: { type: x }'),
    'sql/sources/B.yaml': '',
  });
  await expect(readSources(root)).rejects.toThrow(/2 problems.*B\.yaml.*a\.yaml:3:17/s);
  const empty = temporaryFolder({});
  mkdirSync(join(empty, 'sql/sources'), { recursive: true });
  expect(await readSources(empty)).toEqual([]);
});

test('a file belongs to the source with the most precise pattern', () => {
  const all = declared('every', json('a: { type: text }'));
  const web = { ...all, name: 'web', files: ['access.log*'] };
  const folder = { ...all, name: 'folder', files: ['old/*.log'] };
  const file = (name: string) => ({ name, path: name, bytes: 1 });
  const owners = (names: string[]) =>
    assignFiles(names.map(file), [all, web, folder]).map(({ source }) => source.name);
  expect(owners(['x.log', 'deep/access.log', 'access.log.1', 'old/x.log'])).toEqual([
    ...['every', 'web', 'web', 'folder'],
  ]);
  const twin = { ...all, name: 'twin' };
  expect(() => assignFiles([file('x.log')], [all, twin])).toThrow('both every and twin take x.log');
});

test('what decides about rows is in the digest, what does not is not', () => {
  const digest = (yaml: string) => sourceDigest(declared('s', yaml));
  const plain = digest(json('a: { type: text }'));
  expect(digest(json('a: { type: text, description: x, values: seen }', 'description: y'))).toBe(
    plain,
  );
  expect(digest(json('a: { type: text, from: b }'))).not.toBe(plain);
  expect(digest(json("a: { type: text, matches: 'x' }"))).not.toBe(plain);
});

test('fields that lie deeper, texts that must match, and every type of JSON', () => {
  const source = declared(
    's',
    json(
      "code: { type: text, from: [http, request, code], matches: '[A-Z]{2}' }, at: { type: timestamptz, format: unix }, ok: { type: boolean }, n: { type: integer }, raw: { type: jsonb }",
    ),
  );
  const parse = createLineParser(source);
  const read = (line: string) => {
    const result = parse(Buffer.from(line));
    if (isReject(result)) return result.reason;
    const text = (slice: { bytes: Uint8Array; start: number; end: number } | null) =>
      slice && Buffer.from(slice.bytes.subarray(slice.start, slice.end)).toString();
    return [...result.columns.map(text), ...result.payload.map(text)];
  };
  const line = (more: string) =>
    `{"http":{"a":1,"request":{"code":"XX","c\\u006fde":"AB"}}${more}}`;
  expect(read(line(',"at":0,"ok":true,"n":-5,"raw":[1]'))).toEqual([
    ...['AB', '', 'true', '-5', '[1]'],
    '"http":{"a":1,"request":{"code":"XX","c\\u006fde":"AB"}}',
  ]);
  expect(read('{"http":7}')).toEqual([null, null, null, null, null, '"http":7']);
  expect(read('{"http":{"request":{"code":"abc"}}}')).toBe('invalid_value');
  expect(read('{"ok":"true"}')).toBe('invalid_type');
  expect(read('{"n":2147483648}')).toBe('invalid_type');
  expect(read('{"at":"0"}')).toEqual([null, '', null, null, null]);
  expect(read('{"at":true}')).toBe('invalid_type');
});

test('a path into arrays, text of any JSON value, texts without the blanks around them', () => {
  const source = declared(
    's',
    json(
      'lon: { type: numeric, from: [geometry, coordinates, 0] }, deep: { type: text, from: [a, 1, b, 2], coerce: true }, title: { type: text, coerce: true }, word: { type: text, trim: true }, price: { type: numeric, unit: "€", decimal: "," }, n: { type: bigint, coerce: true }',
    ),
  );
  const parse = createLineParser(source);
  const read = (line: string) => {
    const result = parse(Buffer.from(line));
    if (isReject(result)) return `${result.reason}: ${result.message}`;
    return result.columns.map(
      (slice) => slice && Buffer.from(slice.bytes.subarray(slice.start, slice.end)).toString(),
    );
  };
  expect(
    read(
      '{"geometry": {"coordinates": [ -1.50 , 2]}, "a": ["]\\\\\\"", {"b": [[1], {"x": "}"}, [ 1.0, "é" ]]}], "title": {"en": 1.50, "x": [ ]}, "word": " a b\\t", "price": "1,5 €", "n": " 9007199254740993 "}',
    ),
  ).toEqual(['-1.50', '[ 1.0, "é" ]', '{"en": 1.50, "x": [ ]}', 'a b', '1.5', '9007199254740993']);
  expect(read('{"geometry": {"coordinates": []}, "a": [1], "title": 300, "price": 2}')).toEqual([
    ...[null, null, '300', null, '2', null],
  ]);
  expect(read('{"geometry": {"coordinates": {"0": 1}}, "title": true, "n": null}')).toEqual([
    ...[null, null, 'true', null, null, null],
  ]);
  expect(read('{"geometry": {"coordinates": ["x"]}}')).toContain(
    'invalid_type: "geometry.coordinates.0" must be a number (coerce: true',
  );
});

test.each([
  ['tsv', String.raw`TSV is {csv: {delimiter: "\t"}}`],
  ['xlsx', 'save each sheet as CSV'],
  ['Parquet', 'convert it to CSV or JSON Lines'],
  ['geojson', 'path: [features]'],
  ['jsonl', 'JSON Lines are json'],
])('the format %s is told what is meant by it', (format, advice) => {
  const result = parseSource('s', `files: ['*']\nformat: ${format}\ncolumns: {}`);
  const text = 'problems' in result ? result.problems.map(({ message }) => message).join() : '';
  expect(text).toMatch(/must be json/);
  expect(text).toContain(advice);
});
