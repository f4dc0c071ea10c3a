import type { PoolClient, QueryResult, QueryResultRow } from 'pg';

/** One connection, and the statements that were run on it, for the task's log. */
export class StatementLog {
  readonly client: PoolClient;
  readonly signal: AbortSignal;
  readonly #statements: string[] = [];

  /** @param signal - Once it is aborted no further statement is begun. */
  constructor(client: PoolClient, signal: AbortSignal) {
    this.client = client;
    this.signal = signal;
  }

  /** Runs a statement that belongs in the log; questions to the catalog do not. */
  async run<Row extends QueryResultRow>(sql: string): Promise<QueryResult<Row>> {
    this.signal.throwIfAborted();
    this.#statements.push(sql);
    return this.client.query<Row>(sql);
  }

  /** How many statements there are by now, for {@link forgetSince}. */
  get length(): number {
    return this.#statements.length;
  }

  /** Forgets statements that were undone to be tried again. */
  forgetSince(length: number): void {
    this.#statements.length = length;
  }

  /** The statements as a script. */
  get sql(): string {
    return this.#statements.map((statement) => `${statement};\n`).join('\n');
  }
}
