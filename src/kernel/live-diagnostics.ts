// The comm (`daybook.diagnostics`) by which front ends get diagnostics while a notebook is written.

import type { Message } from '../jupyter/message.js';
import type { NotebookDiagnostics, NotebookInProgress } from './compiler/diagnose.js';
import type { Outlet } from './outlet.js';

/** The name of the comm by which a front end asks for the diagnostics of a notebook that is being written. */
export const diagnosticsTarget = 'daybook.diagnostics';

/** What a front end sends. */
interface Asked extends NotebookInProgress {
  /** Comes back with the answer. */
  readonly request: number;
}

/**
 * Answers front ends over comms: each message has the notebook's cells, and its answer the diagnostics of the wanted
 * ones. Of several messages the last one is answered.
 */
export class LiveDiagnostics {
  readonly #outlet: Outlet;
  readonly #diagnose: (notebook: NotebookInProgress) => Promise<NotebookDiagnostics | null>;
  readonly #comms = new Set<string>();

  constructor(
    outlet: Outlet,
    diagnose: (notebook: NotebookInProgress) => Promise<NotebookDiagnostics | null>,
  ) {
    this.#outlet = outlet;
    this.#diagnose = diagnose;
  }

  /** The open comms by their ids, as `comm_info_reply` lists them. */
  info(target?: string): Record<string, { target_name: string }> {
    if (target !== undefined && target !== diagnosticsTarget) return {};
    return Object.fromEntries(
      [...this.#comms].map((id) => [id, { target_name: diagnosticsTarget }]),
    );
  }

  has(comm: string): boolean {
    return this.#comms.has(comm);
  }

  open(comm: string): void {
    this.#comms.add(comm);
  }

  close(comm: string): void {
    this.#comms.delete(comm);
  }

  /** Answers once the diagnostics are known; the kernel does not wait for it. */
  async answer(comm: string, data: unknown, parent: Message): Promise<void> {
    if (!this.#comms.has(comm) || !isAsked(data)) return;
    const { request, cells, wanted } = data;
    const diagnostics = await this.#diagnose({ cells, wanted }).catch(() => null);
    if (diagnostics === null || !this.#comms.has(comm)) return;
    this.#outlet.publish('comm_msg', { comm_id: comm, data: { request, diagnostics } }, parent);
  }
}

function isAsked(data: unknown): data is Asked {
  const { request, cells, wanted } = data as Partial<Asked>;
  return (
    typeof request === 'number' &&
    Array.isArray(wanted) &&
    wanted.every((id) => typeof id === 'string') &&
    Array.isArray(cells) &&
    cells.every(
      (cell: unknown) =>
        typeof cell === 'object' &&
        cell !== null &&
        typeof Reflect.get(cell, 'id') === 'string' &&
        typeof Reflect.get(cell, 'source') === 'string',
    )
  );
}
