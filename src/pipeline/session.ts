// Connections of `query` and `table` in notebooks, with the snapshot and the query log of a run.

import { appendFileSync } from 'node:fs';
import type { Pool, QueryConfig } from 'pg';
import type { Config } from '../config/config.js';
import type { Environment } from '../config/environment/env-file.js';
import { newestChange } from '../history/runs/newest-change.js';
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
import { sqlstate } from '../warehouse/query/sqlstate.js';
import { TypeNames } from '../warehouse/query/type-names.js';
import { mappingWithJson } from '../warehouse/query/value-mapping.js';
import { readRows, RowCursor, type ReadRows } from './read-rows.js';
import { RunConnections } from './run-connections.js';
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

/** Where the numbers in the warehouse come from: the newest pipeline run that passed and changed any of them. */
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

/** The rows of a statement, and its columns. */
interface Answered {
  readonly rows: object[];
  readonly columns: ResultOrigin['columns'];
}

/** How a result is read in batches. */
export interface StreamOptions {
  /** How many rows come at a time, from 1. Default: 1,000 of rows, 10,000 of Arrow. */
  readonly batchRows?: number;
}

/** Refuses columns that an object for each row cannot hold. */
function checkNames(fields: readonly { readonly name: string }[]): void {
  const name = unfitName(fields);
  if (name === undefined) return;
  throw new DaybookError('QUERY_FAILED', unfitMessage(name), { hint: unfitHint });
}

/** Read-only access to a project's warehouse. Connects at the first query. */
export class Session {
  readonly #config: () => Config;
  readonly #run: RunOfQueries;
  readonly #connections: RunConnections;
  readonly #types = new TypeNames();
  #reader: Promise<Reader> | undefined;

  /** @param config - Called at the first query. */
  constructor(config: () => Config, run = runOfQueries()) {
    this.#config = config;
    this.#run = run;
    this.#connections = new RunConnections(run.snapshot);
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
  async answer(sql: string, params: readonly QueryParameter[] = []): Promise<Answered> {
    const { pool } = await this.#open();
    const end = this.#began(sql, params);
    let answered: Answered | undefined;
    try {
      // The extended protocol accepts one statement only, so no second one can be injected.
      const statement = { text: sql, values: [...params], queryMode: 'extended', types };
      answered = await this.#execute(pool, statement);
      checkNotNull(sql, answered.rows);
      return answered;
    } catch (cause) {
      answered = undefined;
      throw queryError(sql, cause, advice);
    } finally {
      end(answered?.rows.length ?? null);
    }
  }

  /** Runs a statement; in a notebook run, on its snapshot. */
  async #execute(pool: Pool, statement: QueryConfig): Promise<Answered> {
    const held = await this.#connections.acquire(pool);
    let failure: unknown;
    try {
      const answer = await readRows(held.client, statement, this.#config().queryRows);
      checkAnswer(answer);
      checkNames(answer.fields);
      return { rows: answer.rows, columns: await this.#types.columns(held.client, answer.fields) };
    } catch (error) {
      failure = error;
      // What state the session is in is unknown, or it still sends rows.
      if (error instanceof DaybookError) held.spoil(error);
      throw error;
    } finally {
      await held.release(failure);
    }
  }

  /** See `queryStream` in index.ts. */
  async *stream<Row extends object>(
    sql: string,
    params: readonly QueryParameter[],
    { batchRows = 1000 }: StreamOptions,
  ): AsyncGenerator<Row[], void, undefined> {
    for await (const { rows } of this.#batches(
      { text: sql, values: [...params], types },
      batchRows,
    ))
      if (rows.length > 0) yield rows as Row[];
  }

  /** See `queryArrow` in index.ts. */
  async *arrow(
    sql: string,
    params: readonly QueryParameter[],
    { batchRows = 10_000 }: StreamOptions,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    const { ArrowWriter, textMapping } = await import('./arrow/arrow-writer.js');
    const writer = await ArrowWriter.load();
    const statement = { text: sql, values: [...params], types: textMapping };
    for await (const { rows, fields } of this.#batches(statement, batchRows))
      yield writer.write(fields, rows);
    yield writer.end();
  }

  /** The rows of a statement in batches; the first one tells its columns, and may be empty. */
  async *#batches(
    statement: QueryConfig & { readonly values: QueryParameter[] },
    batchRows: number,
  ): AsyncGenerator<ReadRows, void, undefined> {
    const { text: sql, values } = statement;
    if (!Number.isSafeInteger(batchRows) || batchRows < 1) {
      throw new RangeError(`batchRows is ${batchRows}: a batch has one row or more`);
    }
    const { pool } = await this.#open();
    const end = this.#began(sql, values);
    let [count, isWhole] = [0, false];
    let failure: unknown;
    const held = await this.#connections.acquire(pool);
    let cursor: RowCursor | undefined;
    try {
      // The limit of a reader's statements counts the time that the loop takes for a batch, too.
      await held.client.query('set statement_timeout = 0');
      cursor = new RowCursor(held.client, statement);
      for (let isFirst = true; !isWhole; isFirst = false) {
        const { rows, fields, command } = await cursor.read(batchRows);
        isWhole = rows.length < batchRows;
        if (isFirst) checkNames(fields);
        if (isFirst && isWhole) checkAnswer({ command, fields });
        checkNotNull(sql, rows, count);
        count += rows.length;
        if (isFirst || rows.length > 0) yield { rows, fields, command };
      }
    } catch (cause) {
      failure = cause;
      throw queryError(sql, cause, advice);
    } finally {
      if (failure === undefined) {
        await cursor?.close();
        await held.client.query('reset statement_timeout');
      } else held.spoil(new Error('a stream has failed', { cause: failure }));
      await held.release(failure);
      end(failure === undefined ? count : null);
    }
  }

  /** Begins to record a query; the function that it gives ends that, with the number of rows. */
  #began(sql: string, params: readonly QueryParameter[]): (rows: number | null) => void {
    const [startedAt, began] = [Date.now(), performance.now()];
    return (rows) => {
      const milliseconds = Math.round(performance.now() - began);
      const parameters = params.map(parameterText);
      this.#record({
        ...{ sql, rows, startedAt, milliseconds },
        ...(parameters.length === 0 ? {} : { parameters }),
      });
    };
  }

  #record(query: QueryRecord): void {
    const { queryLog } = this.#run;
    if (queryLog !== undefined) appendFileSync(queryLog, `${JSON.stringify(query)}\n`);
  }

  /** See `provenance` in index.ts. */
  async provenance(): Promise<Provenance> {
    const [run] = await this.query<Omit<Provenance, 'runId'> & { runId: bigint }>(newestChange);
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
