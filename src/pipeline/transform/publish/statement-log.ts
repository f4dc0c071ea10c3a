import type { PoolClient, QueryResult, QueryResultRow } from 'pg';
import type { QueryPlan } from '../../../history/pipeline-run.js';

/** One connection, and the statements that were run on it, for the task's log. */
export class StatementLog {
  readonly client: PoolClient;
  readonly signal: AbortSignal;
  readonly #statements: string[] = [];
  /** Of the last statement that {@link runPlanned} ran. */
  plan: QueryPlan | null = null;

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

  /**
   * Runs a `create table … as` and keeps its plan with the rows that came at each step. The clock is not
   * asked at each of them: that would take longer than many a step.
   *
   * @returns How many rows the table has.
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
