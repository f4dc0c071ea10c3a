// The state of an interrupt, shared by two threads.

import { compareExchange, wait } from './primordials.js';

/**
 * An interrupt between the two threads of a runner, in shared memory: the command thread asks, and terminates the
 * code if there is no answer. The first change of the state wins, so nothing is terminated after the answer, and
 * nothing answers that is about to be terminated.
 */
export const InterruptionState = {
  /** The cells' thread should end the running cell. */
  asked: 1,
  /** The command thread terminates the running code. */
  terminating: 2,
  /** The running cell has ended. */
  answered: 3,
} as const;

/** Called by the command thread without an answer; false: the answer has just come. */
export function beginTermination(interruption: Int32Array): boolean {
  const { asked, terminating } = InterruptionState;
  return compareExchange(interruption, 0, asked, terminating) === asked;
}

/**
 * Called by the cells' thread when it gets the request. False: too late; this call is terminated or returns, and
 * the request comes again.
 */
export function answerInterruption(interruption: Int32Array): boolean {
  const { asked, terminating, answered } = InterruptionState;
  if (compareExchange(interruption, 0, asked, answered) === asked) return true;
  wait(interruption, 0, terminating);
  return false;
}
