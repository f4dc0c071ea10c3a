// How something that happens by itself ended, as icon and word.

import type { Element } from 'hast';
import { h } from 'hastscript';
import type { FiringStatus } from '../../schedules/firing.js';
import { stateIcon, type StateName } from './state.js';

/** A firing's status, or the state of its schedule. */
export type Outcome = FiringStatus | 'paused';

const outcomes: Readonly<Record<Outcome, readonly [StateName, string]>> = {
  waiting: ['waiting', 'Waiting'],
  running: ['running', 'Running'],
  passed: ['current', 'Passed'],
  failed: ['failed', 'Failed'],
  died: ['failed', 'Died'],
  missed: ['blocked', 'Missed'],
  stopped: ['waiting', 'Stopped'],
  paused: ['held', 'Paused'],
};

/** Icon and word. @param when - Then the icon alone is shown, and the word with this time is its tooltip. */
export function outcomeElement(outcome: Outcome, when?: string): Element {
  const [state, word] = outcomes[outcome];
  const className = ['state', `state-${state}`];
  if (when === undefined) return h('span', { className }, [stateIcon(state), ' ', word]);
  return h('span', { className, title: `${word}: ${when}` }, [
    stateIcon(state),
    h('span', { className: 'sr-only' }, `${word} ${when} `),
  ]);
}
