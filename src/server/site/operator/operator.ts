// What operators may do on the dashboard. The command that serves it does the work, because pages only read.

/** What an operator may ask for. `pause` to `stop` are about schedules, `retry` about jobs that were given up. */
export const operatorActions = [
  'pause',
  'resume',
  'run',
  'stop',
  'cancel',
  'cancel-backfill',
  'retry',
] as const;

/** One of {@link operatorActions}. */
export type OperatorAction = (typeof operatorActions)[number];

/** What became of it. `already`: there was nothing to do; `gone`: there is no such thing any more. */
export type OperatorOutcome = 'done' | 'already' | 'gone';

/** Does what operators ask for. */
export interface Operator {
  /**
   * @param name - A schedule, or the number of a run or backfill; of `retry`: `all`.
   * @param by - Who asks, as histories show it.
   */
  perform(action: OperatorAction, name: string, by: string): Promise<OperatorOutcome>;
}
