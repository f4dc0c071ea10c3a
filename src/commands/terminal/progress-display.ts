import type { Terminal } from '../command.js';
import { clearLine } from './terminal-text.js';
import { advance, eventLines, noProgress, progressLine } from '../../notebook/report/progress.js';
import type { RunEvent } from '../../notebook/report/run-report.js';

/** How events of one kind of work are shown. */
export interface ProgressView<State, Event> {
  /** The state before the first event. */
  readonly initial: State;
  /** The state after an event. */
  readonly advance: (state: State, event: Event) => State;
  /** Lines that stay after an event. */
  readonly lines: (event: Event) => readonly string[];
  /** The state in one line of at most so many columns; empty: nothing to show. */
  readonly line: (state: State, columns: number) => string;
}

/** Shows work under way on standard error. */
export interface ProgressDisplay<Event> {
  readonly event: (event: Event) => void;
  /** Takes the line in place away. */
  readonly end: () => void;
}

/** How often the line in place is redrawn at most, in milliseconds. */
const redrawMs = 80;

/**
 * A display of work: a line in place on a terminal that can be redrawn, and plain lines for what is
 * done, everywhere.
 */
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

/** A display of notebooks that run. */
export function notebookProgress(terminal: Terminal): ProgressDisplay<RunEvent> {
  return progressDisplay(terminal, {
    initial: noProgress,
    advance,
    lines: eventLines,
    line: progressLine,
  });
}
