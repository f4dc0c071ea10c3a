// Problems of queries with their position, and the name that was meant.

import { scopeAt, type VisibleNames } from '../parse-sql/scope-at.js';
import { dottedNameAt, sqlTokens, wordLength, type DottedName } from '../parse-sql/sql-tokens.js';
import { offsetOfCodePoint } from '../parse-sql/parse-statements.js';
import { closestName } from '../text/closest-name.js';
import { sqlstate, sqlstateOf } from '../warehouse/query/sqlstate.js';
import type { Catalogue } from './catalogue.js';
import type { ProjectTypes } from './project-types.js';

/** What is wrong with a query. */
export interface QueryProblem {
  readonly sql: string;
  /** Where in its text, in characters from 0; undefined: Postgres names no place. */
  readonly offset: number | undefined;
  /** How many characters are wrong. */
  readonly length: number;
  readonly sqlstate: string;
  /** Postgres's message with what to do about it. */
  readonly message: string;
}

/** The command that describes queries. */
export const updateCommand = 'npx daybook notebooks check --update';

/** Stands for the SQLSTATE of a problem of which Postgres has not been asked. */
export const staleCode = '-STALE';

/** What is to be said of a query that was described, and whose tables are other ones now. */
export function staleMessage(changed: readonly string[]): string {
  return `the types of this query are older than ${changed.join(' and ')}: ${updateCommand}`;
}

/** What is known of the names that a query could have meant. */
export interface KnownNames extends Pick<ProjectTypes, 'tables'> {
  readonly catalogue: Catalogue;
}

/**
 * What Postgres has against a query, with the name that was probably meant.
 *
 * @param error - Postgres's own.
 * @throws The error, when it is none of Postgres's.
 */
export async function problemOf(
  sql: string,
  error: unknown,
  known: () => Promise<KnownNames>,
): Promise<QueryProblem> {
  const code = sqlstateOf(error);
  if (code === undefined || !(error instanceof Error)) throw error;
  const { position, hint } = error as Error & { position?: string; hint?: string };
  const offset =
    position === undefined
      ? parameterOffset(sql, error.message)
      : offsetOfCodePoint(sql, Number(position) - 1);
  const advice =
    (offset === undefined ? undefined : await adviceAt({ sql, offset, code, known })) ?? hint;
  return {
    ...{ sql, offset, sqlstate: code, length: offset === undefined ? 1 : wordLength(sql, offset) },
    message: advice === undefined ? error.message : `${error.message}: ${advice}`,
  };
}

/** Of a parameter whose type it cannot tell, Postgres says its number and no place. */
function parameterOffset(sql: string, message: string): number | undefined {
  const [parameter] = /\$\d+/.exec(message) ?? [];
  return sqlTokens(sql).find(({ kind, text }) => kind === 'parameter' && text === parameter)?.start;
}

interface Place {
  readonly sql: string;
  readonly offset: number;
  readonly code: string;
  readonly known: () => Promise<KnownNames>;
}

/** What to do about a name that there is none of: the one that is most like it may be meant. */
async function adviceAt({ sql, offset, code, known }: Place): Promise<string | undefined> {
  const name = dottedNameAt(sqlTokens(sql), offset);
  if (name === undefined || !aboutNames.has(code)) return undefined;
  const { catalogue, tables } = await known();
  const columnsOf = (id: string) => catalogue.relations.get(id)?.columns;
  const [last = ''] = name.parts.slice(-1);
  switch (code) {
    case sqlstate.undefinedTable: {
      const scope = await scopeAt(sql, name.end, columnsOf);
      return scope.clause === 'from'
        ? tableAdvice(name, scope, { catalogue, tables })
        : meant(closestItem(name.parts[0] ?? '', scope));
    }
    case sqlstate.undefinedColumn:
      return meant(closestColumn(name, await scopeAt(sql, name.end, columnsOf)));
    case sqlstate.undefinedFunction:
      return functionAdvice(last, catalogue);
    case sqlstate.invalidSchemaName:
      return meant(closestName(name.parts[0] ?? '', catalogue.schemas.keys()));
    default:
      return meant(closestName(last, catalogue.types));
  }
}

const aboutNames: ReadonlySet<string> = new Set([
  ...[sqlstate.undefinedTable, sqlstate.undefinedColumn, sqlstate.undefinedFunction],
  ...[sqlstate.invalidSchemaName, sqlstate.undefinedObject],
]);

function meant(name: string | undefined): string | undefined {
  return name && `did you mean ${name}?`;
}

function tableAdvice(
  { parts }: DottedName,
  scope: VisibleNames,
  { catalogue, tables }: KnownNames,
): string | undefined {
  const name = parts.join('.');
  if (tables.has(name)) return 'npx daybook pipeline run builds it';
  const ids = [...new Set([...catalogue.relations.keys(), ...tables.keys()])];
  const sameName = ids.find((id) => id.slice(id.indexOf('.') + 1) === parts.at(-1));
  const inSchema = ids.filter((id) => parts.length > 1 && id.startsWith(`${parts[0] ?? ''}.`));
  const own = parts.length === 1 ? closestName(name, scope.tables.keys()) : undefined;
  const ofOthers = closestName(
    parts.at(-1) ?? '',
    ids.map((id) => id.slice(id.indexOf('.') + 1)),
  );
  return meant(
    own ??
      sameName ??
      closestName(name, inSchema) ??
      closestName(name, ids) ??
      ids.find((id) => ofOthers !== undefined && id.endsWith(`.${ofOthers}`)),
  );
}

/** The item of `from` that a qualifier may mean: one of a like name, or of the table of that name. */
function closestItem(name: string, { levels }: VisibleNames): string | undefined {
  const items = levels.flat();
  const ofTable = items.find(({ id }) => id?.slice(id.indexOf('.') + 1) === name);
  return (
    ofTable?.name ??
    closestName(
      name,
      items.map((item) => item.name),
    )
  );
}

function closestColumn({ parts }: DottedName, { levels }: VisibleNames): string | undefined {
  const column = parts.at(-1) ?? '';
  const qualifier = parts.at(-2);
  for (const items of levels) {
    const own = items.filter(({ name }) => qualifier === undefined || name === qualifier);
    const names = own.flatMap(({ columns }) => columns.map(({ name }) => name));
    const closest = closestName(column, names);
    if (closest !== undefined) return [...parts.slice(0, -1), closest].join('.');
  }
  return undefined;
}

/** Signatures of a function of that name, or the name that is most like it. */
function functionAdvice(name: string, { functions }: Catalogue): string | undefined {
  const own = functions.filter((known) => known.name === name);
  if (own.length === 0)
    return meant(
      closestName(
        name,
        functions.map((known) => known.name),
      ),
    );
  const shown = own.slice(0, 3).map((known) => `${name}(${known.arguments})`);
  return `there ${own.length === 1 ? 'is' : 'are'} ${shown.join(', ')}${own.length > 3 ? ', …' : ''}`;
}
