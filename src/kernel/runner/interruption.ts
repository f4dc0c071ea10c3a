import { compareExchange, wait } from './primordials.js';

/**
 * An interrupt between the two threads of a runner, in shared memory: the command thread asks, and
 * ends what runs if it gets no answer. The first to change the state wins, so nothing is ended
 * after the answer, and nothing is answered that is about to be ended.
 */
export const InterruptionState = {
  /** The cells' thread is to end the running cell. */
  asked: 1,
  /** The command thread ends whatever runs on the cells' thread. */
  terminating: 2,
  /** The running cell has ended. */
  answered: 3,
} as const;

/** Called by the command thread when it was not answered; false: it just was. */
export function beginTermination(interruption: Int32Array): boolean {
  const { asked, terminating } = InterruptionState;
  return compareExchange(interruption, 0, asked, terminating) === asked;
}

/**
 * Called by the cells' thread when it hears the question. False: it came too late to answer; then this
 * call is ended from outside, or returns, and the question comes again.
 */
export function answerInterruption(interruption: Int32Array): boolean {
  const { asked, terminating, answered } = InterruptionState;
  if (compareExchange(interruption, 0, asked, answered) === asked) return true;
  wait(interruption, 0, terminating);
  return false;
}
