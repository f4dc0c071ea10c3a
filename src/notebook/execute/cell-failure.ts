// The failure of a cell: by reply, timeout, lost kernel, unhandled exception.

import type { KernelExit, KernelProcess } from '../../jupyter/kernel-process.js';
import type { MessageContents } from '../../jupyter/message.js';
import type { Output } from '../../nbformat/notebook.js';
import type { CellEnding, InterruptCause } from './cell-runner.js';
import type { NotebookFailure } from '../document/failure.js';
import type { CellReport, FailedCell, KernelDialect } from '../dialects/kernel-dialect.js';
import { positionInTraceback } from '../dialects/traceback-position.js';

/** A cell that has ended, with all that is known of it. */
export interface EndedCell extends FailedCell {
  readonly dialect: KernelDialect;
  readonly outputs: readonly Output[];
  /** The output of the kernel's process outside of the protocol. */
  readonly kernelOutput: ReturnType<KernelProcess['output']>;
  /** The applicable time limit, in milliseconds. */
  readonly limit: { readonly of: 'cell' | 'notebook'; readonly milliseconds: number };
  /** The report of an unhandled exception during this cell. */
  readonly late: CellReport | undefined;
  /** Why this process ended the kernel; undefined: it did not. */
  readonly endedBecause: string | undefined;
}

/** The failure of a cell by its ending; undefined: it passed. Only the reply tells whether it passed. */
export function failureOfEnding(ending: CellEnding, cell: EndedCell): CellReport | undefined {
  switch (ending.kind) {
    case 'stopped':
      return undefined;
    case 'refused':
      return report('not-run', 'NotRun', ending.reason ?? 'the kernel refused to run this cell');
    case 'died':
      return ending.interrupted === undefined
        ? died(ending.exit, cell)
        : interrupted(ending.interrupted, cell, [
            'The kernel did not react to the interrupt and was ended.',
          ]);
    case 'replied':
      if (ending.interrupted !== undefined) {
        // The error is a consequence of the interrupt, whose cause says more.
        const stderrTexts = cell.dialect.failureOf(cell)?.stderrTexts ?? [];
        return { ...interrupted(ending.interrupted, cell), stderrTexts, shown: 'replaced' };
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

/** An exception or a type error. */
function failed(reply: MessageContents['execute_reply'], cell: EndedCell): CellReport {
  const shown = cell.outputs.findLast((output) => output.output_type === 'error');
  if (shown !== undefined) {
    return shownReport('error', shown, reply.execution_count, cell.source);
  }
  if (reply.ename !== undefined) {
    return report('error', reply.ename, reply.evalue ?? '', reply.traceback ?? []);
  }
  return (
    cell.dialect.failureOf(cell) ??
    report('error', 'Error', 'the kernel says that the cell failed, and not why')
  );
}

/** A failure that is in the cell's outputs already. */
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

/** An unhandled exception that is in the outputs of its cell already. */
export function shownLateError(error: MessageContents['error']): CellReport {
  return shownReport('late-error', error, undefined, '');
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

/** Lines of a dead kernel's last output. */
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
