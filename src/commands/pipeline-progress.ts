import type { PipelineEvent } from '../pipeline/pipeline-event.js';
import { advance, eventLines, idle, progressLine } from '../pipeline/progress.js';
import type { Terminal } from './command.js';

/** Shows a run on standard error. */
export interface PipelineProgress {
  event(event: PipelineEvent): void;
  /** Takes the line in place away. */
  end(): void;
}

/** How often the line in place is redrawn at most, in milliseconds. */
const redrawMs = 80;

/**
 * A display of a running pipeline: a line in place on a terminal that can be redrawn, and one plain
 * line for each thing that ended, everywhere.
 */
export function pipelineProgress(
  terminal: Terminal,
  now = () => performance.now(),
): PipelineProgress {
  let state = idle;
  let shown = false;
  let drawnAt = -Infinity;
  const clear = (): void => {
    if (shown) terminal.err('\r\x1b[K');
    shown = false;
  };
  return {
    event: (event) => {
      state = advance(state, event);
      const lines = eventLines(event);
      if (lines.length > 0) {
        clear();
        terminal.err(lines.map((line) => `${line}\n`).join(''));
      }
      if (!terminal.interactive || (lines.length === 0 && now() - drawnAt < redrawMs)) return;
      const line = progressLine(state, terminal.columns);
      clear();
      if (line === '') return;
      terminal.err(line);
      shown = true;
      drawnAt = now();
    },
    end: clear,
  };
}
