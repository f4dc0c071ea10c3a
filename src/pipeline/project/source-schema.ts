// The schema of a source's declaration: a new key or format is declared here, a key of columns in column-schema.ts.

import { z } from 'zod';
import { readDuration, readLineLimit } from '../../config/environment/limits.js';
import { addressProblem } from '../../storage/object-address.js';
import { encodingProblem } from '../extract/files/text-encoding.js';
import { column, regularExpression, text } from './column-schema.js';
import { keyMessage, valueMessage } from './declaration-message.js';

// Names that Postgres neither folds nor cuts (63 bytes), and that need no quotes.
export const sourceName = /^[a-z_][a-z0-9_]{0,62}$/;
const identifier = z
  .string()
  .regex(sourceName, 'must be a name of lower-case letters, digits and _');
export const csv = z.strictObject({
  delimiter: z
    .string()
    .regex(/^[^"\r\n\u0080-\uffff]$/, 'must be one ASCII character, like "," or "\\t"')
    .default(',')
    .describe('What stands between fields.'),
  names: z
    .union([z.literal('header'), z.array(text).min(1)])
    .default('header')
    .describe('`header`: the first record names the columns. Otherwise their names, in order.'),
  nulls: z.array(z.string()).default(['']).describe('Fields without quotes that stand for null.'),
  skip: z
    .int()
    .min(1)
    .max(1000)
    .optional()
    .describe('Lines before the header, or before the first record, that are no records.'),
});
export const json = z.strictObject({
  path: z.array(text).min(1).describe('The keys that lead to an array of records in each file.'),
});
/** Advice for formats with another name here. */
const formatMeanings: Readonly<Record<string, string>> = {
  tsv: String.raw`TSV is {csv: {delimiter: "\t"}}`,
  jsonl: 'JSON Lines are json',
  ndjson: 'JSON Lines are json',
  geojson: 'GeoJSON is {json: {path: [features]}}',
  ...Object.fromEntries(
    ['xlsx', 'xls', 'excel', 'ods'].map((kind) => [
      kind,
      'save each sheet as CSV, and declare csv',
    ]),
  ),
  ...Object.fromEntries(
    ['parquet', 'avro', 'orc', 'sqlite'].map((kind) => [kind, 'convert it to CSV or JSON Lines']),
  ),
};
const word = z.enum(['json', 'csv'], {
  error: ({ input }) => {
    const meaning = typeof input === 'string' ? formatMeanings[input.toLowerCase()] : undefined;
    const known =
      'must be json, {json: {path}}, csv, {csv: {delimiter, names, nulls, skip}} or {pattern, nulls}';
    return meaning === undefined ? known : `${known}; ${meaning}`;
  },
});
export const pattern = z.strictObject({
  pattern: regularExpression.describe(
    'A regular expression with named groups; it takes a line apart.',
  ),
  nulls: z.array(z.string()).default([]).describe('What stands for null in a group.'),
});

const lineLimit = z.union([z.string(), z.number()]).transform((value, context) => {
  const limit = readLineLimit(String(value));
  if (limit === undefined) {
    context.addIssue(`"${value}" is no number of lines and no percentage, like 100 or 0.5%`);
    return z.NEVER;
  }
  return limit;
});
const duration = z.string().transform((value, context) => {
  const milliseconds = readDuration(value);
  if (milliseconds !== undefined) return milliseconds;
  context.addIssue(`"${value}" is no duration like 36 hours or 1 day, and not "any"`);
  return z.NEVER;
});
const limits = z.strictObject({
  file_rejects: lineLimit
    .optional()
    .describe('Rejected lines of each file, like `20%` or `50`. Default `10%`.'),
  source_rejects: lineLimit
    .optional()
    .describe('Rejected lines of all its files. Default: any, but not all.'),
  removal: lineLimit.optional().describe('Loaded lines that one run may take out. Default `20%`.'),
  future: duration
    .optional()
    .describe(
      'How far an event may lie ahead of the run, like `36 hours`, or `any`. Default `1 day`.',
    ),
  age: duration
    .optional()
    .describe(
      'How old the newest event may be before a run says so, like `36 hours`. Default: any age.',
    ),
});

/** The schema of a source's declaration, in the words of the documentation. */
export const sourceSchema = z.strictObject({
  description: text.optional().describe('What the lines are, as the data catalogue shows it.'),
  files: z
    .array(
      text.superRefine((pattern, context) => {
        const problem = addressProblem(pattern);
        if (problem !== undefined) context.addIssue(problem);
      }),
    )
    .min(1)
    .describe(
      'Names of its files, or paths below the data folder where there is a `/`, or addresses of objects, `s3://bucket/…`; `*` stands for anything.',
    ),
  format: z
    .unknown()
    .transform((value, context) => {
      // A union would not report problems inside its alternatives.
      const shape = typeof value === 'object' && value !== null ? value : {};
      const schema =
        'csv' in shape
          ? z.strictObject({ csv })
          : 'pattern' in shape
            ? pattern
            : 'json' in shape
              ? z.strictObject({ json })
              : word;
      const parsed = schema.safeParse(value, { error: valueMessage });
      if (parsed.success) return parsed.data;
      for (const issue of parsed.error.issues) {
        const keys = issue.code === 'unrecognized_keys' ? issue.keys : [];
        for (const key of keys) {
          const message = keyMessage(schema, issue.path, key);
          context.addIssue({ code: 'custom', path: [...issue.path, key], message });
        }
        if (keys.length === 0)
          context.issues.push({ ...issue, input: value } as z.core.$ZodRawIssue);
      }
      return z.NEVER;
    })
    .describe(
      'How a file is cut into lines and a line into fields: `json`, `csv`, or a `pattern`, each with its own fields (below).',
    ),
  copies: z
    .literal('load', { error: 'must be load, or be left out' })
    .optional()
    .describe(
      '`load`: files with the same bytes are loaded each. Default: the second is a copy, and left out.',
    ),
  encoding: z
    .string()
    .toLowerCase()
    .superRefine((encoding, context) => {
      const problem = encodingProblem(encoding);
      if (problem !== undefined) context.addIssue(`${encoding} ${problem}`);
    })
    .optional()
    .describe(
      'The encoding of the files, like `latin1`, `windows-1252` or `utf-16le`. Default: UTF-8.',
    ),
  columns: z
    .record(identifier, column)
    .describe('The columns by their names. What has no column goes into `payload`.'),
  event_time: identifier
    .optional()
    .describe(
      'The column that says when the event happened. Its greatest value is how far the data reach.',
    ),
  distribute_by: identifier
    .optional()
    .describe('The column that distributes the table where the warehouse is a Citus cluster.'),
  limits: limits.optional().describe('What a run may lose of it before it fails.'),
});
