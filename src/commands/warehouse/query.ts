// `daybook query`: one SQL query as the reader.

import type { Pool, QueryArrayResult } from 'pg';
import { DaybookError } from '../../errors.js';
import { checkAnswer } from '../../warehouse/query/check-answer.js';
import { queryError, type AdviceByState } from '../../warehouse/query/query-error.js';
import { cancelOnAbort } from '../../warehouse/query/cancel-on-abort.js';
import { sqlstate } from '../../warehouse/query/sqlstate.js';
import { mappingWithJson } from '../../warehouse/query/value-mapping.js';
import { openReader } from '../../warehouse/warehouse.js';
import type { Command } from '../command.js';
import { queryCsv, queryJson, queryTable, type QueryResult } from './query-result.js';

/** Json is printed as Postgres sends it. */
const types = mappingWithJson(String);

const formats = { table: queryTable, json: queryJson, csv: queryCsv };

/** `daybook query` */
export const query: Command = {
  usage: '"SQL" [--format table|json|csv]',
  description:
    'Runs one statement in a read-only transaction and prints its rows. JSON is an array of objects;\n' +
    'a bigint or numeric that a double cannot hold exactly is a string in it (more than 2^53, more\n' +
    'than 15 digits); json is in it as Postgres has it. A statement may take 60 seconds.',
  options: {
    format: {
      type: 'string',
      placeholder: 'FORMAT',
      help: 'Print as table, json or csv (RFC 4180)',
      default: 'table',
    },
  },
  positionals: { min: 1, max: 1 },
  run: async ({ config, values, positionals: [sql = ''], terminal, logger, signal }) => {
    const format = String(values['format'] ?? 'table');
    if (!isFormat(format)) {
      throw new DaybookError('USAGE', `--format ${format}: there are table, json and csv`);
    }
    const reader = await openReader(config, { logger });
    try {
      terminal.out(formats[format](await runReadOnly(reader.pool, sql, signal)));
      return 0;
    } finally {
      await reader.close();
    }
  },
};

function isFormat(name: string): name is keyof typeof formats {
  return Object.hasOwn(formats, name);
}

/** Runs one statement read-only, whatever the role of the pool. */
async function runReadOnly(pool: Pool, sql: string, signal: AbortSignal): Promise<QueryResult> {
  const client = await pool.connect();
  const stopListening = await cancelOnAbort(pool, client, signal);
  try {
    await client.query('begin transaction read only');
    const statement = { text: sql, rowMode: 'array' as const, queryMode: 'extended', types };
    // The extended protocol accepts one statement only, so no second one can end the transaction.
    const result: QueryArrayResult<unknown[]> = await client.query(statement);
    checkAnswer(result);
    return { fields: result.fields, rows: result.rows };
  } catch (error) {
    throw signal.aborted ? signal.reason : queryError(sql, error, advice);
  } finally {
    stopListening();
    client.release(true);
  }
}

const advice: AdviceByState = {
  [sqlstate.undefinedTable]:
    '`daybook pipeline run` makes the tables; /data in the dashboard lists them',
  [sqlstate.queryCanceled]: 'A statement of the read-only role may take 60 seconds',
};
