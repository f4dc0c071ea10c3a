// What the commands say that cancel a run.

/**
 * The line that says how a cancellation ended.
 *
 * @param was - What the run was; undefined: it had ended.
 * @param watch - The command that follows such a run, like `pipeline watch`.
 */
export function cancelledLine(
  run: number,
  was: 'queued' | 'running' | undefined,
  watch: string,
): string {
  if (was === undefined) return `run ${run} has ended already\n`;
  if (was === 'queued') return `run ${run} is cancelled; no worker had begun it\n`;
  return `run ${run} is told to end: npx daybook ${watch} ${run} shows it\n`;
}
