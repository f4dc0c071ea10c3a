// The file with the types of a project's tables and queries, daybook-env.d.ts.

import { literalText } from './row-type.js';
import { digestOf, type TableDeclaration } from './table-types.js';

/** A query in the file of a project's types. */
export interface QueryDeclaration {
  /** Its member of `Queries`. */
  readonly text: string;
  /** The tables that it reads, each with how it was when the query was described. */
  readonly reads: ReadonlyMap<string, string>;
}

/** What a project's `daybook-env.d.ts` declares. */
export interface ProjectTypes {
  /** By `schema.name`. */
  readonly tables: ReadonlyMap<string, TableDeclaration>;
  /** By their texts. */
  readonly queries: ReadonlyMap<string, QueryDeclaration>;
}

/**
 * The declaration file of a project. It fills the interfaces that `daybook/pipeline` leaves empty.
 *
 * @param tables - Members of `WarehouseTables`, see `tableTypes`.
 * @param queries - Members of `Queries`, see `queryTypes`.
 */
export function formatProjectTypes(tables: string, queries: string): string {
  const shown = queries === '' ? '' : `\n  interface Queries {\n${queries}  }\n`;
  return `// Written by \`daybook pipeline run\` from the tables of the warehouse and the headers in sql/, and by
// \`daybook notebooks check --update\` from the queries of notebooks.
// Commit it with the models: notebooks are checked against it.
export {};

declare module 'daybook/pipeline' {
  interface WarehouseTables {
${tables}  }
${shown}}
`;
}

const literal = /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/.source;

const columnMember = new RegExp(`^ {6}(?:([\\w$]+)|(${literal})): (.*);$`, 'gm');

/** Reads what {@link formatProjectTypes} has written; of any other text nothing. */
export function parseProjectTypes(text: string): ProjectTypes {
  const [tableText = '', queryText = ''] = text.split(/^ {2}interface Queries \{\n/m);
  const tables = new Map<string, TableDeclaration>();
  for (const [member, , name = "''"] of tableText.matchAll(memberOf(/'[^'\n]+'/.source))) {
    const columns = [...member.matchAll(columnMember)].map(
      ([, plain, quoted = "''", type = '']) =>
        [
          plain ?? literalText(quoted),
          { isNullable: type === 'unknown' || type.endsWith('| null') },
        ] as const,
    );
    tables.set(name.slice(1, -1), { text: member, columns: new Map(columns) });
  }
  const queries = new Map<string, QueryDeclaration>();
  for (const [member, comment = '', key = '""'] of queryText.matchAll(memberOf(literal))) {
    const reads = [...comment.matchAll(/(\S+\.\S+) ([0-9a-f]{8}|-)(?=,| \*\/)/g)].map(
      ([, id = '', digest = '']) => [id, digest] as const,
    );
    queries.set(literalText(key), { text: member, reads: new Map(reads) });
  }
  return { tables, queries };
}

/** A member of an interface in the module, with its comment. */
function memberOf(name: string): RegExp {
  return new RegExp(`^((?: {4}/\\*\\*.*\\n)?) {4}(${name}): \\{\\n(?: {6}.*\\n)* {4}\\};\\n`, 'gm');
}

/** The tables that a query reads and that are other ones now than when it was described. */
export function changedTables(
  { reads }: QueryDeclaration,
  { tables }: ProjectTypes,
): readonly string[] {
  return [...reads].flatMap(([id, digest]) => (digest === digestOf(tables.get(id)) ? [] : [id]));
}

/** The members of an interface, one after the other. */
export function membersText(members: Iterable<{ readonly text: string }>): string {
  return [...members].map(({ text }) => text).join('');
}

/** Whether nothing is known of a query, or what was known when a table that it reads was another one. */
export function isOutdated(sql: string, types: ProjectTypes): boolean {
  const known = types.queries.get(sql);
  return known === undefined || changedTables(known, types).length > 0;
}
