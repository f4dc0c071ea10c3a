import { expect, test } from 'vitest';
import { parseHeader } from '../../../src/pipeline/project/parse-header.js';
import { parseSource } from '../../../src/pipeline/project/parse-source.js';

/** `line:column message` of each problem. */
function problems(yaml: string, found: readonly { offset: number; message: string }[]): string[] {
  return found.map(({ offset, message }) => {
    const before = yaml.slice(0, offset);
    return `${before.split('\n').length}:${offset - before.lastIndexOf('\n')} ${message}`;
  });
}
function ofSource(yaml: string): string[] {
  const result = parseSource('s', yaml);
  return 'problems' in result ? problems(yaml, result.problems) : [];
}
const ofHeader = (yaml: string) => problems(yaml, parseHeader(yaml).problems);
const source = (column: string, more = '') =>
  `files: ['*.csv']\nformat: csv\ncolumns:\n  a: ${column}\n${more}`;

test('one mistake in YAML is one problem, with what to write', () => {
  const columns = Array.from({ length: 40 }, (_, n) => `  c${n}: { type: text }`).join('\n');
  expect(ofHeader(`description: d\ncolumns:\n  ids: { type: int[] }\n${columns}`)).toEqual([
    '3:19 the header is not YAML: "int[]" stands in quotes: in YAML a bracket begins a list',
  ]);
  expect(ofSource(source('{ type: text[] }', columns))).toEqual([
    '4:18 the source is not YAML: "text[]" stands in quotes: in YAML a bracket begins a list',
  ]);
});

test.each([
  ['files: [*.csv]', '1:9 the source is not YAML: "*.csv" stands in quotes: in YAML * names'],
  ['files: @x', '1:8 the source is not YAML: a text that begins with @ stands in quotes'],
  ['description: a: b', '1:14 the source is not YAML: a text with ": " in it stands in quotes'],
  ['columns:\n\ta: 1', '2:1 the source is not YAML: indent with blanks'],
  ['format: csv\nformat: csv', '2:1 the source is not YAML: the key stands here a second time'],
  [source('{ type: text', 'b: 1'), '5:1 the source is not YAML: a bracket or brace is not closed'],
])('%s', (yaml, message) => {
  expect(ofSource(yaml)).toEqual([expect.stringContaining(message)]);
});

test('problems of all columns are said at once', () => {
  const columns = [
    'a: { type: int8, coerce: 7 }',
    "b: { type: text, thousands: ',' }",
    "c: { type: timestamptz, format: '%Q' }",
    'd: { type: date, tpe: 1 }',
    "e: { type: 'varchar(0)' }",
  ];
  const yaml = `files: ['*.csv']\nformat: csv\ncolumns:\n${columns.map((line) => `  ${line}\n`).join('')}`;
  expect(ofSource(yaml).map((line) => line.slice(0, 40))).toEqual([
    expect.stringContaining('columns.a.type'),
    expect.stringContaining('columns.a.coerce'),
    expect.stringContaining('columns.b.thousands'),
    expect.stringContaining('columns.c.format'),
    expect.stringContaining('columns.d: unknown key'),
    expect.stringContaining('columns.e.type'),
  ]);
});

test.each([
  [
    source('{ tpe: text, type: text }'),
    '4:8 source: columns.a: unknown key tpe; did you mean type? (there are type, description, from,',
  ],
  [source('{ type: numeric(10,2) }'), '"2)": a value with a comma in it stands in quotes'],
  [
    source('{ type: int8 }'),
    '4:8 source: columns.a.type: must be one of text, varchar(n), smallint',
  ],
  [source('{ type: int8 }'), 'did you mean bigint?'],
  [
    source("{ type: 'char(4)' }"),
    'char(n) fills a text with blanks up to its length: take varchar(n)',
  ],
  [
    source('{ type: timetz }'),
    'an offset without a date says nothing where clocks change: take time',
  ],
  [source('{ type: varchar }'), 'did you mean text?'],
  [source("{ type: 'varchar(0)' }"), 'the length of a varchar is 1 to'],
  [source("{ type: 'decimal(10,2)' }"), 'did you mean numeric(p,s)?'],
  [source("{ type: 'numeric(2,3)' }"), 'a numeric has 1 to 1000 digits'],
  [source("{ type: time, format: '%Y' }"), 'columns.a.format: must have %H, or %I and %p'],
  [source("{ type: time, format: '%H:%M%z' }"), 'columns.a.format: a time has no %z'],
  [source('{ type: timestampz }'), 'did you mean timestamp'],
  [
    source('{ type: text, required: yes }'),
    '4:20 source: columns.a.required: must be true or false',
  ],
  [source('{ description: x }'), '4:3 source: columns.a.type: must be one of'],
  [
    source('{ type: text, description: 5 }'),
    'columns.a.description: must be text; a number stands in quotes',
  ],
  [source("{ type: numeric, decimal: ';' }"), `columns.a.decimal: must be '.' or ','`],
  [
    source("{ type: numeric, thousands: '.' }"),
    'columns.a.thousands: must not be what stands before the fraction',
  ],
  [
    source("{ type: text, thousands: '.' }"),
    'columns.a.thousands: belongs to columns of type smallint, integer, bigint, numeric, real or double precision',
  ],
  [source('{ type: text, coerce: true }'), 'columns.a.coerce: only JSON has values of other types'],
  [source('{ type: date, format: unix }'), 'columns.a.format: unix is an instant'],
  [
    source('{ type: text }', 'tabel: x'),
    '5:1 source: unknown key tabel (there are description, files, format,',
  ],
  ['files: x.csv\nformat: csv\ncolumns: {}', '1:1 source: files: must be a list, like [a, b]'],
  [
    "files: ['*']\nformat: { csv: { delimeter: ';' } }\ncolumns: {}",
    '2:18 source: format.csv.delimeter: unknown key delimeter; did you mean delimiter?',
  ],
  ["files: ['*']\ncolumns: {}", '1:1 source: format: '],
])('%s', (yaml, message) => {
  expect(ofSource(yaml).join('\n')).toContain(message);
});

test('a header names the keys that it knows, too', () => {
  expect(ofHeader('description: d\nmaterialised: view\ncolumns: { a: { typ: text } }')).toEqual([
    expect.stringContaining('3:12 header: columns.a.type: is missing'),
    expect.stringContaining(
      '3:17 header: columns.a: unknown key typ; did you mean type? (there are type, description, tests)',
    ),
    expect.stringContaining('2:1 header: unknown key materialised; did you mean materialized?'),
  ]);
  expect(ofHeader('description: d\nmaterialized: tables\ncolumns: { a: { type: text } }')).toEqual([
    '2:1 header: materialized: must be one of table, view; did you mean table?',
  ]);
});
