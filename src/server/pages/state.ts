import type { Element } from 'hast';
import { h, s } from 'hastscript';
import type { DashboardNotebook } from '../../publication/publication-reader.js';

/**
 * What a reader must know of a page: `current`; `outdated`: tables changed after it ran; `failed`: the
 * last run failed, an earlier one is shown; `waiting`: no run has passed yet.
 */
export type PageState = 'current' | 'outdated' | 'failed' | 'waiting';

/** The state of a notebook's page. A failure outweighs its age: it will not mend itself. */
export function stateOf({ shown, latest, newerPipelineRunId }: DashboardNotebook): PageState {
  if (latest?.status === 'failed') return 'failed';
  if (shown === undefined) return 'waiting';
  return newerPipelineRunId === undefined ? 'current' : 'outdated';
}

const words: Readonly<Record<PageState, string>> = {
  current: 'Up to date',
  outdated: 'Newer data available',
  failed: 'Last run failed',
  waiting: 'Not published yet',
};

/** The one word, or few, that a state is called by everywhere. */
export function stateWord(state: PageState): string {
  return words[state];
}

// 16 × 16, drawn with the text's colour. Each state has a shape of its own beside its colour.
const shapes: Readonly<Record<PageState, string>> = {
  current: 'M8 1.5a6.5 6.5 0 1 0 0 13a6.5 6.5 0 0 0 0-13zM5 8.2l2.1 2.1L11 6',
  outdated: 'M8 1.5a6.5 6.5 0 1 0 0 13a6.5 6.5 0 0 0 0-13zM8 4.5V8l2.5 1.8',
  failed: 'M5.3 1.5h5.4l3.8 3.8v5.4l-3.8 3.8H5.3l-3.8-3.8V5.3zM5.8 5.8l4.4 4.4M10.2 5.8l-4.4 4.4',
  waiting: 'M8 1.5a6.5 6.5 0 1 0 0 13a6.5 6.5 0 0 0 0-13zM5 8h6',
};

/** The icon of a state, silent for screen readers: its word stands beside it. */
export function stateIcon(state: PageState): Element {
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

/** Icon and word together. */
export function stateElement(state: PageState): Element {
  return h('span', { className: ['state', `state-${state}`] }, [
    stateIcon(state),
    ' ',
    stateWord(state),
  ]);
}
