// The outcome of a schedule or run, as icon and word.

import type { Element } from 'hast';
import { h } from 'hastscript';
import type { FiringStatus } from '../../schedules/firing.js';
import { stateIcon, type StateName } from './state.js';

/** A firing's status, the state of its schedule, or what became of a deadline. */
export type Outcome = FiringStatus | 'paused' | 'arrived' | 'late';

const outcomes: Readonly<Record<Outcome, readonly [StateName, string]>> = {
  waiting: ['waiting', 'Waiting'],
  running: ['running', 'Running'],
  passed: ['current', 'Passed'],
  failed: ['failed', 'Failed'],
  died: ['failed', 'Died'],
  missed: ['blocked', 'Missed'],
  stopped: ['waiting', 'Stopped'],
  paused: ['held', 'Paused'],
  arrived: ['current', 'In time'],
  late: ['outdated', 'Late'],
};

/** Icon and word. @param when - Then the icon alone is shown, and the word with this time is its tooltip. */
export function outcomeElement(outcome: Outcome, when?: string): Element {
  const [state, word] = outcomes[outcome];
  const className = ['state', `state-${state}`];
  if (when === undefined) return h('span', { className }, [stateIcon(state), ' ', word]);
  const label = `${word}: ${when}`;
  return h('span', { className, role: 'img', title: label, ariaLabel: label }, [stateIcon(state)]);
}
