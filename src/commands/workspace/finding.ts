// What one check of `daybook doctor` found.

import { DaybookError } from '../../errors.js';

/** The result of a check. */
export interface Finding {
  readonly name: string;
  readonly ok: boolean;
  /** False: only a part of Daybook needs it. */
  readonly required: boolean;
  /** What was found, or what is wrong. */
  readonly detail: string;
  /** The command or setting that fixes it. */
  readonly mend?: string | undefined;
}

/** A failure as a finding says it; errors that are not of Daybook are thrown on. */
export function describeFailure(error: unknown): Pick<Finding, 'detail' | 'mend'> {
  if (!(error instanceof DaybookError)) throw error;
  const { message, hint } = error;
  return { detail: message, mend: hint };
}
