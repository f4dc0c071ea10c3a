import type { KernelExit, KernelProcess } from '../../jupyter/kernel-process.js';
import type { MessageContents } from '../../jupyter/message.js';
import type { Output } from '../../nbformat/notebook.js';
import type { CellEnding, InterruptCause } from './cell-runner.js';
import type { NotebookFailure } from '../document/failure.js';
import { positionInTraceback } from '../dialects/traceback-position.js';
import type { CellToCompile } from '../../tslab/compiled-cell.js';
import { locateError } from '../../tslab/error-position.js';
import {
  readReportedError,
  typeErrorName,
  type ReportedError,
} from '../../tslab/reported-error.js';

/** What is known of a cell that has ended. */
export interface EndedCell extends CellToCompile {
  /** Its stderr, message by message, where that is the only report of a failure (tslab). */
  readonly stderr: readonly string[];
  readonly outputs: readonly Output[];
  /** What the kernel's process wrote past the protocol. */
  readonly kernelOutput: ReturnType<KernelProcess['output']>;
  /** The limit that would have interrupted it, in milliseconds. */
  readonly limit: { readonly of: 'cell' | 'notebook'; readonly milliseconds: number };
  /** The report of an exception that no cell waited for, which came while this cell ran. */
  readonly late: CellReport | undefined;
  /** Why we ended its kernel, if we did. */
  readonly endedBecause: string | undefined;
}

/** A failure, and what has to be done to show it in the cell's outputs. */
export interface CellReport {
  readonly failure: Omit<NotebookFailure, 'cell' | 'cellId'>;
  /** For the end of the traceback. */
  readonly details: readonly string[];
  /** Pieces of the cell's stderr that told of it, and that the error output replaces. */
  readonly stderrTexts: readonly string[];
  /** What becomes of an error output that the kernel has sent: it stays, or this one takes its place. */
  readonly shown?: 'stays' | 'replaced';
}

/** What failed, if anything did, of a cell that ended so. Only the reply tells whether it passed. */
export function failureOfEnding(ending: CellEnding, cell: EndedCell): CellReport | undefined {
  switch (ending.kind) {
    case 'stopped':
      return undefined;
    case 'refused':
      return report('not-run', 'NotRun', 'the kernel refused to run this cell');
    case 'died':
      return ending.interrupted === undefined
        ? died(ending.exit, cell)
        : interrupted(ending.interrupted, cell, [
            'The kernel did not react to the interrupt and was ended.',
          ]);
    case 'replied':
      if (ending.interrupted !== undefined) {
        // The interrupt ended the cell with an error; that it was interrupted says more.
        const texts = readReportedError(cell.stderr)?.texts ?? [];
        return { ...interrupted(ending.interrupted, cell), stderrTexts: texts, shown: 'replaced' };
      }
      if (ending.reply.status !== 'ok') return failed(ending.reply, cell);
      return cell.late;
  }
}

function report(
  kind: NotebookFailure['kind'],
  ename: string,
  evalue: string,
  details: readonly string[] = [],
): CellReport {
  return { failure: { kind, ename, evalue }, details, stderrTexts: [] };
}

/** The cell threw, or does not type-check. */
function failed(reply: MessageContents['execute_reply'], cell: EndedCell): CellReport {
  const shown = cell.outputs.findLast((output) => output.output_type === 'error');
  if (shown !== undefined) {
    return shownReport('error', shown, reply.execution_count, cell.source);
  }
  if (reply.ename !== undefined) {
    return report('error', reply.ename, reply.evalue ?? '', reply.traceback ?? []);
  }
  const reported = readReportedError(cell.stderr);
  if (reported === undefined) {
    return report('error', 'Error', 'the kernel says that the cell failed, and not why');
  }
  const { ename, evalue, texts: stderrTexts } = reported;
  const isTypeError = ename === typeErrorName;
  const located = isTypeError
    ? { position: reported.position, stack: [] }
    : locateError(reported.stack, cell);
  return {
    failure: { kind: isTypeError ? 'type-error' : 'error', ename, evalue, ...located.position },
    details: located.stack,
    stderrTexts,
  };
}

/** A failure that the kernel has shown in the cell's outputs. */
function shownReport(
  kind: 'error' | 'late-error',
  error: MessageContents['error'],
  executionCount: number | null | undefined,
  source: string,
): CellReport {
  const { ename, evalue, traceback } = error;
  const position = positionInTraceback(traceback, executionCount, source);
  const isTypeError = kind === 'error' && /^TS\d+$/.test(ename);
  return {
    failure: { kind: isTypeError ? 'type-error' : kind, ename, evalue, ...position },
    details: [],
    stderrTexts: [],
    shown: 'stays',
  };
}

/** An exception that no cell waited for, which the kernel has shown where it belongs. */
export function shownLateError(error: MessageContents['error']): CellReport {
  return shownReport('late-error', error, undefined, '');
}

/** An exception that no cell waited for, as tslab tells of it: nobody knows where it belongs. */
export function reportedLateError(error: ReportedError): CellReport {
  // Nobody knows which cell's script the stack speaks of.
  const { stack } = locateError(error.stack, undefined);
  return {
    failure: { kind: 'late-error', ename: error.ename, evalue: error.evalue },
    details: [
      'No cell was waiting for this: a timer, an event or a promise of this cell or of an earlier',
      'one threw it.',
      ...(stack.length === 0 ? [] : ['', ...stack]),
    ],
    stderrTexts: error.texts,
  };
}

function died(exit: KernelExit, cell: EndedCell): CellReport {
  if (cell.endedBecause !== undefined) {
    return report('memory-limit', 'MemoryLimit', cell.endedBecause, []);
  }
  const { stdout, stderr } = cell.kernelOutput;
  const words = (stderr.trim() === '' ? stdout : stderr).trim();
  const how =
    exit.signal === null
      ? `ended with exit code ${exit.code ?? '?'}`
      : `was ended by ${exit.signal}`;
  return report(
    'kernel-died',
    'KernelDied',
    `the kernel ${how}`,
    words === '' ? [] : ['The kernel wrote last:', ...words.split('\n').slice(-lastLines)],
  );
}

/** Lines of a dead kernel's last words. */
const lastLines = 20;

function interrupted(
  cause: InterruptCause,
  cell: EndedCell,
  details: readonly string[] = [],
): CellReport {
  if (cause === 'input') {
    const evalue = 'the cell asks for input, and nobody is there to type it';
    return report('input-requested', 'InputRequested', evalue, details);
  }
  const seconds = `${cell.limit.milliseconds / 1000} seconds`;
  return cell.limit.of === 'cell'
    ? report('cell-timeout', 'CellTimeout', `the cell did not finish within ${seconds}`, details)
    : report(
        'notebook-timeout',
        'NotebookTimeout',
        `the notebook did not finish within ${seconds}`,
        details,
      );
}
