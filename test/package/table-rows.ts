import { createHash } from 'node:crypto';
import pg from 'pg';

/** A table with a checksum of each of its rows, by the columns that it had when they were first read. */
export interface TableRows {
  readonly columns: readonly string[];
  readonly rows: readonly string[];
}

/**
 * Reads the tables and views of a warehouse.
 *
 * @param url - Of its owner.
 * @param before - What was read earlier: only its columns count.
 * @returns By `schema.name`.
 */
export async function tableRows(
  url: string,
  before?: ReadonlyMap<string, TableRows>,
): Promise<Map<string, TableRows>> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    const { rows: tables } = await client.query<{ id: string; columns: string[] }>(`
      select table_schema || '.' || table_name as id, array_agg(column_name::text order by ordinal_position) as columns
      from information_schema.columns
      where table_schema in ('bronze', 'silver', 'gold', 'ops', 'publication')
      group by 1`);
    const found = new Map<string, TableRows>();
    for (const { id, columns } of tables) {
      // Rows that have lost a column are other rows.
      const known = before?.get(id)?.columns.filter((name) => columns.includes(name)) ?? columns;
      const { rows } = await client.query<{ row: string }>(
        `select (${known.map((name) => client.escapeIdentifier(name)).join(', ')}, 0)::text as row from ${id}`,
      );
      const checksums = rows.map(({ row }) => createHash('sha256').update(row).digest('hex'));
      found.set(id, { columns: known, rows: checksums.sort() });
    }
    return found;
  } finally {
    await client.end();
  }
}
