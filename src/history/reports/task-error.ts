// Errors of tasks, as they are stored.

import { countOf } from '../../text/amounts.js';
import { DaybookError } from '../../errors.js';
import { isTransient } from '../../warehouse/connect/is-transient.js';
import { sqlstateOf } from '../../warehouse/query/sqlstate.js';

/** A failed test. */
export interface TestFailure {
  /** The test's name, like `not_null(month)`. */
  readonly test: string;
  /** The number of wrong rows; of a test of the whole table, by how many rows it is off. */
  readonly count: number;
  /** The wrong values in words, with their numbers, or the number of rows. */
  readonly found?: string | undefined;
  /** The first of them, as objects. */
  readonly rows: readonly unknown[];
}

/** An error of a task or run, as stored in `ops`. */
export interface TaskError {
  /** An error code of docs/errors.md. */
  readonly code: string;
  readonly message: string;
  /** `file:line:column`, or the file's name. */
  readonly where?: string;
  readonly hint?: string;
  /** It passes by itself: the same may be tried again. */
  readonly isTransient?: true;
  /** Postgres's code, when Postgres refused. */
  readonly sqlstate?: string;
  /** Postgres's detail; its advice is the hint. */
  readonly detail?: string;
  readonly failures?: readonly TestFailure[];
}

/** The result of a failed test in words. */
export function foundBy({ count, found }: Pick<TestFailure, 'count' | 'found'>): string {
  return found ?? countOf(count, 'row');
}

/** A {@link DaybookError} with the wrong rows. */
export class ModelTestError extends DaybookError {
  override readonly name = 'ModelTestError';
  readonly failures: readonly TestFailure[];

  constructor(where: string, failures: readonly TestFailure[]) {
    const names = failures.map((failure) => `${failure.test} (${foundBy(failure)})`).join(', ');
    super('TEST_FAILED', `failed: ${names}`, { where });
    this.failures = failures;
  }
}

/** What Postgres says beside its message. */
type ServerExplanation = Error & { readonly detail?: string; readonly hint?: string };

/** A thrown value as {@link TaskError}. */
export function toTaskError(error: unknown): TaskError {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : undefined;
  const saidByServer = (candidate: unknown) => sqlstateOf(candidate) !== undefined;
  const server = [error, cause].find(saidByServer) as ServerExplanation | undefined;
  const own = error instanceof DaybookError ? error : undefined;
  const message = error instanceof Error ? error.message : String(error);
  const optional = {
    where: own?.where,
    hint: own?.hint ?? server?.hint,
    sqlstate: sqlstateOf(server),
    detail: server?.detail,
    failures: error instanceof ModelTestError ? error.failures : undefined,
    isTransient: isTransient(error) || undefined,
  };
  return {
    code: own?.code ?? 'INTERNAL',
    message: cause === undefined || own === undefined ? message : `${message}: ${cause.message}`,
    ...(Object.fromEntries(
      Object.entries(optional).filter(([, value]) => value !== undefined),
    ) as Partial<TaskError>),
  };
}
