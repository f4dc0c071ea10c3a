import { countOf } from '../text/amounts.js';
import { DaybookError } from '../errors.js';
import { sqlstateOf } from '../warehouse/query/sqlstate.js';

/** Rows that a test found wrong. */
export interface TestFailure {
  /** The test's name, like `not_null(month)`. */
  readonly test: string;
  /** How many rows are wrong; of a test of the table as a whole how many there are too few or too many. */
  readonly count: number;
  /** What was found instead of what is right, in words: values with their numbers, or how many rows there are. */
  readonly found?: string | undefined;
  /** The first of them, as objects. */
  readonly rows: readonly unknown[];
}

/** Why a task or a run failed, in the shape in which `ops` keeps it. */
export interface TaskError {
  /** One of the codes of docs/errors.md. */
  readonly code: string;
  readonly message: string;
  /** `file:line:column`, or the file's name. */
  readonly where?: string;
  readonly hint?: string;
  /** Postgres's code, when Postgres refused. */
  readonly sqlstate?: string;
  /** What Postgres says beside its message; what it advises is the hint. */
  readonly detail?: string;
  readonly failures?: readonly TestFailure[];
}

/** What a test found, in words. */
export function foundBy({ count, found }: Pick<TestFailure, 'count' | 'found'>): string {
  return found ?? countOf(count, 'row');
}

/** A {@link DaybookError} that knows which rows were wrong. */
export class ModelTestError extends DaybookError {
  override readonly name = 'ModelTestError';
  readonly failures: readonly TestFailure[];

  constructor(where: string, failures: readonly TestFailure[]) {
    const names = failures.map((failure) => `${failure.test} (${foundBy(failure)})`).join(', ');
    super('TEST_FAILED', `failed: ${names}`, { where });
    this.failures = failures;
  }
}

/** Any thrown value as {@link TaskError}. */
export function toTaskError(error: unknown): TaskError {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : undefined;
  const server = [error, cause].find((candidate) => sqlstateOf(candidate) !== undefined) as
    { detail?: string; hint?: string } | undefined;
  const own = error instanceof DaybookError ? error : undefined;
  const message = error instanceof Error ? error.message : String(error);
  const optional = {
    where: own?.where,
    hint: own?.hint ?? server?.hint,
    sqlstate: sqlstateOf(server),
    detail: server?.detail,
    failures: error instanceof ModelTestError ? error.failures : undefined,
  };
  return {
    code: own?.code ?? 'INTERNAL',
    message: cause === undefined || own === undefined ? message : `${message}: ${cause.message}`,
    ...(Object.fromEntries(
      Object.entries(optional).filter(([, value]) => value !== undefined),
    ) as Partial<TaskError>),
  };
}
