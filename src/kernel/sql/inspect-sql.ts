// Documentation of the name at a place in the text of a query.

import { scopeAt, type VisibleItem } from '../../parse-sql/scope-at.js';
import { dottedNameAt, sqlTokens } from '../../parse-sql/sql-tokens.js';
import type { StoredColumn } from '../../parse-sql/columns/query-scope.js';
import type { Catalogue, CatalogueColumn, CatalogueRelation } from '../../row-types/catalogue.js';

/** What is known of a name. */
export interface SqlInspection {
  /** What it is, as SQL says it. */
  readonly signature: string;
  /** Its description; empty: none. */
  readonly documentation: string;
}

/** How many functions of a name are shown. */
const shownFunctions = 6;

/** Says what a name in a query is: a column with type and null, a table with its columns, a function. */
export async function inspectSql(
  sql: string,
  offset: number,
  catalogue: Catalogue,
): Promise<SqlInspection | undefined> {
  const tokens = sqlTokens(sql);
  const name = dottedNameAt(tokens, offset) ?? dottedNameAt(tokens, offset - 1);
  if (name === undefined) return undefined;
  const next = tokens.find(({ start }) => start >= name.end);
  const scope = await scopeAt(sql, name.end, (id) => catalogue.relations.get(id)?.columns);
  const items = scope.levels.flat();
  // Of `month.customers`, the first part is the table where the pointer is on it.
  const at = sql.slice(name.start, offset).split('.').length;
  const parts = name.parts.slice(0, at);
  const [last = ''] = parts.slice(-1);
  const qualifier = parts.at(-2);
  if (next?.text === '(' && parts.length === name.parts.length && scope.clause !== 'from') {
    return functionNamed(last, catalogue);
  }
  const relation = catalogue.relations.get(parts.length === 1 ? `public.${last}` : parts.join('.'));
  if (scope.clause === 'from') {
    const table = parts.length === 1 ? scope.tables.get(last) : undefined;
    if (table !== undefined) return itemInspection({ name: last, id: undefined, columns: table });
    if (relation !== undefined) return relationInspection(relation);
  }
  const owner = items.find(
    (item) =>
      (qualifier === undefined || item.name === qualifier) &&
      item.columns.some((column) => column.name === last),
  );
  const column =
    owner?.columns.find((known) => known.name === last) ??
    (parts.length === 3
      ? catalogue.relations
          .get(parts.slice(0, 2).join('.'))
          ?.columns.find((known) => known.name === last)
      : undefined);
  if (column !== undefined) return columnInspection(owner, column);
  const item = qualifier === undefined ? items.find((known) => known.name === last) : undefined;
  if (item !== undefined) {
    const stored = item.id === undefined ? undefined : catalogue.relations.get(item.id);
    return stored === undefined ? itemInspection(item) : relationInspection(stored);
  }
  if (relation !== undefined) return relationInspection(relation);
  if (parts.length === 1 && catalogue.schemas.has(last)) {
    return { signature: `schema ${last}`, documentation: catalogue.schemas.get(last) ?? '' };
  }
  return functionNamed(last, catalogue);
}

function columnInspection(
  item: VisibleItem | undefined,
  column: StoredColumn | CatalogueColumn,
): SqlInspection {
  const owner = item?.id ?? item?.name;
  return {
    signature: `${owner === undefined ? '' : `${owner}.`}${columnText(column)}`,
    documentation: 'description' in column ? (column.description ?? '') : '',
  };
}

function columnText(column: StoredColumn | CatalogueColumn): string {
  const type = 'sqlType' in column ? column.sqlType : column.type;
  return [column.name, type, nullText(column.isNullable)]
    .filter((part) => part !== undefined)
    .join(' ');
}

function nullText(isNullable: boolean | undefined): string | undefined {
  if (isNullable === undefined) return undefined;
  return isNullable ? 'null' : 'not null';
}

function relationInspection({
  kind,
  schema,
  name,
  description,
  columns,
}: CatalogueRelation): SqlInspection {
  return {
    signature: `${kind} ${schema}.${name} (\n${columnLines(columns)}\n)`,
    documentation: description ?? '',
  };
}

function itemInspection({ name, columns }: VisibleItem): SqlInspection {
  return { signature: `${name} (\n${columnLines(columns)}\n)`, documentation: '' };
}

function columnLines(columns: readonly (StoredColumn | CatalogueColumn)[]): string {
  return columns.map((column) => `  ${columnText(column)}`).join(',\n');
}

function functionNamed(name: string, { functions }: Catalogue): SqlInspection | undefined {
  const own = functions.filter((known) => known.name === name);
  if (own.length === 0) return undefined;
  const shown = own
    .slice(0, shownFunctions)
    .map((known) => `${name}(${known.arguments}) → ${known.result}`);
  const more = own.length - shown.length;
  const descriptions = new Set(own.flatMap(({ description }) => description ?? []));
  return {
    signature: [...shown, ...(more > 0 ? [`and ${more} more`] : [])].join('\n'),
    documentation: [...descriptions].slice(0, shownFunctions).join('\n\n'),
  };
}
