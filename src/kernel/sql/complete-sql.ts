// Completion of names in the text of a query: what is in scope, what the catalogue has, what SQL may go on with.

import type { Clause } from '../../parse-sql/query-outline.js';
import type { StoredColumn } from '../../parse-sql/columns/query-scope.js';
import { scopeAt, type VisibleNames } from '../../parse-sql/scope-at.js';
import { sqlTokens, tokenName, type SqlToken } from '../../parse-sql/sql-tokens.js';
import type { Catalogue, CatalogueColumn, CatalogueRelation } from '../../row-types/catalogue.js';

/** A name that may stand at a place. */
export interface SqlCompletion {
  /** As it is written, in quotes where SQL needs them. */
  readonly text: string;
  /** A column's type, like `bigint`; else `table`, `view`, `schema`, `function`, `keyword`, `type`. */
  readonly kind: string;
  /** Empty: there is none. */
  readonly description: string;
}

/** The names that may stand at a place, best first. */
export interface SqlCompletions {
  readonly matches: readonly SqlCompletion[];
  /** What a match replaces, in characters of the query. */
  readonly start: number;
  readonly end: number;
}

/** Words with which an expression begins. */
const expressionWords =
  `case not null true false exists cast array interval date timestamp current_date
  current_timestamp row extract`.split(/\s+/);

/** Words with which an expression goes on. */
const operatorWords =
  `and or is null|is not null|in|not in|between|like|ilike|is distinct from|at time zone|collate|over
  |filter|when|then|else|end`
    .replace('and or is null', 'and|or|is null')
    .split('|')
    .map((word) => word.trim());

const laterClauses = [
  'group by',
  'having',
  'order by',
  'limit',
  'offset',
  'union all',
  'union',
  'intersect',
  'except',
];
const joinWords = ['join', 'left join', 'right join', 'full join', 'inner join', 'cross join'];

/** Words that may follow, beside an expression that goes on. */
const clauseWords: Readonly<Record<Clause, readonly string[]>> = {
  start: ['select', 'with', 'values', 'explain'],
  with: ['as', 'select', 'recursive', 'materialized'],
  select: ['as', 'from', 'where', ...laterClauses],
  from: ['as', ...joinWords, 'on', 'using', 'lateral', 'where', ...laterClauses],
  on: [...joinWords, 'where', ...laterClauses],
  where: laterClauses,
  group: ['having', 'order by', 'limit', 'rollup', 'cube', 'grouping sets', 'union all'],
  having: ['order by', 'limit', 'union all'],
  window: ['as', 'partition by', 'order by', 'limit'],
  order: ['asc', 'desc', 'nulls first', 'nulls last', 'limit', 'offset'],
  limit: ['offset'],
  values: ['union all', 'order by', 'returning'],
  set: ['from', 'where', 'returning'],
  returning: ['as'],
};

/** Words after which an operand comes. */
const beforeOperand = new Set(
  `select distinct where and or not on by when then else case having between in like ilike is from join limit offset
  returning set all any some using values`.split(/\s+/),
);

/** The names that may stand at a place in a query. */
export async function completeSql(
  sql: string,
  offset: number,
  catalogue: Catalogue,
): Promise<SqlCompletions> {
  const none = { matches: [], start: offset, end: offset };
  const tokens = sqlTokens(sql);
  const current = tokens.find(
    ({ start, end, isOpen }) => start < offset && (offset < end || (isOpen && offset === end)),
  );
  const isName = current !== undefined && tokenName(current) !== undefined;
  if (
    current !== undefined &&
    !isName &&
    ['string', 'comment', 'number', 'parameter'].includes(current.kind)
  )
    return none;
  const word = isName
    ? current
    : tokens.find((token) => token.end === offset && tokenName(token) !== undefined);
  const start = word?.start ?? offset;
  const before = tokens.filter(({ end, kind }) => end <= start && kind !== 'comment');
  const scope = await scopeAt(sql, start, (id) => catalogue.relations.get(id)?.columns);
  const typed =
    word === undefined ? '' : (tokenName({ ...word, text: sql.slice(start, offset) }) ?? '');
  const found = candidates(before, scope, { catalogue, isTyped: typed !== '' });
  const fitting = found.filter(({ name }) => name.toLowerCase().startsWith(typed.toLowerCase()));
  const unique = fitting.filter(
    ({ text }, index) => fitting.findIndex((other) => other.text === text) === index,
  );
  const matches = unique.map(({ text, kind, description }) => ({ text, kind, description }));
  // A complete word is not offered: an open list would take the next Enter.
  const isComplete = matches.length === 1 && matches[0]?.text === sql.slice(start, offset);
  return { matches: isComplete ? [] : matches, start, end: offset };
}

interface Candidate extends SqlCompletion {
  /** What is compared with what is typed. */
  readonly name: string;
}

function candidates(
  before: readonly SqlToken[],
  scope: VisibleNames,
  { catalogue, isTyped }: { readonly catalogue: Catalogue; readonly isTyped: boolean },
): Candidate[] {
  const last = before.at(-1);
  if (last?.text === '.') return membersOf(qualifiers(before), scope, catalogue);
  if (last?.text === '::' || isCastType(before))
    return catalogue.types.map((name) => candidate(name, 'type', null, name));
  const lastWord = last?.kind === 'name' ? last.text.toLowerCase() : undefined;
  const isOperand =
    last === undefined ||
    ['operator'].includes(last.kind) ||
    ['(', ',', ';', '['].includes(last.text) ||
    (lastWord !== undefined && beforeOperand.has(lastWord));
  if (scope.clause === 'from') {
    return isOperand || lastWord === 'into' || lastWord === 'update' || lastWord === 'lateral'
      ? relationsIn(scope, catalogue)
      : keywords(clauseWords.from);
  }
  if (!isOperand || scope.clause === 'start' || scope.clause === 'with') {
    const isExpression = !['start', 'with', 'limit'].includes(scope.clause);
    return keywords([...clauseWords[scope.clause], ...(isExpression ? operatorWords : [])]);
  }
  return [
    ...columnsIn(scope),
    ...scope.levels.flat().map(({ name, id }) => candidate(name, 'table', id ?? null)),
    ...keywords([...(lastWord === 'select' ? ['distinct'] : []), ...expressionWords]),
    ...(isTyped ? functionsOf(catalogue, ['pg_catalog', 'public']) : []),
    ...schemasOf(catalogue),
  ];
}

/** The names before a dot, like `gold` and `month`. */
function qualifiers(before: readonly SqlToken[]): string[] {
  const names: string[] = [];
  for (let at = before.length - 1; before[at]?.text === '.'; at -= 2) {
    const token = before[at - 1];
    const name = token && tokenName(token);
    if (name === undefined) break;
    names.unshift(name);
  }
  return names;
}

/** `cast(x as` goes on with a type. */
function isCastType(before: readonly SqlToken[]): boolean {
  if (before.at(-1)?.text.toLowerCase() !== 'as') return false;
  let depth = 0;
  for (let at = before.length - 2; at > 0; at -= 1) {
    const { text = '' } = before[at] ?? {};
    if (text === ')') depth += 1;
    else if (text === '(' && depth === 0) return before[at - 1]?.text.toLowerCase() === 'cast';
    else if (text === '(') depth -= 1;
  }
  return false;
}

/** What may follow a dot: columns of an item in scope, of a relation; relations and functions of a schema. */
function membersOf(
  names: readonly string[],
  scope: VisibleNames,
  catalogue: Catalogue,
): Candidate[] {
  const [first = '', second] = names;
  if (second !== undefined) {
    return columns(catalogue.relations.get(`${first}.${second}`)?.columns ?? []);
  }
  for (const items of scope.levels) {
    const item = items.find(({ name }) => name === first);
    if (item !== undefined) return columns(item.columns);
  }
  const own = [...catalogue.relations.values()].filter(({ schema }) => schema === first);
  return [
    ...own.map((relation) => relationCandidate(relation, relation.name)),
    ...(scope.clause === 'from' ? [] : functionsOf(catalogue, [first])),
  ];
}

function columnsIn({ levels }: VisibleNames): Candidate[] {
  return levels.flatMap((items) => items.flatMap((item) => columns(item.columns)));
}

function columns(of: readonly (StoredColumn | CatalogueColumn)[]): Candidate[] {
  return of.map((column) =>
    candidate(
      column.name,
      'sqlType' in column ? column.sqlType : (column.type ?? 'column'),
      'description' in column ? column.description : null,
    ),
  );
}

function relationsIn({ tables }: VisibleNames, catalogue: Catalogue): Candidate[] {
  const own = [...tables.keys()].map((name) => candidate(name, 'table', null));
  const stored = [...catalogue.relations.values()].map((relation) => {
    const { schema, name } = relation;
    return relationCandidate(relation, schema === 'public' ? name : `${schema}.${name}`);
  });
  // A relation is found by its own name, too.
  const byName = stored.map((found) => ({
    ...found,
    name: found.name.slice(found.name.indexOf('.') + 1),
  }));
  return [...own, ...stored, ...byName, ...schemasOf(catalogue), ...keywords(['lateral'])];
}

function relationCandidate({ kind, description }: CatalogueRelation, name: string): Candidate {
  return { ...candidate(name, kind, description), text: name.split('.').map(written).join('.') };
}

function schemasOf({ schemas }: Catalogue): Candidate[] {
  return [...schemas].map(([name, description]) => candidate(name, 'schema', description));
}

function functionsOf({ functions }: Catalogue, schemas: readonly string[]): Candidate[] {
  return functions
    .filter(({ schema }) => schemas.includes(schema))
    .map(({ name, description }) => candidate(name, 'function', description));
}

function keywords(words: readonly string[]): Candidate[] {
  return words.map((word) => candidate(word, 'keyword', null, word));
}

function candidate(
  name: string,
  kind: string,
  description: string | null,
  text = written(name),
): Candidate {
  return { name, text, kind, description: description ?? '' };
}

/** A name as SQL has it: in quotes, unless it is in lower case. */
function written(name: string): string {
  return /^[a-z_][a-z0-9_$]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}
