// Execution of a notebook's cells in order.

import type { Kernel } from '../../jupyter/kernel.js';
import {
  joinText,
  type Cell,
  type CodeCell,
  type Json,
  type Notebook,
} from '../../nbformat/notebook.js';
import { failureOfEnding, shownLateError } from './cell-failure.js';
import type { ExecutionSettings } from '../run-settings.js';
import { CellRunner, defaultCellLimits, type CellEnding } from './cell-runner.js';
import { clearNotebook, withMark } from '../document/clear-notebook.js';
import { foreignSqlMessage, isForeignSql } from '../document/foreign-sql.js';
import { errorOutput, type NotebookFailure } from '../document/failure.js';
import {
  addError,
  addNote,
  defaultOutputLimit,
  finishedOutputs,
  withoutLastError,
  withoutStderrText,
} from './notebook-outputs.js';
import type { CellResult, CellStatus } from '../report/run-report.js';
import { cellLimit, isRunnable, mayFail } from '../document/execution-metadata.js';
import { dialectOf, type CellReport, type KernelDialect } from '../dialects/kernel-dialect.js';

/** Progress of a cell, for displays and reports. Numbers count all cells from 1. */
export type CellEvent =
  | { readonly type: 'cell-start'; readonly cell: number }
  | {
      readonly type: 'cell-end';
      readonly cell: number;
      readonly status: CellStatus;
      /** Milliseconds. */
      readonly duration: number;
    };

/** The surroundings of an execution. */
export interface ExecutionContext {
  /** Names that a cell (by index) imports as types only, by the type check. */
  readonly typeImports?: (cell: number) => ReadonlySet<string>;
  readonly onCell?: (event: CellEvent) => void;
  /** Called after each cell, and periodically during long ones, with a function that returns the current notebook. */
  readonly onProgress?: (notebook: () => Notebook) => void;
  /** Why this process ended the kernel; undefined: it did not. */
  readonly endedBecause?: () => string | undefined;
  /** Called before a cell (by index) runs. */
  readonly beforeCell?: ((cell: number) => Promise<void>) | undefined;
  /** Runs only some cells, which ran before on the kernel; the others are as they were. */
  readonly again?: RunAgain | undefined;
  /** Stops at once; the notebook keeps its outputs. */
  readonly signal?: AbortSignal | undefined;
}

/** Cells that run again. */
export interface RunAgain {
  /** By index. */
  readonly cells: ReadonlySet<number>;
  /** What the cells are that do not run; their texts are those of the notebook. */
  readonly others: Notebook;
}

/** The interval of progress during a long cell, in milliseconds. */
const progressInterval = 30_000;

/** A notebook after its execution. */
export interface ExecutedNotebook {
  /** The notebook with outputs, times and marks; format 4.5. */
  readonly notebook: Notebook;
  /** The first failure that was not allowed; undefined: the run passed. */
  readonly failure: NotebookFailure | undefined;
  /** Of each code cell, in order. */
  readonly cells: readonly CellResult[];
  /** Warnings for the operator. */
  readonly warnings: readonly string[];
  /** Cells (by index) whose displays others may change, or that showed something after they had ended. */
  readonly reachable: ReadonlySet<number>;
}

/**
 * Executes the cells of a notebook in order on a kernel of its own. Failures of cells and kernel do not throw:
 * they are the result.
 */
export async function executeNotebook(
  original: Notebook,
  kernel: Kernel,
  settings: ExecutionSettings = {},
  context: ExecutionContext = {},
): Promise<ExecutedNotebook> {
  const execution = new NotebookExecution(clearNotebook(original), kernel, settings, context);
  try {
    return await execution.run();
  } finally {
    execution.close();
  }
}

class NotebookExecution {
  readonly #notebook: Notebook;
  readonly #kernel: Kernel;
  readonly #settings: ExecutionSettings;
  readonly #context: ExecutionContext;
  readonly #runner: CellRunner;
  readonly #dialect: KernelDialect;
  readonly #statuses = new Map<number, CellStatus>();
  readonly #durations = new Map<number, number>();
  readonly #warnings: string[] = [];
  /** Stderr of the running cell, message by message. */
  #stderr: string[] = [];
  /** The first unhandled exception that no cell was failed for yet. */
  #late: { readonly cell: number; readonly report: CellReport } | undefined;

  constructor(
    notebook: Notebook,
    kernel: Kernel,
    settings: ExecutionSettings,
    context: ExecutionContext,
  ) {
    this.#notebook = notebook;
    this.#kernel = kernel;
    this.#settings = settings;
    this.#context = context;
    this.#dialect = dialectOf(kernel.info);
    this.#runner = new CellRunner(kernel, notebook.cells.length, {
      limits: { ...defaultCellLimits, ...settings.limits },
      outputLimit: settings.outputLimit ?? defaultOutputLimit,
      signal: context.signal,
      onStderr: (cell, text) => {
        const report = this.#dialect.lateErrorOf(text);
        if (report === undefined) this.#stderr.push(text);
        else this.#late ??= { cell, report };
      },
      onLateError: (cell, error) => {
        this.#late ??= { cell, report: shownLateError(error) };
      },
    });
  }

  close(): void {
    this.#runner.close();
  }

  async run(): Promise<ExecutedNotebook> {
    const { timeout = Infinity } = this.#settings;
    const { onProgress } = this.#context;
    const deadline = performance.now() + timeout;
    const progress = setInterval(() => onProgress?.(() => this.#executed()), progressInterval);
    try {
      return await this.#runCells(deadline);
    } finally {
      clearInterval(progress);
    }
  }

  async #runCells(deadline: number): Promise<ExecutedNotebook> {
    let failure: NotebookFailure | undefined;
    for (const [index, cell] of this.#notebook.cells.entries()) {
      if (cell.cell_type !== 'code') continue;
      if (failure !== undefined || this.#context.signal?.aborted === true) {
        this.#statuses.set(index, 'not-run');
      } else if (!isRunnable(cell)) {
        this.#statuses.set(index, 'skipped');
      } else if (this.#context.again?.cells.has(index) === false) {
        this.#statuses.set(index, 'passed');
      } else {
        failure = await this.#step(index, cell, deadline);
      }
    }
    return {
      notebook: this.#executed(),
      failure,
      cells: [...this.#statuses].map(([index, status]) => ({
        cell: index + 1,
        status,
        duration: this.#durations.get(index) ?? 0,
      })),
      warnings: this.#warnings,
      reachable: new Set([...this.#runner.displaying, ...this.#runner.late]),
    };
  }

  /** Runs a cell; returns its failure if that ends the run. */
  async #step(
    index: number,
    cell: CodeCell,
    deadline: number,
  ): Promise<NotebookFailure | undefined> {
    const { onCell, beforeCell } = this.#context;
    await beforeCell?.(index);
    const cellTimeout = cellLimit(cell) ?? this.#settings.cellTimeout ?? Infinity;
    const began = performance.now();
    onCell?.({ type: 'cell-start', cell: index + 1 });
    const remaining = deadline - began;
    const ending = await this.#runCell(index, cell, Math.min(cellTimeout, remaining));
    const report = failureOfEnding(ending, {
      source: joinText(cell.source),
      typeImports: this.#context.typeImports?.(index) ?? new Set(),
      earlierSources: this.#notebook.cells
        .slice(0, index)
        .filter(isRunnable)
        .map(({ source }) => joinText(source)),
      dialect: this.#dialect,
      stderr: this.#stderr,
      outputs: finishedOutputs(this.#runner.outputs, index).outputs,
      kernelOutput: this.#kernel.process.output(),
      limit:
        remaining < cellTimeout
          ? { of: 'notebook', milliseconds: this.#settings.timeout ?? Infinity }
          : { of: 'cell', milliseconds: cellTimeout },
      late: this.#late?.report,
      endedBecause: this.#context.endedBecause?.(),
    });
    const at = report?.failure.kind === 'late-error' ? (this.#late?.cell ?? index) : index;
    this.#late = undefined;
    const failure = report === undefined ? undefined : this.#record(at, report);
    const isOwn = failure !== undefined && at === index;
    const status = ranNever(ending) ? 'not-run' : isOwn ? 'failed' : 'passed';
    this.#statuses.set(index, status);
    if (at !== index) this.#statuses.set(at, 'failed');
    const duration = Math.round(performance.now() - began);
    this.#durations.set(index, duration);
    onCell?.({ type: 'cell-end', cell: index + 1, status, duration });
    this.#context.onProgress?.(() => this.#executed());
    const allowed =
      failure !== undefined &&
      this.#isAllowed(cell, failure) &&
      ending.kind === 'replied' &&
      failure.kind !== 'notebook-timeout';
    return allowed ? undefined : failure;
  }

  /** Whether the run continues after a failure, by options and tags. */
  #isAllowed(cell: CodeCell, { ename }: NotebookFailure): boolean {
    const { allowErrors = false, forceRaiseErrors = false } = this.#settings;
    if (forceRaiseErrors) return false;
    if (mayFail(cell)) return true;
    return typeof allowErrors === 'boolean' ? allowErrors : allowErrors.includes(ename);
  }

  async #runCell(index: number, cell: CodeCell, timeout: number): Promise<CellEnding> {
    this.#stderr = [];
    const before = this.#context.again?.others.cells[index];
    const count = before?.cell_type === 'code' ? before.execution_count : null;
    // Our kernel runs it under its number, so that it names itself as it did.
    const metadata = count === null ? cell.metadata : { ...cell.metadata, daybookAgain: count };
    const code = { source: joinText(cell.source), metadata };
    const { spec, info } = this.#kernel;
    if (info.implementation !== 'daybook' && isForeignSql(code.source, metadata, spec.language)) {
      return { kind: 'refused', reason: foreignSqlMessage };
    }
    const { allowErrors, forceRaiseErrors = false } = this.#settings;
    const goesOn = !forceRaiseErrors && (mayFail(cell) || allowErrors === true);
    const ending = await this.#runner.run(index, code, timeout, goesOn);
    if (ending.kind === 'replied' && !ending.idle) {
      const text =
        'the kernel did not say that it was done with this cell: some of its output may be missing';
      this.#runner.amend((outputs) => addNote(outputs, index, text));
      this.#warnings.push(`cell ${index + 1}: ${text}`);
    }
    if (this.#dialect.settles && ending.kind === 'replied') await this.#runner.settle();
    return ending;
  }

  /** Adds a failure to the outputs of its cell, in place of the text that reported it. */
  #record(index: number, report: CellReport): NotebookFailure {
    const cell = this.#notebook.cells[index];
    const failure: NotebookFailure = {
      ...report.failure,
      cell: index + 1,
      cellId: cell?.id,
    };
    this.#runner.amend((outputs) => {
      const kept = report.stderrTexts.reduce(
        (state, text) => withoutStderrText(state, index, text),
        outputs,
      );
      if (report.shown === 'stays') return kept;
      const output = errorOutput(failure, joinText(cell?.source ?? ''), report.details);
      const others = report.shown === 'replaced' ? withoutLastError(kept, index) : kept;
      return addError(others, index, output);
    });
    return failure;
  }

  #executed(): Notebook {
    const { spec, info } = this.#kernel;
    return {
      ...this.#notebook,
      metadata: {
        ...this.#notebook.metadata,
        kernelspec: { name: spec.name, display_name: spec.displayName, language: spec.language },
        language_info: info.language_info as Record<string, Json>,
      },
      cells: this.#notebook.cells.map((cell, index) => this.#executedCell(cell, index)),
    };
  }

  #executedCell(cell: Cell, index: number): Cell {
    if (cell.cell_type !== 'code') return cell;
    const { again } = this.#context;
    const before = again?.others.cells[index];
    if (before?.cell_type === 'code' && again?.cells.has(index) === false) {
      return { ...before, source: cell.source };
    }
    const { outputs, executionCount } = finishedOutputs(this.#runner.outputs, index);
    const timings = this.#runner.timings(index);
    const timed =
      Object.keys(timings).length === 0 ? cell.metadata : { ...cell.metadata, execution: timings };
    const status = this.#statuses.get(index) ?? 'passed';
    return {
      ...cell,
      outputs,
      execution_count: executionCount,
      metadata: status === 'passed' ? timed : withMark(timed, 'status', status),
    };
  }
}

function ranNever(ending: CellEnding): boolean {
  return ending.kind === 'stopped' || ending.kind === 'refused';
}
