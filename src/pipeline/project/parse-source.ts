import { z } from 'zod';
import { defaultSchemas } from '../../config/project-settings.js';
import { parseDeclaration } from './declaration.js';
import { keyMessage, valueMessage, type DeclarationProblem } from './declaration-message.js';
import { expressionProblem } from './expression-problem.js';
import { groupNames } from '../extract/text/pattern-line.js';
import { readDuration, readLineLimit } from '../../config/limits.js';
import { closestName } from '../../text/closest-name.js';
import { readColumnType } from './column-type.js';
import {
  ownColumns,
  type ColumnType,
  type Source,
  type SourceFormat,
} from '../definitions/source.js';
import { encodingProblem } from '../extract/files/text-encoding.js';
import { timeFormatProblem } from '../extract/time/time-format.js';

// Postgres folds unquoted names and cuts them at 63 bytes; names that need neither need no quotes.
export const sourceName = /^[a-z_][a-z0-9_]{0,62}$/;
const identifier = z
  .string()
  .regex(sourceName, 'must be a name of lower-case letters, digits and _');
const text = z.string().trim().min(1);
const regularExpression = z.string().superRefine((pattern, context) => {
  const problem = expressionProblem(pattern);
  if (problem !== undefined) context.addIssue(problem);
});

const csv = z.strictObject({
  delimiter: z
    .string()
    .regex(/^[^"\r\n\u0080-\uffff]$/, 'must be one ASCII character, like "," or "\\t"')
    .default(','),
  names: z.union([z.literal('header'), z.array(text).min(1)]).default('header'),
  nulls: z.array(z.string()).default(['']),
  skip: z.int().min(1).max(1000).optional(),
});
const json = z.strictObject({ path: z.array(text).min(1) });
/** What to do about formats that are not read by their name. */
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
const pattern = z.strictObject({
  pattern: regularExpression,
  nulls: z.array(z.string()).default([]),
});

const columnShape = z.strictObject({
  type: z.unknown().transform((declared, context) => {
    const read = readColumnType(declared);
    if (!('problem' in read)) return read;
    context.addIssue(read.problem);
    return z.NEVER;
  }),
  description: text.optional(),
  from: z
    .union([text, z.tuple([text], z.union([text, z.int().min(0)]))], {
      error: 'must be a name, or the keys that lead to the value, like [geometry, coordinates, 0]',
    })
    .optional(),
  required: z.boolean().default(false),
  may_be_absent: z.boolean().optional(),
  format: text.optional(),
  zone: text.optional(),
  year: z
    .union([z.literal('file_name'), z.int().min(1).max(9999)], {
      error: 'must be file_name, or a year like 2024',
    })
    .optional(),
  decimal: z.enum(['.', ','], { error: `must be '.' or ','` }).optional(),
  thousands: z
    .string()
    .regex(/^[^\p{L}\p{N}+-]$/u, `must be one sign, like '.', ' ' or "'"`)
    .optional(),
  unit: z
    .union([text.transform((unit) => [unit]), z.array(text).min(1)], {
      error: 'must be a text that stands beside the number, or a list of them',
    })
    .optional(),
  coerce: z.boolean().optional(),
  trim: z.boolean().optional(),
  matches: regularExpression.optional(),
  values: z
    .union([z.literal('seen'), z.array(z.string()).min(1)], {
      error: 'must be "seen" or a list of texts',
    })
    .optional(),
});

/** What is wrong in a column by itself is said of each, whatever is wrong in others. */
const column = columnShape.superRefine((declared, context) => {
  for (const { key, message } of ownProblems(declared)) {
    context.addIssue({ code: 'custom', path: [key], message });
  }
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
  file_rejects: lineLimit.optional(),
  source_rejects: lineLimit.optional(),
  removal: lineLimit.optional(),
  future: duration.optional(),
  age: duration.optional(),
});

const sourceSchema = z.strictObject({
  description: text.optional(),
  files: z.array(text).min(1),
  format: z.unknown().transform((value, context) => {
    // Of a union nothing would be said of what is wrong inside.
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
      if (keys.length === 0) context.issues.push({ ...issue, input: value } as z.core.$ZodRawIssue);
    }
    return z.NEVER;
  }),
  copies: z.literal('load', { error: 'must be load, or be left out' }).optional(),
  encoding: z
    .string()
    .toLowerCase()
    .superRefine((encoding, context) => {
      const problem = encodingProblem(encoding);
      if (problem !== undefined) context.addIssue(`${encoding} ${problem}`);
    })
    .optional(),
  columns: z.record(identifier, column),
  event_time: identifier.optional(),
  distribute_by: identifier.optional(),
  limits: limits.optional(),
});
type Declared = z.infer<typeof sourceSchema>;

/**
 * Reads the declaration of a source.
 *
 * @param name - The file's name without its end.
 * @param yaml - The file's text.
 * @param schema - The schema of its table.
 * @returns The source, or everything that is wrong with the declaration.
 */
export function parseSource(
  name: string,
  yaml: string,
  schema = defaultSchemas.loaded,
): { readonly source: Source } | { readonly problems: readonly DeclarationProblem[] } {
  const parsed = parseDeclaration(yaml, sourceSchema, 'source');
  if (parsed.data === undefined) return { problems: parsed.problems };
  const { data } = parsed;
  const format = toFormat(data.format);
  const problems = [...columnProblems(data, format), ...keyProblems(data)].map(
    ({ path, message }) => ({
      offset: parsed.offsetOf(path),
      message: `source: ${path.join('.')}: ${message}`,
    }),
  );
  if (problems.length > 0) return { problems };
  return {
    source: {
      name,
      schema,
      description: data.description,
      files: data.files,
      format,
      ...(data.copies === undefined ? {} : { copies: data.copies }),
      ...(data.encoding === undefined ? {} : { encoding: data.encoding }),
      columns: Object.entries(data.columns).map(
        ([columnName, { from = columnName, may_be_absent, type, ...rest }]) => ({
          name: columnName,
          ...type,
          ...rest,
          ...(may_be_absent === true ? { mayBeAbsent: true } : {}),
          from: typeof from === 'string' ? [from] : from,
        }),
      ),
      eventTime: data.event_time ?? null,
      distributeBy: data.distribute_by,
      limits: data.limits && {
        fileRejects: data.limits.file_rejects,
        sourceRejects: data.limits.source_rejects,
        removal: data.limits.removal,
        futureMs: data.limits.future,
        ageMs: data.limits.age,
      },
    },
  };
}

function toFormat(format: Declared['format']): SourceFormat {
  if (format === 'json') return { kind: 'json' };
  if (format === 'csv') return { kind: 'csv', ...csv.parse({}) };
  if ('json' in format) return { kind: 'json', ...format.json };
  return 'csv' in format ? { kind: 'csv', ...format.csv } : { kind: 'pattern', ...format };
}

/** What contradicts itself in a column, whatever the files' format is. */
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

interface Problem {
  readonly path: readonly string[];
  readonly message: string;
}

function columnProblems({ columns }: Declared, format: SourceFormat): Problem[] {
  const fields = declaredFields(format);
  return Object.entries(columns).flatMap(
    ([
      name,
      {
        type: { type },
        from = name,
        ...rest
      },
    ]) => {
      const problem = (key: string, message: string): Problem => ({
        path: ['columns', name, ...(key === '' ? [] : [key])],
        message,
      });
      const found: Problem[] = [];
      if (ownColumns.some((own) => own.name === name)) {
        found.push(problem('', 'every source has this column already'));
      }
      if (format.kind !== 'json') {
        if (typeof from !== 'string') found.push(problem('from', 'only JSON has a path of keys'));
        else if (fields !== undefined && !fields.includes(from)) {
          const closest = closestName(from, fields);
          const meant = closest === undefined ? '' : `; did you mean ${closest}?`;
          found.push(problem('from', `the format has no ${from}${meant}`));
        }
        if (type === 'jsonb') found.push(problem('type', 'only JSON has fields of type jsonb'));
      }
      if (rest.may_be_absent === true) {
        if (fields !== undefined) {
          found.push(
            problem('may_be_absent', 'belongs to JSON and to a CSV whose header names the columns'),
          );
        }
      }
      if (rest.coerce !== undefined && format.kind !== 'json') {
        found.push(problem('coerce', 'only JSON has values of other types'));
      }
      return found;
    },
  );
}

const dates: readonly ColumnType[] = ['timestamptz', 'timestamp', 'date'];
const numbers: readonly ColumnType[] = [
  ...['smallint', 'integer', 'bigint'],
  ...['numeric', 'real', 'double precision'],
] as const;
const texts: readonly ColumnType[] = ['text', 'varchar'];

/** The types of columns to which a key belongs that not all of them have. */
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

/** The names of the fields, if the declaration itself says which there are. */
function declaredFields(format: SourceFormat): readonly string[] | undefined {
  if (format.kind === 'csv') return format.names === 'header' ? undefined : format.names;
  if (format.kind === 'json') return undefined;
  return groupNames(format.pattern);
}

function keyProblems({ columns, event_time, distribute_by, format }: Declared): Problem[] {
  const found: Problem[] = [];
  if (event_time !== undefined && columns[event_time]?.type.type !== 'timestamptz') {
    found.push({ path: ['event_time'], message: 'must be a column of type timestamptz' });
  }
  if (distribute_by !== undefined && columns[distribute_by]?.required !== true) {
    found.push({ path: ['distribute_by'], message: 'must be a column that is required' });
  }
  if (
    typeof format === 'object' &&
    'pattern' in format &&
    groupNames(format.pattern).length === 0
  ) {
    found.push({ path: ['format', 'pattern'], message: 'has no named group like (?<host>…)' });
  }
  return found;
}
