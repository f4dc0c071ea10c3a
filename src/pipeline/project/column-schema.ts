// The schema of a column of a source: a new key of columns is declared here.

import { z } from 'zod';
import { columnTypes, type ColumnType } from '../definitions/source.js';
import { timeFormatProblem } from '../extract/time/time-format.js';
import { readColumnType } from './column-type.js';
import { expressionProblem } from './expression-problem.js';

/** A text that is not empty. */
export const text = z.string().trim().min(1);

/** A regular expression of JavaScript. */
export const regularExpression = z.string().superRefine((pattern, context) => {
  const problem = expressionProblem(pattern);
  if (problem !== undefined) context.addIssue(problem);
});

export const columnShape = z.strictObject({
  type: z
    .unknown()
    .transform((declared, context) => {
      const read = readColumnType(declared);
      if (!('problem' in read)) return read;
      context.addIssue(read.problem);
      return z.NEVER;
    })
    .describe('A Postgres type: ' + columnTypes.map((type) => `\`${type}\``).join(', ') + '.'),
  description: text.optional().describe('What it means, as the data catalogue shows it.'),
  from: z
    .union([text, z.tuple([text], z.union([text, z.int().min(0)]))], {
      error: 'must be a name, or the keys that lead to the value, like [geometry, coordinates, 0]',
    })
    .optional()
    .describe(
      "The field, column of a CSV or group, or in JSON the keys that lead to it: `[geometry, coordinates, 0]`. Default: the column's own name.",
    ),
  required: z
    .boolean()
    .default(false)
    .describe('A line without it is rejected as `missing_field`; otherwise the column is null.'),
  may_be_absent: z
    .boolean()
    .optional()
    .describe(
      'A CSV may lack it in its header, and JSON in all lines of a file; otherwise such a file fails.',
    ),
  format: text
    .optional()
    .describe(
      'How a time or date is written: `unix`, `unix_ms`, `unix_us`, `unix_ns`, or directives of strftime. Default: RFC 3339.',
    ),
  zone: text
    .optional()
    .describe(
      'The zone of times that are written without one: an IANA name or an offset like `-05:00`.',
    ),
  year: z
    .union([z.literal('file_name'), z.int().min(1).max(9999)], {
      error: 'must be file_name, or a year like 2024',
    })
    .optional()
    .describe(
      'Of dates that are written without a year: that year, or the one that the file name says.',
    ),
  decimal: z
    .enum(['.', ','], { error: `must be '.' or ','` })
    .optional()
    .describe("What stands before a number's fraction. Default `.`."),
  thousands: z
    .string()
    .regex(/^[^\p{L}\p{N}+-]$/u, `must be one sign, like '.', ' ' or "'"`)
    .optional()
    .describe(
      'What stands between groups of three digits, like `.` or a blank. Default: nothing does.',
    ),
  unit: z
    .union([text.transform((unit) => [unit]), z.array(text).min(1)], {
      error: 'must be a text that stands beside the number, or a list of them',
    })
    .optional()
    .describe('What may stand before or behind a number, one text or a list: `%`, `[€, EUR]`.'),
  coerce: z
    .boolean()
    .optional()
    .describe(
      'Takes values of another JSON type by their text, numbers and objects exactly as they are written.',
    ),
  trim: z.boolean().optional().describe('Of a text: blanks around it are no part of it.'),
  matches: regularExpression
    .optional()
    .describe(
      'A regular expression for the whole of a text; others are rejected as `invalid_value`.',
    ),
  values: z
    .union([z.literal('seen'), z.array(z.string()).min(1)], {
      error: 'must be "seen" or a list of texts',
    })
    .optional()
    .describe(
      'Texts that are expected, or `seen`: those of earlier loads. Others are loaded and reported as drift. Default: any.',
    ),
});

/** Problems within a column are reported for each column, whatever is wrong in others. */
export const column = columnShape.superRefine((declared, context) => {
  for (const { key, message } of ownProblems(declared)) {
    context.addIssue({ code: 'custom', path: [key], message });
  }
});

/** Contradictions within a column, independent of the files' format. */
function ownProblems({
  type: { type },
  ...rest
}: z.infer<typeof columnShape>): { key: string; message: string }[] {
  const found = Object.entries(keyTypes)
    .filter(([key, types]) => rest[key as keyof typeof rest] !== undefined && !types.includes(type))
    .map(([key, types]) => ({ key, message: `belongs to columns of type ${alternatives(types)}` }));
  if (rest.may_be_absent === true && rest.required) {
    found.push({ key: 'may_be_absent', message: 'contradicts required' });
  }
  const isTime =
    type === 'timestamptz' || type === 'timestamp' || type === 'date' || type === 'time';
  const wrong = isTime && found.length === 0 ? timeFormatProblem({ ...rest, type }) : undefined;
  if (wrong !== undefined) found.push(wrong);
  if (rest.thousands !== undefined && rest.thousands === (rest.decimal ?? '.')) {
    found.push({ key: 'thousands', message: 'must not be what stands before the fraction' });
  }
  return found;
}

const dates: readonly ColumnType[] = ['timestamptz', 'timestamp', 'date'];
const numbers: readonly ColumnType[] = [
  ...['smallint', 'integer', 'bigint'],
  ...['numeric', 'real', 'double precision'],
] as const;
const texts: readonly ColumnType[] = ['text', 'varchar'];

/** Keys that only some types of columns have. */
const keyTypes: Readonly<Record<string, readonly ColumnType[]>> = {
  format: [...dates, 'time'],
  zone: ['timestamptz'],
  year: dates,
  decimal: numbers,
  thousands: numbers,
  unit: numbers,
  coerce: [...texts, 'boolean', ...numbers],
  trim: texts,
  matches: texts,
  values: texts,
};

function alternatives(words: readonly string[]): string {
  const last = words.at(-1) ?? '';
  return words.length === 1 ? last : `${words.slice(0, -1).join(', ')} or ${last}`;
}
