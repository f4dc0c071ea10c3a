// This folder executes one notebook: on a kernel (this file), cell by cell (execute-notebook.ts, cell-runner.ts),
// with outputs (notebook-outputs.ts) and failures (cell-failure.ts). It also decides what kernels get: environment
// variables (kernel-environment.ts), user, memory, and their turn (schedule-runs.ts).

import type { Environment } from '../../config/environment/env-file.js';
import { describeError } from '../../errors.js';
import type { SystemUser } from '../../system/system-users.js';
import { startKernel, type Kernel, type KernelInfo } from '../../jupyter/kernel.js';
import type { Kernelspec } from '../../jupyter/kernelspec.js';
import type { Logger } from '../../logger.js';
import {
  joinText,
  type CodeCell,
  type JsonObject,
  type Notebook,
} from '../../nbformat/notebook.js';
import { clearNotebook, withMark } from '../document/clear-notebook.js';
import type { NotebookRunSettings } from '../run-settings.js';
import type { ChosenSource } from '../collection/notebook-source.js';
import { repetition } from '../plan/repeated-cells.js';
import { ChoiceExecution, type ChosenNotebook } from './choice-execution.js';
import {
  executeNotebook,
  type ExecutedNotebook,
  type ExecutionContext,
} from './execute-notebook.js';
import { codeFrame } from '../../text/code-frame.js';
import { headline, type NotebookFailure } from '../document/failure.js';
import { repeatedId, withFailure } from '../document/repeated-id.js';
import type { CellResult, NotebookOutcome, NotebookStatus } from '../report/run-report.js';
import type { KernelMemory } from './kernel-memory.js';
import { isRunnable } from '../document/execution-metadata.js';
import { withoutColours } from '../dialects/traceback-position.js';
import { blockingProblems, typeFailure, withTypeErrors } from '../type-check/type-failure.js';
import type { CheckedNotebook, TypeProblem } from '../document/type-problem.js';

/** A notebook to run with its surroundings. */
export interface NotebookToRun extends Pick<ExecutionContext, 'onCell' | 'onProgress' | 'signal'> {
  readonly notebook: Notebook;
  readonly spec: Kernelspec;
  /** The kernel's working folder: the notebook's, absolute. */
  readonly folder: string;
  /** The kernel's environment. */
  readonly env: Environment;
  /** The user of the kernel; undefined: that of this process. */
  readonly user: SystemUser | undefined;
  /** The result of the type check, awaited while the kernel starts. */
  readonly checked: Promise<CheckedNotebook>;
  /** Parameter values for the notebook's metadata. */
  readonly parameters: JsonObject;
  readonly logger: Logger;
  /** Limits the kernel's memory; undefined: no limit. */
  readonly memory: KernelMemory | undefined;
  /** Its other choices, which run on the same kernel as far as that comes to the same; undefined: none. */
  readonly choices?: ChoicesToRun | undefined;
}

/** The choices of a notebook that are to run with it. */
export interface ChoicesToRun {
  /** What the notebook itself was given. */
  readonly chosen: ChosenSource;
  readonly others: readonly ChoiceToRun[];
  /** Told which cells run for each choice, or why all choices run on kernels of their own. */
  readonly onShared: (outcome: SharedOutcome) => void;
}

/** A further choice. */
export interface ChoiceToRun extends ChosenNotebook, Pick<ExecutionContext, 'onCell'> {
  /** Parameter values for the notebook's metadata. */
  readonly parameters: JsonObject;
  /** Called with its result; not at all: it has to run on a kernel of its own. */
  readonly onResult: (result: NotebookRunResult) => void;
}

/** The cells that run for each choice, from 1, or why none shares a kernel, in a few words. */
export type SharedOutcome = { readonly cells: readonly number[] } | { readonly reason: string };

/** The result of a notebook's run. */
export interface NotebookRunResult extends NotebookOutcome {
  readonly status: Exclude<NotebookStatus, 'unchanged'>;
  /** The executed notebook; `metadata.daybook.run` describes the run. */
  readonly document: Notebook;
  /** Kernel and versions, for the publication. */
  readonly kernel: JsonObject;
  readonly codeVersion: string | undefined;
  readonly startedAt: Date;
  readonly finishedAt: Date;
}

/**
 * Runs a notebook on a kernel of its own: starts the kernel while the type check runs, executes the cells unless
 * one has a type error, and ends the kernel. Failures of notebook and kernel do not throw.
 */
export async function runNotebook(
  run: NotebookToRun,
  settings: NotebookRunSettings,
): Promise<NotebookRunResult> {
  const { notebook, spec, checked, signal, logger, memory } = run;
  const finish = (info: KernelInfo | undefined, ended: EndedRun) =>
    resultOf(run, settings, startedAt, info, ended);
  const startedAt = new Date();
  const unneeded = new AbortController();
  const starting = startKernel(spec, {
    cwd: run.folder,
    env: run.env,
    user: run.user,
    signal: signal === undefined ? unneeded.signal : AbortSignal.any([signal, unneeded.signal]),
    logger,
  });
  starting.catch(() => undefined); // awaited below
  let kernel: Kernel | undefined;
  let stopMeasuring: (() => void) | undefined;
  try {
    const { problems, typeImports } = await checked;
    const blocking = blockingProblems(notebook, problems, settings);
    const first = blocking[0];
    if (first !== undefined) {
      return finish(undefined, {
        document: withTypeErrors(notebook, problems),
        failure: typeFailure(notebook, first),
        problems: blocking,
      });
    }
    try {
      kernel = await starting;
    } catch (error) {
      return finish(undefined, {
        document: clearNotebook(notebook),
        failure: { kind: 'kernel', ename: 'KernelStart', evalue: describeError(error) },
      });
    }
    const { process: kernelProcess } = kernel;
    let excess: string | undefined;
    stopMeasuring = memory?.watch(kernelProcess.pid ?? 0, (bytes) => {
      const limit = memory.limits.each;
      excess = `its kernel took ${megabytes(bytes)} of memory, and may take ${megabytes(limit)}`;
      void kernelProcess.end();
    });
    const sharing = sharingOf(run, kernel, await checked);
    const executed = await executeNotebook(notebook, kernel, settings, {
      ...run,
      beforeCell: sharing && ((cell) => sharing.beforeCell(cell)),
      endedBecause: () => excess,
      typeImports: (cell) => new Set(typeImports[cell] ?? []),
    });
    const repeated = executed.failure === undefined ? repeatedId(executed.notebook) : undefined;
    if (repeated !== undefined && settings.allowErrors !== true) {
      const document = withFailure(executed.notebook, repeated);
      return finish(kernel.info, { ...executed, failure: repeated, document });
    }
    const result = finish(kernel.info, { ...executed, document: executed.notebook });
    if (sharing !== undefined) await runChoices(run, settings, kernel, sharing, executed);
    return result;
  } finally {
    stopMeasuring?.();
    unneeded.abort();
    // Also ends a kernel that was started at the same moment.
    const started = kernel ?? (await starting.catch(() => undefined));
    const { stdout = '', stderr = '' } = started?.process.output() ?? {};
    if (stdout + stderr !== '')
      logger.debug(`the kernel wrote past the protocol:\n${stdout}${stderr}`);
    await started?.shutdown();
  }
}

/** How further choices may run on the kernel; undefined: there are none, or they may not. */
function sharingOf(
  { choices }: NotebookToRun,
  kernel: Kernel,
  { cells }: CheckedNotebook,
): ChoiceExecution | undefined {
  if (choices === undefined) return undefined;
  const { chosen, onShared } = choices;
  const found =
    kernel.info.implementation === 'daybook'
      ? repetition(cells, chosen.declaring, Object.keys(chosen.values))
      : { reason: `its kernel is ${kernel.spec.displayName}` };
  if ('reason' in found) {
    onShared(found);
    return undefined;
  }
  return new ChoiceExecution(kernel, found.cells);
}

/** Runs further choices as long as they come out as on kernels of their own. */
async function runChoices(
  run: NotebookToRun,
  settings: NotebookRunSettings,
  kernel: Kernel,
  sharing: ChoiceExecution,
  first: ExecutedNotebook,
): Promise<void> {
  const { choices } = run;
  if (choices === undefined) return;
  await sharing.begin(choices.chosen.values, first);
  for (const other of choices.others) {
    if (sharing.reason !== undefined) break;
    const startedAt = new Date();
    const { onCell = () => undefined } = other;
    const context = { onCell, signal: run.signal };
    const executed = await sharing.run(other, settings, context);
    if (executed === undefined || repeatedId(executed.notebook) !== undefined) continue;
    const { notebook, parameters } = other;
    const ended = { ...executed, document: executed.notebook };
    other.onResult(
      resultOf({ ...run, notebook, parameters }, settings, startedAt, kernel.info, ended),
    );
  }
  const { reason, cells } = sharing;
  choices.onShared(reason === undefined ? { cells } : { reason });
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}

/** The end of a run, without status and marks. */
interface EndedRun {
  readonly document: Notebook;
  readonly failure: NotebookFailure | undefined;
  readonly problems?: readonly TypeProblem[];
  readonly cells?: readonly CellResult[];
  readonly warnings?: readonly string[];
}

/** The result with its status and the marks in the notebook's metadata. */
function resultOf(
  { notebook, spec, parameters, signal }: NotebookToRun,
  { codeVersion }: NotebookRunSettings,
  startedAt: Date,
  info: KernelInfo | undefined,
  run: EndedRun,
): NotebookRunResult {
  const { document, failure, problems = [], warnings = [] } = run;
  const finishedAt = new Date();
  const status = signal?.aborted === true ? 'stopped' : failure === undefined ? 'passed' : 'failed';
  const kernel = kernelIdentity(spec, info);
  const mark: JsonObject = {
    status,
    started_at: startedAt.toISOString(),
    finished_at: finishedAt.toISOString(),
    kernel,
    ...(codeVersion === undefined ? {} : { code_version: codeVersion }),
    ...(Object.keys(parameters).length === 0 ? {} : { parameters }),
    ...(failure === undefined ? {} : { error: errorRecord(failure) }),
  };
  return {
    status,
    failure,
    excerpt: excerptOf(document, failure, problems.length > 0),
    problems,
    cells: run.cells ?? notRun(notebook),
    warnings,
    document: { ...document, metadata: withMark(document.metadata, 'run', mark) },
    kernel,
    codeVersion,
    startedAt,
    finishedAt,
  };
}

/** A failure as JSON for publication and metadata. */
export function errorRecord(failure: NotebookFailure): JsonObject {
  const { cellId, ...fields } = failure;
  return { ...fields, ...(cellId === undefined ? {} : { cell_id: cellId }) };
}

/** The traceback of the failure without its headline: the lines around, and the stack. */
function excerptOf(
  document: Notebook,
  failure: NotebookFailure | undefined,
  hasOtherProblems: boolean,
): string[] {
  const cell = document.cells[(failure?.cell ?? 0) - 1];
  if (failure === undefined || cell?.cell_type !== 'code') return [];
  if (hasOtherProblems) {
    // The output lists all problems of the cell; here each has a line of its own.
    const { line, column } = failure;
    return line === undefined
      ? []
      : ['', ...codeFrame(joinText(cell.source), { line, column }), ''];
  }
  const error = cell.outputs.findLast((output) => output.output_type === 'error');
  const headLength = headline(failure).split('\n').length;
  const [first, ...rest] = withoutColours(error?.traceback ?? []).slice(headLength);
  return [
    // Some kernels separate the lines around from the headline.
    ...(first === undefined ? [] : first === '' ? [first] : ['', first]),
    ...rest,
    ...lastOutput(cell, 'stdout'),
    ...lastOutput(cell, 'stderr'),
  ];
}

/** Lines of a failed cell's streams in its message. */
const shownLines = 10;

/** The last lines that a failed cell wrote to a stream. */
function lastOutput(cell: CodeCell, name: string): string[] {
  const text = cell.outputs
    .map((output) =>
      output.output_type === 'stream' && output.name === name ? joinText(output.text) : '',
    )
    .join('')
    .trimEnd();
  return text === '' ? [] : ['', `${name}:`, ...text.split('\n').slice(-shownLines)];
}

function notRun(notebook: Notebook): CellResult[] {
  return notebook.cells.flatMap((cell, index) =>
    cell.cell_type === 'code'
      ? [
          {
            cell: index + 1,
            status: isRunnable(cell) ? ('not-run' as const) : ('skipped' as const),
            duration: 0,
          },
        ]
      : [],
  );
}

function kernelIdentity(spec: Kernelspec, info: KernelInfo | undefined): JsonObject {
  return {
    name: spec.name,
    display_name: spec.displayName,
    language: spec.language,
    ...(info === undefined
      ? {}
      : {
          implementation: info.implementation,
          // The package's version for built-in kernels: not every kernel reports its own.
          implementation_version: spec.version ?? info.implementation_version,
        }),
    ...(spec.resourceDir === undefined ? { node: process.version } : {}),
  };
}
