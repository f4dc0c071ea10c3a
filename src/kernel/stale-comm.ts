// The comm (`daybook.stale`) by which front ends learn which cells are stale.

import type { Message, MessageContents, UnknownContent } from '../jupyter/message.js';
import { StaleCells, type CellRun } from './stale-cells.js';

/** What a comm of the target {@link staleTarget} is told. */
export interface StaleState {
  /** The ids of stale cells. */
  readonly stale: readonly string[];
  /** The cells that read from each cell, directly or not. */
  readonly dependents: Readonly<Record<string, readonly string[]>>;
}

/** The target name: a front end opens a comm of it, and gets a message at once and after each change. */
export const staleTarget = 'daybook.stale';

type Publish = (type: 'comm_msg', content: MessageContents['comm_msg'], parent?: Message) => void;

/**
 * Tells front ends which cells are stale. Cells are known by the `cellId` in the metadata of their execute requests
 * (https://jupyter-client.readthedocs.io/en/stable/messaging.html#cell-id); without one nothing is kept. A message
 * on the comm may have `sources`, the texts of cells by id as they stand now, null for a cell that is gone.
 */
export class StaleComm {
  readonly #cells = new StaleCells();
  readonly #comms = new Set<string>();
  readonly #publish: Publish;

  constructor(publish: Publish) {
    this.#publish = publish;
  }

  /** The open comms of a target, as `comm_info_reply` lists them; undefined: of all. */
  info(target: string | undefined): MessageContents['comm_info_reply']['comms'] {
    const asked = target === undefined || target === staleTarget ? [...this.#comms] : [];
    return Object.fromEntries(asked.map((id) => [id, { target_name: staleTarget }]));
  }

  open(id: string, parent: Message): void {
    this.#comms.add(id);
    this.#tell([id], parent);
  }

  close(id: string): void {
    this.#comms.delete(id);
  }

  /** Takes a front end's message. */
  receive(data: UnknownContent, parent: Message): void {
    const { sources } = data;
    if (typeof sources !== 'object' || sources === null) return;
    for (const [cell, source] of Object.entries(sources)) {
      if (typeof source === 'string') this.#cells.edited(cell, source);
      else if (source === null) this.#cells.removed(cell);
    }
    this.#tell(this.#comms, parent);
  }

  /**
   * Notes what an execute request did.
   *
   * @param run - Undefined: the cell did not come to run.
   */
  executed(request: Message, source: string, run: CellRun | undefined): void {
    const { cellId, deletedCells } = request.metadata;
    if (Array.isArray(deletedCells)) {
      for (const cell of deletedCells) if (typeof cell === 'string') this.#cells.removed(cell);
    }
    if (typeof cellId === 'string') {
      if (run === undefined) this.#cells.edited(cellId, source);
      else this.#cells.ran(cellId, source, run);
    }
    this.#tell(this.#comms, request);
  }

  /** Forgets all cells. */
  clear(): void {
    this.#cells.clear();
  }

  #tell(comms: Iterable<string>, parent: Message): void {
    const ids = [...comms];
    if (ids.length === 0) return;
    const dependents = Object.fromEntries(this.#cells.dependents());
    const state: StaleState = { stale: this.#cells.stale(), dependents };
    for (const id of ids) this.#publish('comm_msg', { comm_id: id, data: { ...state } }, parent);
  }
}
