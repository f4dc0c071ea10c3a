// TypeScript types of the rows of tables, also of SQL types like interval.

import { createHash } from 'node:crypto';
import { docComment, rowMembers, type TypedColumn } from './row-type.js';

/** A table or view as the generated types describe it. */
export interface TypedRelation {
  readonly schema: string;
  readonly name: string;
  readonly description: string | undefined;
  readonly columns: readonly TypedColumn[];
}

/**
 * The members of `WarehouseTables`: the rows of every table of the warehouse, so that a column that is not there is
 * an error where it is written. Formatted like all code.
 */
export function tableTypes(relations: readonly TypedRelation[]): string {
  const idOf = ({ schema, name }: TypedRelation) => `${schema}.${name}`;
  return [...relations]
    .sort((a, b) => (idOf(a) < idOf(b) ? -1 : 1))
    .map(
      (relation) =>
        `${docComment('    ', relation.description)}    '${idOf(relation)}': {\n${rowMembers(relation.columns, '      ')}    };\n`,
    )
    .join('');
}

/** A table in the file of a project's types. */
export interface TableDeclaration {
  /** Its member of `WarehouseTables`. */
  readonly text: string;
  /** Its columns in their order, and whether null may stand in them. */
  readonly columns: ReadonlyMap<string, { readonly isNullable: boolean }>;
}

/** How a table is, but for what is said of it; one of which no types are known is always the same. */
export function digestOf(table: TableDeclaration | undefined): string {
  if (table === undefined) return '-';
  const members = table.text.replaceAll(/^ *\/\*\*.*\n/gm, '');
  return createHash('sha256').update(members).digest('hex').slice(0, 8);
}
