import { advance, eventLines, noProgress, progressLine } from '../../notebook/report/progress.js';
import type { RunEvent } from '../../notebook/report/run-report.js';
import type { Terminal } from '../command.js';
import { progressDisplay, type ProgressDisplay } from './progress-display.js';

/** A display of notebooks that run. */
export function notebookProgress(terminal: Terminal): ProgressDisplay<RunEvent> {
  return progressDisplay(terminal, {
    initial: noProgress,
    advance,
    lines: eventLines,
    line: progressLine,
  });
}
