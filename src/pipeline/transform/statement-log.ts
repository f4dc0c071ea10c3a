import type { PoolClient, QueryResult, QueryResultRow } from 'pg';

/** One connection, and the statements that were run on it, for the task's log. */
export class StatementLog {
  readonly client: PoolClient;
  readonly #statements: string[] = [];

  constructor(client: PoolClient) {
    this.client = client;
  }

  /** Runs a statement that belongs in the log; questions to the catalog do not. */
  async run<Row extends QueryResultRow>(sql: string): Promise<QueryResult<Row>> {
    this.#statements.push(sql);
    return this.client.query<Row>(sql);
  }

  /** The statements as a script. */
  get sql(): string {
    return this.#statements.map((statement) => `${statement};\n`).join('\n');
  }
}
