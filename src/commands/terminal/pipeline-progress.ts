import type { PipelineEvent } from '../../pipeline/pipeline-event.js';
import { advance, eventLines, explainedLines, idle, progressLine } from './pipeline-lines.js';
import type { Terminal } from '../command.js';
import { progressDisplay, type ProgressDisplay } from './progress-display.js';

/**
 * A display of a running pipeline.
 *
 * @param explain - Says for each file and model why it is done or not.
 */
export function pipelineProgress(
  terminal: Terminal,
  { explain = false } = {},
): ProgressDisplay<PipelineEvent> {
  return progressDisplay(terminal, {
    initial: idle,
    advance,
    lines: explain ? explainedLines : eventLines,
    line: progressLine,
  });
}
