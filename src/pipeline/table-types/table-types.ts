// TypeScript types of the project's tables. The mapping of Postgres types to TypeScript is here (values:
// warehouse/query/value-mapping.ts).

import { relationId, type RelationName } from '../definitions/model.js';

/** A column with its type. */
export interface TypedColumn {
  readonly name: string;
  /** The type's name in pg_type, like `int8`; of an array the element's. */
  readonly type: string;
  readonly isArray: boolean;
  readonly isNullable: boolean;
  readonly description: string | undefined;
}

/** A table or view with its columns. */
export interface TypedRelation extends RelationName {
  readonly description: string | undefined;
  readonly columns: readonly TypedColumn[];
}

/** TypeScript types of values, see `warehouse/query/value-mapping.ts`; all other types are text. */
const scalars: Readonly<Record<string, string>> = {
  int2: 'number',
  int4: 'number',
  oid: 'number',
  float4: 'number',
  float8: 'number',
  int8: 'bigint',
  bool: 'boolean',
  bytea: 'Uint8Array',
  json: 'unknown',
  jsonb: 'unknown',
};

/**
 * A declaration file with the rows of every table of the warehouse, so that a misspelt column is a type error. It
 * augments the empty interface of `daybook/pipeline`, and is formatted like all code.
 */
export function tableTypes(relations: readonly TypedRelation[]): string {
  const tables = [...relations]
    .sort((a, b) => (relationId(a) < relationId(b) ? -1 : 1))
    .map((relation) => {
      const columns = relation.columns.map(
        (column) =>
          `${comment('      ', column.description)}      ${key(column.name)}: ${typeOf(column)};\n`,
      );
      return `${comment('    ', relation.description)}    '${relationId(relation)}': {\n${columns.join('')}    };\n`;
    });
  return `// Written by \`daybook pipeline run\` from the tables of the warehouse and the headers in sql/.
// Commit it with the models: notebooks are checked against it.
export {};

declare module 'daybook/pipeline' {
  interface WarehouseTables {
${tables.join('')}  }
}
`;
}

function typeOf({ type, isArray, isNullable }: TypedColumn): string {
  const scalar = scalars[type] ?? 'string';
  const value = isArray ? `(${scalar} | null)[]` : scalar;
  return isNullable && value !== 'unknown' ? `${value} | null` : value;
}

function key(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : `'${name.replaceAll(/['\\]/g, '\\$&')}'`;
}

function comment(indent: string, text: string | undefined): string {
  if (text === undefined) return '';
  return `${indent}/** ${text.trim().replaceAll(/\s+/g, ' ').replaceAll('*/', '* /')} */\n`;
}
