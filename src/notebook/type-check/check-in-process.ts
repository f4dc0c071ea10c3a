// The type check in a process of its own.

import { fork } from 'node:child_process';
import { discardSnapshot, snapshotArguments } from '../../cells/compiler/snapshot.js';
import type { Environment } from '../../config/environment/env-file.js';
import {
  uncheckable,
  type CheckedNotebook,
  type NotebookToCheck,
} from '../document/type-problem.js';
import { packageFile } from '../../files/package-file.js';

/** Options of {@link checkInProcess}. */
export interface CheckOptions {
  readonly env: Environment;
  /** Aborts the check; pending results reject with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

interface Waiting {
  readonly notebook: NotebookToCheck;
  readonly resolve: (checked: CheckedNotebook) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Checks notebooks one after another in a process of their own: the compiler blocks while kernels start, and its
 * memory is freed with the process. The process starts from the compiler's start-up snapshot, with TypeScript and
 * its library.
 *
 * @returns The result of each notebook, as soon as it is known.
 */
export function checkInProcess(
  notebooks: readonly NotebookToCheck[],
  { env, signal }: CheckOptions,
): Promise<CheckedNotebook>[] {
  const waiting: Waiting[] = [];
  const results = notebooks.map(
    (notebook) =>
      new Promise<CheckedNotebook>((resolve, reject) => {
        waiting.push({ notebook, resolve, reject });
      }),
  );
  for (const result of results) result.catch(() => undefined); // not everybody waits for each
  if (waiting.length > 0) check(waiting, snapshotArguments(env), { env, signal });
  return results;
}

function check(waiting: Waiting[], execArgv: string[], { env, signal }: CheckOptions): void {
  const main = packageFile('dist/notebook/type-check/check-process.js');
  const child = fork(main, [], {
    execArgv,
    env: { ...env, NODE_OPTIONS: undefined },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    serialization: 'advanced',
    // A Ctrl-C at the terminal must reach only this process.
    detached: true,
  });
  let hasAnswered = false;
  let hasEnded = false;
  const stop = () => {
    for (const { reject } of waiting.splice(0)) reject(signal?.reason);
    child.kill('SIGKILL');
  };
  signal?.addEventListener('abort', stop, { once: true });
  const end = (reason: string, killer: NodeJS.Signals | null) => {
    if (hasEnded) return;
    hasEnded = true;
    signal?.removeEventListener('abort', stop);
    // Where Node.js cannot use the snapshot, the process starts without it.
    if (!hasAnswered && execArgv.length > 0 && waiting.length > 0) {
      discardSnapshot(execArgv, killer);
      check(waiting, [], { env, signal });
      return;
    }
    // The process crashed on this notebook: the others get another process.
    const culprit = waiting.shift();
    culprit?.resolve(uncheckable(culprit.notebook, `the compiler ${reason}`));
    if (waiting.length > 0) check(waiting, execArgv, { env, signal });
  };
  child.once('error', (error) => {
    end(`failed (${error.message})`, null);
  });
  child.once('exit', (code, killer) => {
    end(`ended (${killer ?? `exit code ${code ?? '?'}`})`, killer);
  });
  child.on('message', (checked: CheckedNotebook) => {
    hasAnswered = true;
    waiting.shift()?.resolve(checked);
    if (waiting.length === 0) child.disconnect();
  });
  // On failure the process has ended, and `exit` follows.
  for (const { notebook } of waiting) child.send(withoutOutputs(notebook), () => undefined);
}

function withoutOutputs({ path, notebook }: NotebookToCheck): NotebookToCheck {
  const cells = notebook.cells.map((cell) =>
    cell.cell_type === 'code' ? { ...cell, outputs: [] } : cell,
  );
  return { path, notebook: { ...notebook, cells } };
}
