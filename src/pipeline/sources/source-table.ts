import { qualified } from '../../warehouse/sql-text.js';
import type { Source } from './source.js';

/** The table of a source as SQL: its name may be a word of SQL. */
export function sourceTableSql({ name }: Pick<Source, 'name'>): string {
  return qualified({ schema: 'bronze', name });
}
