// The statements of a task, for its log.

import type { PoolClient, QueryResult, QueryResultRow } from 'pg';
import type { QueryPlan } from '../../../history/runs/pipeline-run.js';

/** A connection that records its statements for the task's log. */
export class StatementLog {
  readonly client: PoolClient;
  readonly signal: AbortSignal;
  readonly #statements: string[] = [];
  /** The plan of the last statement of {@link runPlanned}. */
  plan: QueryPlan | null = null;

  /** @param signal - No further statement begins once it is aborted. */
  constructor(client: PoolClient, signal: AbortSignal) {
    this.client = client;
    this.signal = signal;
  }

  /** Runs and records a statement; catalog queries are not recorded. */
  async run<Row extends QueryResultRow>(sql: string): Promise<QueryResult<Row>> {
    this.signal.throwIfAborted();
    this.#statements.push(sql);
    return this.client.query<Row>(sql);
  }

  /**
   * Runs a `create table … as` and keeps its plan with the rows of each node. Timing of nodes is off, because it
   * would take longer than many of them.
   *
   * @returns The rows of the table.
   */
  async runPlanned(sql: string): Promise<number> {
    this.signal.throwIfAborted();
    this.#statements.push(sql);
    const { rows } = await this.client.query<{ 'QUERY PLAN': QueryPlan }>(
      `explain (analyze, timing off, buffers off, format json)\n${sql}`,
    );
    const plan = rows[0]?.['QUERY PLAN'];
    if (plan === undefined) throw new Error('explain gave no plan');
    this.plan = plan;
    return plan[0].Plan['Actual Rows'];
  }

  /** The number of recorded statements, for {@link forgetSince}. */
  get length(): number {
    return this.#statements.length;
  }

  /** Forgets statements that were rolled back for another attempt. */
  forgetSince(length: number): void {
    this.#statements.length = length;
  }

  /** The statements as a script. */
  get sql(): string {
    return this.#statements.map((statement) => `${statement};\n`).join('\n');
  }
}
