// Connections of `query` and `table` in notebooks, with the snapshot and the query log of a run.

import { appendFileSync } from 'node:fs';
import type { Pool, PoolClient, QueryConfig } from 'pg';
import type { Config, Environment } from '../config/config.js';
import { newestPassedRun } from '../history/run-history.js';
import { DaybookError } from '../errors.js';
import { parseExact } from '../text/exact-json.js';
import { originOf, setOrigin, type ResultOrigin } from '../text/result-origin.js';
import {
  checkAnswer,
  unfitHint,
  unfitMessage,
  unfitName,
} from '../warehouse/query/check-answer.js';
import { queryError, type AdviceByState } from '../warehouse/query/query-error.js';
import { parameterText, runVariables, type QueryRecord } from '../warehouse/query/query-record.js';
import { checkNotNull } from '../warehouse/query/not-null.js';
import { beginSnapshot } from '../warehouse/query/snapshot.js';
import { literal } from '../warehouse/query/sql-text.js';
import { sqlstate } from '../warehouse/query/sqlstate.js';
import { TypeNames } from '../warehouse/query/type-names.js';
import { mappingWithJson } from '../warehouse/query/value-mapping.js';
import { openReader, type Reader } from '../warehouse/warehouse.js';

/** A value for `$1`, `$2` … of a query; an array becomes a Postgres array. */
export type QueryParameter =
  | string
  | number
  | bigint
  | boolean
  | null
  | Date
  /** For `bytea`. */
  | Uint8Array
  | readonly QueryParameter[];

/** Where the numbers in the warehouse come from: the newest pipeline run that passed. */
export interface Provenance {
  /** Its number, as in `daybook pipeline show`. */
  readonly runId: number;
  /** When it ended, RFC 3339 in UTC, like all times here. */
  readonly finishedAt: string;
  /** The newest event that the warehouse holds; null when there is none. */
  readonly dataThrough: string | null;
  /** The instant as of which the report speaks. */
  readonly asOf: string | null;
  /** The version of the code that built the tables; null outside a git checkout. */
  readonly codeVersion: string | null;
  /** IANA name of the zone in which days, months and years are counted. */
  readonly timeZone: string;
}

/** The environment of the program that imports `daybook/pipeline`. */
export function ownEnvironment(): Environment {
  return process.env;
}

/** Settings of a notebook run for its queries; empty outside of one. */
export interface RunOfQueries {
  /** The exported snapshot that all queries read. */
  readonly snapshot: string | undefined;
  /** The file of the query log. */
  readonly queryLog: string | undefined;
}

/** The settings of the run in a kernel's environment. */
export function runOfQueries(env: Environment = ownEnvironment()): RunOfQueries {
  return { snapshot: env[runVariables.snapshot], queryLog: env[runVariables.queryLog] };
}

/** Numbers in json keep their precision. */
const types = mappingWithJson(parseExact);

/** Read-only access to a project's warehouse. Connects at the first query. */
export class Session {
  readonly #config: () => Config;
  readonly #run: RunOfQueries;
  /** Connections in a transaction on the run's snapshot. */
  readonly #onSnapshot = new WeakSet<PoolClient>();
  readonly #types = new TypeNames();
  #reader: Promise<Reader> | undefined;

  /** @param config - Called at the first query. */
  constructor(config: () => Config, run = runOfQueries()) {
    this.#config = config;
    this.#run = run;
  }

  /** See `query` in index.ts. */
  async query<Row extends object>(
    sql: string,
    params: readonly QueryParameter[] = [],
  ): Promise<Row[]> {
    const { rows, columns } = await this.answer(sql, params);
    setOrigin(rows, { sql, values: params, columns });
    return rows as Row[];
  }

  /** See `parametersOf` in index.ts. */
  parametersOf(rows: readonly object[], sql: string): readonly unknown[] {
    const origin = originOf(rows);
    if (origin?.sql === sql) return origin.values;
    throw new DaybookError(
      'QUERY_FAILED',
      'the rows after from have been changed since they came',
      {
        hint: 'give what you make of them a name of its own; the cell reads the query that they come from',
      },
    );
  }

  /** The rows of a statement, and its columns, which exist without rows, too. */
  async answer(
    sql: string,
    params: readonly QueryParameter[] = [],
  ): Promise<{ rows: object[]; columns: ResultOrigin['columns'] }> {
    const { pool } = await this.#open();
    const [startedAt, began] = [Date.now(), performance.now()];
    let rows: object[] | undefined;
    try {
      // The extended protocol accepts one statement only, so no second one can be injected.
      const statement = { text: sql, values: [...params], queryMode: 'extended', types };
      const result = await this.#execute(pool, statement);
      checkNotNull(sql, result.rows);
      rows = result.rows;
      return { rows, columns: result.columns };
    } catch (cause) {
      throw queryError(sql, cause, advice);
    } finally {
      const milliseconds = Math.round(performance.now() - began);
      const parameters = params.map(parameterText);
      this.#record({
        ...{ sql, rows: rows?.length ?? null, startedAt, milliseconds },
        ...(parameters.length === 0 ? {} : { parameters }),
      });
    }
  }

  /** Runs a statement; in a notebook run, on its snapshot. */
  async #execute(
    pool: Pool,
    statement: QueryConfig,
  ): Promise<{ rows: object[]; columns: ResultOrigin['columns'] }> {
    const { snapshot } = this.#run;
    const client = await pool.connect();
    let broken: Error | undefined;
    const onError = (error: Error) => {
      broken = error;
    };
    client.on('error', onError);
    try {
      if (snapshot !== undefined && !this.#onSnapshot.has(client)) {
        await client.query('set idle_in_transaction_session_timeout = 0');
        await client.query(beginSnapshot);
        await client.query(`set transaction snapshot ${literal(snapshot)}`);
        this.#onSnapshot.add(client);
      }
      const result = await client.query<object>(statement);
      try {
        checkAnswer(result);
      } catch (error) {
        // The session's state after a failed statement is unknown, so the connection is closed.
        broken = error as Error;
        throw error;
      }
      const name = unfitName(result.fields);
      if (name === undefined) {
        return { rows: result.rows, columns: await this.#types.columns(client, result.fields) };
      }
      throw new DaybookError('QUERY_FAILED', unfitMessage(name), { hint: unfitHint });
    } catch (error) {
      // A failed transaction accepts no further statement.
      if (this.#onSnapshot.delete(client)) {
        await client.query('rollback').catch((cause: unknown) => {
          broken = cause instanceof Error ? cause : new Error(String(cause));
        });
      }
      throw error;
    } finally {
      client.off('error', onError);
      client.release(broken);
    }
  }

  #record(query: QueryRecord): void {
    const { queryLog } = this.#run;
    if (queryLog !== undefined) appendFileSync(queryLog, `${JSON.stringify(query)}\n`);
  }

  /** See `provenance` in index.ts. */
  async provenance(): Promise<Provenance> {
    const [run] = await this.query<Omit<Provenance, 'runId'> & { runId: bigint }>(newestPassedRun);
    if (run === undefined) {
      throw new DaybookError('RUN_UNKNOWN', 'no pipeline run has passed yet', {
        hint: 'npx daybook pipeline run',
      });
    }
    return { ...run, runId: Number(run.runId) };
  }

  /** Closes the connections; the next query opens new ones. */
  async close(): Promise<void> {
    const reader = this.#reader;
    this.#reader = undefined;
    await (await reader)?.close();
  }

  #open(): Promise<Reader> {
    const reader = (this.#reader ??= openReader(this.#config()));
    // The next query connects again.
    reader.catch(() => {
      if (this.#reader === reader) this.#reader = undefined;
    });
    return reader;
  }
}

const advice: AdviceByState = {
  [sqlstate.undefinedTable]: 'npx daybook pipeline run builds the tables',
  [sqlstate.readOnlyTransaction]: 'notebooks read only; what changes data belongs in sql/',
  [sqlstate.insufficientPrivilege]: 'notebooks read only; what changes data belongs in sql/',
};
