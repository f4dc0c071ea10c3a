// The error with all problems of all models.

import { DaybookError } from '../../errors.js';

/** A problem in a model's file, before anything runs. */
export interface ModelProblem {
  /** `file:line:column`. */
  readonly where: string;
  readonly message: string;
}

/** All problems of all models in one error, so that one run shows every mistake. */
export class ModelError extends DaybookError {
  override readonly name = 'ModelError';
  readonly problems: readonly ModelProblem[];

  constructor(problems: readonly ModelProblem[]) {
    const [first] = problems;
    const lines = problems.map((problem) => `${problem.where}: ${problem.message}`);
    super(
      'MODEL_INVALID',
      problems.length === 1 && first !== undefined
        ? first.message
        : `${problems.length} problems in the models:\n  - ${lines.join('\n  - ')}`,
      problems.length === 1 && first !== undefined ? { where: first.where } : {},
    );
    this.problems = problems;
  }
}
