// A progress line that is redrawn in place.

import type { Terminal } from '../command.js';
import { clearLine } from './terminal-text.js';
import { advance, eventLines, noProgress, progressLine } from '../../notebook/report/progress.js';
import type { RunEvent } from '../../notebook/report/run-report.js';

/** How events of a kind of work are shown. */
export interface ProgressView<State, Event> {
  /** The state before the first event. */
  readonly initial: State;
  /** The state after an event. */
  readonly advance: (state: State, event: Event) => State;
  /** Permanent lines of an event. */
  readonly lines: (event: Event) => readonly string[];
  /** The state on one line of at most so many columns; empty: nothing to show. */
  readonly line: (state: State, columns: number) => string;
}

/** Shows progress on standard error. */
export interface ProgressDisplay<Event> {
  readonly event: (event: Event) => void;
  /** Removes the progress line. */
  readonly end: () => void;
}

/** The shortest interval between redraws, in milliseconds. */
const redrawMs = 80;

/** A progress display: a line in place on an interactive terminal, and plain lines for results everywhere. */
export function progressDisplay<State, Event>(
  terminal: Terminal,
  view: ProgressView<State, Event>,
  now = () => performance.now(),
): ProgressDisplay<Event> {
  let state = view.initial;
  let shown = false;
  let drawnAt = -Infinity;
  const clear = (): void => {
    if (shown) terminal.err(clearLine);
    shown = false;
  };
  return {
    event: (event) => {
      state = view.advance(state, event);
      const lines = view.lines(event);
      if (lines.length > 0) {
        clear();
        terminal.err(lines.map((line) => `${line}\n`).join(''));
      }
      if (!terminal.interactive || (lines.length === 0 && now() - drawnAt < redrawMs)) return;
      const line = view.line(state, terminal.columns);
      clear();
      if (line === '') return;
      terminal.err(line);
      shown = true;
      drawnAt = now();
    },
    end: clear,
  };
}

/** The progress display of notebook runs. */
export function notebookProgress(terminal: Terminal): ProgressDisplay<RunEvent> {
  return progressDisplay(terminal, {
    initial: noProgress,
    advance,
    lines: eventLines,
    line: progressLine,
  });
}
