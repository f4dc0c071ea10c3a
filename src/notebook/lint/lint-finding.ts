// A finding of the check of notebooks beyond types.

import type { LintRule, LintSeverity } from '../../config/declarations/lint-rules.js';

/** A finding in a notebook. Numbers count from 1. */
export interface LintFinding {
  readonly rule: LintRule;
  readonly severity: Exclude<LintSeverity, 'off'>;
  readonly cell: number;
  readonly line: number;
  readonly column: number;
  readonly message: string;
  /** The name that it is about, for those who mend it. */
  readonly name?: string | undefined;
}

/** A finding before the project has said how severe it is; the place in characters of the cell. */
export interface RawFinding extends Pick<LintFinding, 'rule' | 'cell' | 'message' | 'name'> {
  readonly start: number;
}
