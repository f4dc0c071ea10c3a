import { simulateLogs, type SimulationOptions } from './simulation.js';

/** Enough customers that their average is near that of any number of them. */
const trialAccounts = 500;

/**
 * How many customers make logs of about this size: found by playing a few of them through the same
 * months, without writing anything.
 *
 * @param bytes - All files together.
 * @returns At least 1.
 */
export function accountsForSize(
  bytes: number,
  options: Omit<SimulationOptions, 'accounts'>,
): number {
  let trialBytes = 0;
  for (const { pieces } of simulateLogs({ ...options, accounts: trialAccounts })) {
    for (const { text } of pieces) trialBytes += text.length;
  }
  return Math.max(1, Math.round((trialAccounts * bytes) / trialBytes));
}
