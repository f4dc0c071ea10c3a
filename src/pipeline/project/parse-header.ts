// Parsing of a model's header: a new key of headers is declared here.

import { z } from 'zod';
import { defaultSchemas } from '../../config/project/project-settings.js';
import { parseDeclaration } from './declaration.js';
import type { ColumnTest, ModelHeader, ModelTest } from '../definitions/model.js';
import type { ModelProblem } from './model-error.js';

/** The comment at the start of a model's file, with the offsets of its YAML and of the query. */
export interface HeaderComment {
  readonly yaml: string;
  readonly yamlOffset: number;
  readonly end: number;
}

/**
 * Finds the leading block comment; comments nest, as in Postgres.
 *
 * @returns Undefined when the text does not begin with one, or it never ends.
 */
export function findHeader(text: string): HeaderComment | undefined {
  const start = /^\s*\/\*/.exec(text)?.[0].length;
  if (start === undefined) return undefined;
  let depth = 1;
  for (const mark of text.slice(start).matchAll(/\/\*|\*\//g)) {
    depth += mark[0] === '/*' ? 1 : -1;
    const end = start + mark.index;
    if (depth === 0) return { yaml: text.slice(start, end), yamlOffset: start, end: end + 2 };
  }
  return undefined;
}

// Names that Postgres neither folds nor cuts (63 bytes), and that need no quotes.
const identifier = z
  .string()
  .regex(/^[a-z_][a-z0-9_]{0,62}$/, 'must be a name of lower-case letters, digits and _');
const sentence = z.string().trim().min(1);
const relation = z
  .string()
  .regex(/^[a-z_][a-z0-9_]{0,62}\.[a-z_][a-z0-9_]{0,62}$/, 'must be schema.name');

const columnTest = z.union(
  [
    z.literal('not_null').describe('No value is null.'),
    z.literal('unique').describe('No value but null stands twice.'),
    z
      .strictObject({
        accepted_values: z.array(z.union([z.string(), z.number(), z.boolean()])).min(1),
      })
      .describe('Every value but null is one of these.'),
    z
      .strictObject({ relationships: z.strictObject({ to: relation, column: identifier }) })
      .describe('Every value but null is in that column of another relation.'),
  ],
  {
    error:
      'must be not_null, unique, {accepted_values: […]} or {relationships: {to: schema.name, column: name}}',
  },
);

const modelTest = z.union(
  [
    z
      .strictObject({ name: sentence, sql: sentence })
      .describe(
        "A query that returns the rows which are wrong. The model's own name means its new rows, before they are published.",
      ),
    z
      .strictObject({
        row_count: z
          .strictObject({ min: z.int().min(0).default(0), max: z.int().min(0).optional() })
          .refine(({ min, max }) => min > 0 || max !== undefined, 'must have min or max'),
      })
      .describe('The model has at least `min` and at most `max` rows.'),
    z
      .strictObject({
        freshness: z.strictObject({
          column: identifier,
          within: z.string().regex(/^\d{1,5} (?:minute|hour|day|week|month)s?$/),
        }),
      })
      .describe(
        'The newest value of the column is no older than that, like `2 days`, at the time of the run; it is looked at in each run.',
      ),
  ],
  {
    error: 'must be {name, sql}, {row_count: {min, max}} or {freshness: {column, within: 2 days}}',
  },
);

/** The schema of a model's header, in the words of the documentation. */
export const headerSchema = z.strictObject({
  description: sentence.describe('What the model is, as the data catalogue shows it.'),
  materialized: z
    .enum(['table', 'view'])
    .default('table')
    .describe(
      'A view shows new lines as soon as they are loaded. A table stays as it is until a run passes.',
    ),
  columns: z
    .record(
      identifier,
      z.strictObject({
        type: sentence.describe('A Postgres type as SQL writes it.'),
        description: sentence
          .optional()
          .describe('What it means, as catalogue and completion show it.'),
        tests: z.array(columnTest).default([]).describe('Conditions that hold for every row.'),
      }),
    )
    .refine((columns) => Object.keys(columns).length > 0, 'must name every column')
    .describe('All columns in their order, by name.'),
  incremental: z
    .strictObject({
      from: relation.describe(
        'The events: a table of files, or a view that passes on `source_file` and `line_number`.',
      ),
      by: z
        .enum(['file', 'day', 'month', 'year'])
        .describe("A slice: a file, or a day, month or year in the report's time zone."),
      time: identifier
        .optional()
        .describe('The column of `from` that says when an event happened; not with `by: file`.'),
      slice: identifier.describe(
        "The model's column that holds the slice: its first day, or the file's name.",
      ),
      key: z
        .array(identifier)
        .min(1)
        .describe('The columns that identify a row; the slice is one of them.'),
    })
    .optional()
    .describe('How the model grows with its events, instead of being built from all of them.'),
  tests: z
    .array(modelTest)
    .default([])
    .refine((tests) => {
      const names = tests.flatMap((test) => ('name' in test ? [test.name] : []));
      return new Set(names).size === names.length;
    }, 'two tests have the same name')
    .describe('Conditions on the whole model.'),
  indexes: z.array(z.array(identifier).min(1)).default([]).describe('The columns of each index.'),
});

/** A parsed header, or all its problems; offsets are characters of the YAML text. */
export type ParsedHeader =
  | {
      readonly header: ModelHeader;
      readonly problems: [];
      /** The offset of a value by its path: `['tests', 0, 'sql']`. */
      offsetOf(path: readonly PropertyKey[]): number;
    }
  | {
      readonly header: undefined;
      readonly problems: (Omit<ModelProblem, 'where'> & { offset: number })[];
    };

type OffsetOf = (path: readonly PropertyKey[]) => number;

/**
 * Parses the YAML of a header.
 *
 * @param start - Its offset in the file, for offsets that the header keeps.
 * @param loaded - The schema of loaded tables.
 */
export function parseHeader(yaml: string, start = 0, loaded = defaultSchemas.loaded): ParsedHeader {
  const parsed = parseDeclaration(yaml, headerSchema, 'header');
  if (parsed.data === undefined) return { header: undefined, problems: parsed.problems };
  const { offsetOf } = parsed;
  const { columns, tests, incremental, ...rest } = parsed.data;
  const unknown = [
    ...indexProblems(offsetOf, Object.keys(columns), rest.indexes),
    ...freshnessProblems(offsetOf, parsed.data),
    ...(incremental === undefined
      ? []
      : incrementalProblems(offsetOf, parsed.data, incremental, loaded)),
  ];
  if (unknown.length > 0) return { header: undefined, problems: unknown };
  return {
    header: {
      ...rest,
      incremental: incremental && {
        ...incremental,
        time: incremental.time,
        from: { schema: loaded, name: incremental.from.slice(loaded.length + 1) },
      },
      tests: tests.map((test, index) =>
        toModelTest(test, start + offsetOf(['tests', index, 'sql'])),
      ),
      columns: Object.entries(columns).map(([name, column]) => ({
        name,
        type: column.type,
        description: column.description,
        tests: column.tests.map(toColumnTest),
      })),
    },
    problems: [],
    offsetOf,
  };
}

function toColumnTest(test: z.infer<typeof columnTest>): ColumnTest {
  if (typeof test === 'string') return { kind: test };
  if ('accepted_values' in test) return { kind: 'accepted_values', values: test.accepted_values };
  const { to, column } = test.relationships;
  const [schema = '', name = ''] = to.split('.');
  return { kind: 'relationships', to: { schema, name }, column };
}

function toModelTest(test: z.infer<typeof modelTest>, offset: number): ModelTest {
  if ('sql' in test) return { kind: 'sql', ...test, offset };
  if ('freshness' in test) return { kind: 'freshness', ...test.freshness };
  const { min, max } = test.row_count;
  return { kind: 'row_count', min, max };
}

function freshnessProblems(
  offsetOf: OffsetOf,
  { tests, columns }: z.infer<typeof headerSchema>,
): { offset: number; message: string }[] {
  return tests.flatMap((test, index) => {
    if (!('freshness' in test) || columns[test.freshness.column] !== undefined) return [];
    const message = `header: tests.${index}.freshness: there is no column ${test.freshness.column}`;
    return [{ offset: offsetOf(['tests', index]), message }];
  });
}

function indexProblems(offsetOf: OffsetOf, columns: string[], indexes: string[][]) {
  return indexes.flatMap((index, at) =>
    index
      .filter((column) => !columns.includes(column))
      .map((column) => ({
        offset: offsetOf(['indexes', at]),
        message: `header: indexes: there is no column ${column}`,
      })),
  );
}

function incrementalProblems(
  offsetOf: OffsetOf,
  { columns, materialized }: z.infer<typeof headerSchema>,
  { from, by, time, slice, key }: NonNullable<z.infer<typeof headerSchema>['incremental']>,
  loaded: string,
) {
  const problem = (path: string[], message: string) => ({
    offset: offsetOf(['incremental', ...path]),
    message: `header: incremental: ${message}`,
  });
  return [
    ...(from.startsWith(`${loaded}.`)
      ? []
      : [
          {
            offset: offsetOf(['incremental', 'from']),
            message: `header: incremental.from: must be a relation of schema ${loaded}`,
          },
        ]),
    ...(materialized === 'table' ? [] : [problem([], 'a view holds no rows that could grow')]),
    ...(columns[slice]?.type === (by === 'file' ? 'text' : 'date')
      ? []
      : [problem(['slice'], `it must be a column of type ${by === 'file' ? 'text' : 'date'}`)]),
    ...((by === 'file') === (time === undefined)
      ? []
      : [problem(['time'], 'it belongs to slices by day, month or year, and only to them')]),
    ...key
      .filter((name) => columns[name] === undefined)
      .map((name) => problem(['key'], `there is no column ${name}`)),
    ...(key.includes(slice) ? [] : [problem(['key'], `the slice, ${slice}, is not in it`)]),
  ];
}
