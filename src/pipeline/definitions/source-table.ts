import { qualified } from '../../warehouse/query/sql-text.js';
import type { Source } from './source.js';

/** The table of a source as SQL: its name may be a word of SQL. */
export function sourceTableSql({ schema, name }: Pick<Source, 'schema' | 'name'>): string {
  return qualified({ schema, name });
}
