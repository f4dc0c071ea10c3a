import { locateError } from '../../tslab/error-position.js';
import { readLateError, readReportedError, typeErrorName } from '../../tslab/reported-error.js';
import type { KernelDialect } from './kernel-dialect.js';

/** tslab, whose stderr is the only report of a failure. */
export const tslabDialect: KernelDialect = {
  failureOf(cell) {
    const reported = readReportedError(cell.stderr);
    if (reported === undefined) return undefined;
    const { ename, evalue, texts: stderrTexts } = reported;
    const isTypeError = ename === typeErrorName;
    const { position, stack } = isTypeError
      ? { position: reported.position, stack: [] }
      : locateError(reported.stack, cell);
    return {
      failure: { kind: isTypeError ? 'type-error' : 'error', ename, evalue, ...position },
      details: stack,
      stderrTexts,
    };
  },
  lateErrorOf(text) {
    const error = readLateError(text);
    if (error === undefined) return undefined;
    // The stack does not say which cell's script it is of.
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
  },
  settles: true,
};
