// States of notebooks, runs and tasks: their word, icon and order of urgency.

import type { Element } from 'hast';
import { h, s } from 'hastscript';
import type { DashboardNotebook } from '../../publication/publication.js';
import type { TaskStatus } from '../../history/runs/pipeline-run.js';

/**
 * The state of a notebook's page: `current`; `outdated`: tables changed after the run; `held`: the last pipeline
 * run failed and refreshed nothing; `stale`: the data are older than the notebook permits; `failed`: the last run
 * failed, an earlier one is shown; `waiting`: no run has passed yet.
 */
export type PageState = 'current' | 'outdated' | 'held' | 'stale' | 'failed' | 'waiting';

/** All states; each has an icon here and a colour in the stylesheet. */
export type StateName = PageState | 'running' | 'unchanged' | 'blocked';

/** The state of a notebook's page. A failure outranks age, because a new run does not cure it. */
export function stateOf(notebook: DashboardNotebook): PageState {
  const { shown, latest, newerPipelineRunId, heldBy, staleAfter } = notebook;
  if (latest?.status === 'failed') return 'failed';
  if (shown === undefined) return 'waiting';
  // A new run cures this; staleness needs new files.
  if (newerPipelineRunId !== undefined) return 'outdated';
  // New files do not help before the pipeline is repaired.
  if (heldBy !== undefined) return 'held';
  return staleAfter === undefined ? 'current' : 'stale';
}

const words: Readonly<Record<PageState, string>> = {
  current: 'Up to date',
  outdated: 'Newer data available',
  held: 'Not refreshed',
  stale: 'Data too old',
  failed: 'Last run failed',
  waiting: 'Not published yet',
};

/** The label of a state. */
export function stateLabel(state: PageState): string {
  return words[state];
}

/** Icon and label of each status of tasks and runs. */
const tasks: Readonly<Record<TaskStatus, readonly [StateName, string]>> = {
  queued: ['waiting', 'Waiting for a worker'],
  pending: ['waiting', 'Waiting'],
  running: ['running', 'Running'],
  passed: ['current', 'Passed'],
  unchanged: ['unchanged', 'Unchanged'],
  failed: ['failed', 'Failed'],
  interrupted: ['failed', 'Interrupted'],
  upstream_failed: ['blocked', 'Blocked'],
  skipped: ['waiting', 'Skipped'],
};

/** The icon of a task's status. An unknown status looks like a waiting one. */
export function taskState(status: TaskStatus): StateName {
  return Object.hasOwn(tasks, status) ? tasks[status][0] : 'waiting';
}

/** The label of a task's status. */
export function taskLabel(status: TaskStatus): string {
  return Object.hasOwn(tasks, status) ? tasks[status][1] : status;
}

const circle = 'M8 1.5a6.5 6.5 0 1 0 0 13a6.5 6.5 0 0 0 0-13z';
const octagon = 'M5.3 1.5h5.4l3.8 3.8v5.4l-3.8 3.8H5.3l-3.8-3.8V5.3z';

// 16 × 16, in the text's colour. States differ by shape, not by colour alone.
const shapes: Readonly<Record<StateName, string>> = {
  current: `${circle}M5 8.2l2.1 2.1L11 6`,
  outdated: `${circle}M8 4.5V8l2.5 1.8`,
  stale: `${circle}M8 4.2v4.6M8 11.2v.2`,
  held: `${octagon}M8 4.2v4.6M8 11.2v.2`,
  failed: `${octagon}M5.8 5.8l4.4 4.4M10.2 5.8l-4.4 4.4`,
  waiting: `${circle}M5 8h6`,
  running: `${circle}M6.5 5.2v5.6L11 8z`,
  unchanged: `${circle}M5 6.6h6M5 9.4h6`,
  blocked: `${octagon}M5 8h6`,
};

/** The SVG path of a state's icon, in a square of 16 × 16. */
export function stateShape(state: StateName): string {
  return shapes[state];
}

/** The icon of a state, hidden from screen readers: the label stands beside it. */
export function stateIcon(state: StateName): Element {
  return s(
    'svg',
    {
      className: ['state-icon', `state-${state}`],
      viewBox: '0 0 16 16',
      width: 16,
      height: 16,
      ariaHidden: 'true',
    },
    [s('path', { d: shapes[state] })],
  );
}

/** Icon and label of a state. */
export function stateElement(state: PageState): Element {
  return iconAndWord(state, stateLabel(state));
}

/** Icon and label of a task or a run. */
export function taskElement(status: TaskStatus): Element {
  return iconAndWord(taskState(status), taskLabel(status));
}

function iconAndWord(state: StateName, word: string): Element {
  return h('span', { className: ['state', `state-${state}`] }, [stateIcon(state), ' ', word]);
}
