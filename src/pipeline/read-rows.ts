// The rows of a statement: all of them up to a limit, or batch by batch.

import pg, { type ClientBase, type FieldDef, type QueryConfig } from 'pg';
import Cursor from 'pg-cursor';
import { DaybookError } from '../errors.js';
import { countOf } from '../text/amounts.js';

/** Rows of a statement, with what is known of all of them. */
export interface ReadRows {
  readonly rows: object[];
  readonly fields: readonly FieldDef[];
  readonly command: string | null;
}

/**
 * All rows of a statement.
 *
 * @param most - The most rows that it may have.
 * @throws DaybookError `QUERY_TOO_LARGE` at the first row beyond; the connection is still busy then.
 */
export function readRows(
  client: ClientBase,
  statement: QueryConfig,
  most: number,
): Promise<ReadRows> {
  return new Promise((resolve, reject) => {
    const rows: object[] = [];
    const query = client.query(new pg.Query<object>(statement));
    query.on('row', (row) => {
      if (rows.length < most) rows.push(row);
      else reject(tooLarge(most));
    });
    query.on('error', reject);
    query.on('end', ({ fields, command }) => {
      resolve({ rows, fields, command });
    });
  });
}

function tooLarge(most: number): DaybookError {
  return new DaybookError('QUERY_TOO_LARGE', `the query has more than ${countOf(most, 'row')}`, {
    hint: 'count and sum in SQL, read it in batches by queryStream(), or raise DAYBOOK_QUERY_ROWS',
  });
}

/** A statement whose rows are read as they are asked for. */
export class RowCursor {
  readonly #cursor: Cursor<object>;

  constructor(client: ClientBase, { text, values = [], types }: QueryConfig) {
    this.#cursor = client.query(
      new Cursor<object>(text, values, types === undefined ? {} : { types }),
    );
  }

  /** The next rows; fewer than wanted: the last ones. */
  read(wanted: number): Promise<ReadRows> {
    return new Promise((resolve, reject) => {
      this.#cursor.read(wanted, (error, rows, result) => {
        if (error !== undefined && (error as Error | null) !== null) reject(error);
        else resolve({ rows, fields: result.fields, command: result.command });
      });
    });
  }

  /** Ends it, also before its last row. */
  close(): Promise<void> {
    return this.#cursor.close();
  }
}
