// Parsing of a source's declaration (sql/sources/*.yaml).

import type { z } from 'zod';
import { defaultSchemas } from '../../config/project/project-settings.js';
import { parseDeclaration } from './declaration.js';
import type { DeclarationProblem } from './declaration-message.js';
import { groupNames } from '../extract/text/pattern-line.js';
import { closestName } from '../../text/closest-name.js';
import { ownColumns, type Source, type SourceFormat } from '../definitions/source.js';
import { csv, sourceSchema } from './source-schema.js';

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
      copies: data.copies,
      encoding: data.encoding,
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
