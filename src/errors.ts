// Errors with stable codes and exit codes: a new error code is declared here.

/**
 * Every error code of Daybook with the exit code that it ends a command with and a sentence for the
 * operator. `docs/errors.md` lists the same codes; a test compares the two.
 *
 * Exit code 1: the work failed. Exit code 2: wrong use or configuration. Exit code 75: the work failed for a reason
 * that passes by itself, so the same may be tried again.
 */
export const errorCodes = {
  USAGE: { exitCode: 2, summary: 'The command line is wrong; the message names the option.' },
  CONFIG_INVALID: { exitCode: 2, summary: 'One or more settings are wrong; all are listed.' },
  OUTPUT_NOT_EMPTY: {
    exitCode: 2,
    summary: 'The folder to write into holds something already, and nothing says to write over it.',
  },
  PROJECT_FOLDER: {
    exitCode: 2,
    summary: 'A folder cannot be made a project; the message says what is in the way.',
  },
  INTERRUPTED: { exitCode: 1, summary: 'The work was stopped by Ctrl-C or a signal.' },
  DATA_AMBIGUOUS: {
    exitCode: 2,
    summary:
      'A log lies beside its own gzip, or two sources take one file; the message names both.',
  },
  DATA_MISSING: { exitCode: 2, summary: 'There is no data folder, or no log in it.' },
  DATA_UNREADABLE: {
    exitCode: 1,
    summary: 'A file of the data folder cannot be read or breaks off.',
  },
  DATA_SHAPE: {
    exitCode: 1,
    summary: 'A file is otherwise than its source declares, like a CSV without a declared column.',
  },
  LOAD_FAILED: { exitCode: 1, summary: 'Postgres refused a file; nothing of it was loaded.' },
  MODEL_INVALID: {
    exitCode: 2,
    summary: 'Headers or SQL of models are wrong; all problems are listed with file, line, column.',
  },
  MODEL_FAILED: { exitCode: 1, summary: 'A model could not be built; what was published stays.' },
  MODEL_DEPENDENT: {
    exitCode: 1,
    summary:
      'A model cannot be replaced without breaking what depends on it; the message names it.',
  },
  PARAMETER_INVALID: {
    exitCode: 2,
    summary: 'Parameters of a notebook do not fit; all are listed.',
  },
  PIPELINE_FAILED: {
    exitCode: 1,
    summary: 'A pipeline run failed; the summary names each failure.',
  },
  QUERY_FAILED: { exitCode: 1, summary: 'Postgres refused a query; the message says where.' },
  QUERY_TOO_LARGE: { exitCode: 1, summary: 'A query has more rows than a notebook may hold.' },
  REJECTS_EXCEEDED: {
    exitCode: 1,
    summary: 'More lines of a file or a source were rejected than its limit allows.',
  },
  REMOVAL_EXCEEDED: {
    exitCode: 1,
    summary: 'A run would take out more loaded lines of a source than its limit allows.',
  },
  PROJECT_DIFFERS: {
    exitCode: 1,
    summary: 'A worker has another version of the project than the run that it was to help.',
  },
  RUN_BUSY: {
    exitCode: 75,
    summary: 'Another run holds the warehouse for longer than this one was to wait.',
  },
  RUN_DIED: { exitCode: 1, summary: 'The process of a pipeline run ended without finishing it.' },
  RUN_UNKNOWN: {
    exitCode: 2,
    summary: 'There is no pipeline run, or no task in it, of that name.',
  },
  STORE_INVALID: {
    exitCode: 2,
    summary: 'An object store is another than the settings say: bucket, endpoint or region.',
  },
  STORE_REFUSED: {
    exitCode: 2,
    summary: 'An object store does not allow it, or there are no credentials for it.',
  },
  STORE_UNAVAILABLE: {
    exitCode: 75,
    summary: 'An object store cannot be reached, or breaks off again and again.',
  },
  OBJECT_CHANGED: {
    exitCode: 75,
    summary: 'An object was replaced while it was read; nothing of it was loaded.',
  },
  SOURCE_INVALID: {
    exitCode: 2,
    summary: 'Declarations of sources are wrong; all problems are listed with file, line, column.',
  },
  SOURCE_TABLE: {
    exitCode: 1,
    summary: "A source's table cannot be made as it is declared; nothing was changed.",
  },
  TASK_GIVEN_UP: {
    exitCode: 1,
    summary: 'No worker could finish a task; daybook queue list shows it and why.',
  },
  SNAPSHOT_LOST: {
    exitCode: 75,
    summary: 'The snapshot of a run of notebooks is gone with the worker that led it.',
  },
  TASK_LOST: {
    exitCode: 75,
    summary: 'A worker was silent for so long that its task was given to another.',
  },
  TEST_FAILED: {
    exitCode: 1,
    summary: "A model's tests found wrong rows; what was published stays.",
  },
  WORKER_STOPPED: {
    exitCode: 75,
    summary: 'A worker was stopped, and gave back what it had not finished.',
  },
  WAREHOUSE_UNAVAILABLE: {
    exitCode: 75,
    summary: 'The warehouse cannot be reached or takes no connection.',
  },
  WAREHOUSE_LOST: {
    exitCode: 75,
    summary: 'The warehouse went away during the work; what was published stays.',
  },
  WAREHOUSE_ACCESS_DENIED: {
    exitCode: 2,
    summary: 'The warehouse refuses user or password.',
  },
  WAREHOUSE_DATABASE_MISSING: {
    exitCode: 2,
    summary: 'The server has no database of the name in DATABASE_URL.',
  },
  WAREHOUSE_TLS: {
    exitCode: 2,
    summary: 'No encrypted connection to the warehouse, or its certificate is not trusted.',
  },
  WAREHOUSE_POOLED: {
    exitCode: 2,
    summary: 'A pool before the warehouse does not keep sessions; the message says what to change.',
  },
  WAREHOUSE_READER: {
    exitCode: 2,
    summary: 'A connection that is to read only could write, so it is not used.',
  },
  WAREHOUSE_UNSUPPORTED: {
    exitCode: 2,
    summary:
      'The server is an older Postgres than Daybook works with, or its database is not UTF8.',
  },
  TRANSACTION_LOST: {
    exitCode: 1,
    summary: 'Postgres rolled back a transaction that was to be committed.',
  },
  MIGRATION_INVALID: {
    exitCode: 2,
    summary: 'The migrations of this Daybook contradict what was applied to the warehouse.',
  },
  MIGRATION_FAILED: {
    exitCode: 1,
    summary: 'Postgres refused a migration; nothing of it is left.',
  },
  EMBEDDED_UNSUPPORTED: {
    exitCode: 2,
    summary: 'There are no Postgres binaries for this platform.',
  },
  EMBEDDED_START_FAILED: { exitCode: 1, summary: 'The embedded Postgres did not start.' },
  EMBEDDED_STOP_FAILED: { exitCode: 1, summary: 'The embedded Postgres did not stop in time.' },
  KERNELSPEC_TAKEN: {
    exitCode: 2,
    summary: "Another program's kernel has the name of ours; the message names its folder.",
  },
  LAB_FRONT_END: {
    exitCode: 1,
    summary: 'JupyterLab cannot be installed or bundled; the message holds what npm says.',
  },
  NOTEBOOK_NOT_FOUND: {
    exitCode: 2,
    summary: 'There is no notebook at that path, or of that name.',
  },
  NOTEBOOK_INVALID: {
    exitCode: 1,
    summary: 'A file is no notebook of format 4.0 to 4.5; the message has the path in the JSON.',
  },
  KERNEL_UNKNOWN: { exitCode: 1, summary: 'No kernel of that name is installed.' },
  KERNEL_CONNECTION_FILE: {
    exitCode: 2,
    summary: 'The connection file that a kernel was started with is missing or wrong.',
  },
  KERNEL_START: { exitCode: 1, summary: 'A kernel did not start or did not answer.' },
  KERNEL_PROTOCOL: {
    exitCode: 1,
    summary: 'A kernel sent something that is no Jupyter message, or one that is not signed.',
  },
  ADDRESS_UNAVAILABLE: {
    exitCode: 2,
    summary: 'A server cannot listen at this address; the message names it.',
  },
  PACKAGE_MISSING: {
    exitCode: 2,
    summary: 'A package is needed that is installed only where a project asks for it.',
  },
  BROWSER_MISSING: { exitCode: 2, summary: 'Pages are to be printed, and no browser is found.' },
  PRINT_FAILED: { exitCode: 1, summary: 'The browser did not print a page.' },
  RENDER_LIMIT: {
    exitCode: 1,
    summary: 'A notebook takes more time or memory to lay out than a page may, even as plain text.',
  },
  OUTPUT_UNWRITABLE: { exitCode: 1, summary: 'A file that was asked for cannot be written.' },
  PORT_IN_USE: { exitCode: 2, summary: 'Another program listens at this address already.' },
  USERS_INVALID: { exitCode: 2, summary: 'The file of users is not what Daybook wrote.' },
  USER_EXISTS: { exitCode: 2, summary: 'There is a user of that name already.' },
  USER_UNKNOWN: { exitCode: 2, summary: 'There is no user of that name.' },
  SIGN_IN_REFUSED: {
    exitCode: 1,
    summary: 'The sign-in provider knows somebody whom the settings do not let in.',
  },
  REQUEST_INVALID: {
    exitCode: 1,
    summary: 'A request to the Jupyter server cannot be answered as it was asked.',
  },
  INTERNAL: {
    exitCode: 1,
    summary: 'A fault in Daybook itself; `DAYBOOK_DEBUG=1` shows the stack.',
  },
} as const satisfies Record<string, { exitCode: 1 | 2 | 75; summary: string }>;

/** A stable name for what went wrong; scripts may rely on it. */
export type ErrorCode = keyof typeof errorCodes;

/** What an error may carry beside its message. */
export interface DaybookErrorOptions {
  /** The error underneath; its message is shown under ours. */
  cause?: unknown;
  /** Where it happened: `file:line`, `notebook.ipynb:cell 3`, a table's name. */
  where?: string | undefined;
  /** What the reader can do about it, as one sentence or command. */
  hint?: string | undefined;
}

/** The root of the tree: everything that Daybook itself throws is one of these. */
export class DaybookError extends Error {
  override readonly name: string = 'DaybookError';
  readonly code: ErrorCode;
  readonly where: string | undefined;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, options: DaybookErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.where = options.where;
    this.hint = options.hint;
  }

  /** 1 when the work failed, 2 for wrong use or configuration, 75 when the same may be tried again. */
  get exitCode(): 1 | 2 | 75 {
    return errorCodes[this.code].exitCode;
  }
}

/** Wrong settings: one error that names every problem, so that one start shows every mistake. */
export class ConfigError extends DaybookError {
  override readonly name = 'ConfigError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[], options: ErrorOptions = {}) {
    super(
      'CONFIG_INVALID',
      `The configuration has ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}:\n` +
        problems.map((problem) => `  - ${problem}`).join('\n'),
      options,
    );
    this.problems = problems;
  }
}

/**
 * The text that a terminal shows for any thrown value: message, place, cause and what to do.
 *
 * @param error - Whatever was thrown.
 * @param options - `stack: true` appends the stack of the innermost cause.
 */
export function describeError(error: unknown, options: { stack?: boolean } = {}): string {
  const lines: string[] = [];
  let current: unknown = error;
  let hint: string | undefined;
  for (let depth = 0; current !== undefined && depth < 5; depth += 1) {
    const prefix = depth === 0 ? '' : 'caused by: ';
    if (current instanceof DaybookError) {
      const where = current.where === undefined ? '' : `${current.where}: `;
      lines.push(`${prefix}${where}${current.message} [${current.code}]`);
      hint ??= current.hint;
    } else {
      const text = current instanceof Error ? current.message : JSON.stringify(current);
      // Our own message often says what the cause says, and more.
      if (lines.at(-1)?.includes(text) !== true) lines.push(prefix + text);
    }
    if (!(current instanceof Error)) break;
    if (options.stack === true && current.cause === undefined && current.stack !== undefined) {
      lines.push(current.stack);
    }
    current = current.cause;
  }
  if (hint !== undefined) lines.push(`→ ${hint}`);
  return lines.join('\n');
}
