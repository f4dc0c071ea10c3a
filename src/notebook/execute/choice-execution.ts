// Execution of a notebook's choices on one kernel: what depends on none of them runs once, the rest for each.

import type { Kernel } from '../../jupyter/kernel.js';
import { isMessage, type Message } from '../../jupyter/message.js';
import type { Notebook } from '../../nbformat/notebook.js';
import type { ChosenValues } from '../../publication/choice-values.js';
import type { RepeatedCell } from '../plan/repeated-cells.js';
import type { ExecutionSettings } from '../run-settings.js';
import {
  executeNotebook,
  type ExecutedNotebook,
  type ExecutionContext,
} from './execute-notebook.js';

/** A notebook with one choice. */
export interface ChosenNotebook {
  readonly notebook: Notebook;
  readonly values: ChosenValues;
}

type Watches = RepeatedCell['watches'];

/**
 * The first choice runs as any notebook does. Meanwhile, and after each of the others, the kernel is asked whether what
 * their cells reach is still what it was; where it is not, nothing says that a choice would come out as from a kernel of
 * its own, and there are no more.
 */
export class ChoiceExecution {
  readonly #kernel: Kernel;
  readonly #cells: readonly RepeatedCell[];
  /** Executed notebooks with their values, to take cells from. */
  readonly #done: { readonly values: ChosenValues; readonly executed: Notebook }[] = [];
  #reason: string | undefined;

  constructor(kernel: Kernel, cells: readonly RepeatedCell[]) {
    this.#kernel = kernel;
    this.#cells = cells;
  }

  /** Why further choices cannot run on this kernel, in a few words; undefined: they can. */
  get reason(): string | undefined {
    return this.#reason;
  }

  /** The numbers of the cells that run for each choice. */
  get cells(): number[] {
    return this.#cells.map(({ cell }) => cell);
  }

  /** To be called before each cell (by index) of the first choice runs. */
  async beforeCell(index: number): Promise<void> {
    const cell = this.#cells.find((one) => one.cell === index + 1);
    if (cell !== undefined) await this.#look(cell.watches, [], `before cell ${cell.cell}`);
  }

  /** Takes the first choice once it has run. */
  async begin(
    values: ChosenValues,
    { notebook, failure, reachable }: ExecutedNotebook,
  ): Promise<void> {
    const [cell] = reachable;
    if (failure !== undefined) this.#reason ??= 'its first choice failed';
    if (cell !== undefined) {
      this.#reason ??= `cell ${cell + 1} shows what others may change`;
    }
    const failing = this.#cells.find((one) => hasError(notebook, one.cell));
    if (failing !== undefined) this.#reason ??= `cell ${failing.cell} shows an error`;
    this.#done.push({ values, executed: notebook });
    await this.#look(this.#allWatches(), this.#made(), 'after its first choice');
  }

  /**
   * Runs another choice: the cells that depend on what is chosen, but for those whose figures are known from a choice
   * with the same values of all that they depend on.
   *
   * @returns Undefined: it has to run on a kernel of its own.
   */
  async run(
    { notebook, values }: ChosenNotebook,
    settings: ExecutionSettings,
    context: ExecutionContext,
  ): Promise<ExecutedNotebook | undefined> {
    const [first] = this.#done;
    if (this.#reason !== undefined || first === undefined) return undefined;
    const known = new Map(this.#cells.map((one) => [one.cell, this.#knownFrom(one, values)]));
    const running = this.#toRun(known);
    const cells = first.executed.cells.map(
      (cell, index) => known.get(index + 1)?.cells[index] ?? cell,
    );
    const others = { ...first.executed, cells };
    const executed = await executeNotebook(notebook, this.#kernel, settings, {
      ...context,
      again: { cells: new Set([...running].map((cell) => cell - 1)), others },
    });
    const isWhole =
      executed.failure === undefined &&
      context.signal?.aborted !== true &&
      executed.reachable.size === 0 &&
      !this.#cells.some(({ cell }) => hasError(executed.notebook, cell));
    const where = `after ${Object.values(values).map(String).join(', ')} was chosen`;
    const isUnchanged = await this.#look({}, this.#made(), where);
    if (!isWhole || !isUnchanged) return undefined;
    this.#done.push({ values, executed: executed.notebook });
    return executed;
  }

  /** The choice that a cell's outputs may be taken from; undefined: none. */
  #knownFrom(
    { parameters, isDeclarative }: RepeatedCell,
    values: ChosenValues,
  ): Notebook | undefined {
    const isSame = (other: ChosenValues) =>
      [...parameters].every((name) => other[name] === values[name]);
    const found = this.#done.find((one) => isDeclarative || isSame(one.values));
    return found?.executed;
  }

  /** The cells whose outputs are not known, and those that make what these read. */
  #toRun(known: ReadonlyMap<number, Notebook | undefined>): Set<number> {
    const running = new Set(
      [...known].flatMap(([cell, from]) => (from === undefined ? [cell] : [])),
    );
    // A Set goes through what is added on the way, too.
    for (const cell of running) {
      for (const before of this.#cells.find((one) => one.cell === cell)?.after ?? []) {
        running.add(before);
      }
    }
    return running;
  }

  #allWatches(): Watches {
    return Object.assign({}, ...this.#cells.map(({ watches }) => watches)) as Watches;
  }

  /** The names that each choice makes anew. */
  #made(): string[] {
    return this.#cells.flatMap(({ declares }) => declares);
  }

  /** Whether everything is as it was. */
  async #look(names: Watches, forget: readonly string[], where: string): Promise<boolean> {
    if (this.#reason !== undefined) return false;
    const finding = await askKernel(this.#kernel, { names, forget });
    if (finding !== undefined) this.#reason = `${finding} ${where}`;
    return finding === undefined;
  }
}

function hasError({ cells }: Notebook, number: number): boolean {
  const cell = cells[number - 1];
  return cell?.cell_type === 'code' && cell.outputs.some((one) => one.output_type === 'error');
}

/** What the kernel finds of names; a kernel that has ended finds that. */
async function askKernel(kernel: Kernel, look: object): Promise<string | undefined> {
  const { channels } = kernel;
  const request = channels.request('debug_request', {
    ...{ type: 'request', seq: 1, command: 'daybookLook' },
    arguments: { ...look },
  });
  let stop: () => void = () => undefined;
  try {
    const answer = new Promise<Message>((resolve) => {
      stop = kernel.listen((_, message) => {
        const isAnswer = message.parentHeader.msg_id === request.header.msg_id;
        if (isAnswer && isMessage(message, 'debug_reply')) resolve(message);
      });
    });
    await channels.send('control', request);
    const ended = kernel.process.exited.then(() => undefined);
    const reply = await Promise.race([answer, ended]);
    if (reply === undefined) return 'the kernel ended';
    const { finding } = (reply as Message & { content: { body: Record<string, unknown> } }).content
      .body;
    return typeof finding === 'string' ? finding : undefined;
  } finally {
    stop();
  }
}
