import { fork } from 'node:child_process';
import { discardSnapshot, snapshotArguments } from '../../cells/snapshot.js';
import type { Environment } from '../../config/config.js';
import {
  uncheckable,
  type CheckedNotebook,
  type NotebookToCheck,
} from '../document/type-problem.js';
import { packageFile } from '../../files/package-file.js';

/** What {@link checkInProcess} takes beside the notebooks. */
export interface CheckOptions {
  readonly env: Environment;
  /** Ends the check; who waits for it gets the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

interface Waiting {
  readonly notebook: NotebookToCheck;
  readonly resolve: (checked: CheckedNotebook) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Checks whole notebooks, one after another, in a process of their own: the compiler blocks for a
 * while, in which kernels start, and takes its memory with it when it is done. The process starts from
 * the snapshot that the compilers of kernels start from, with TypeScript and its library in it.
 *
 * @returns Of each notebook what was found, as soon as it is.
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
    // A Ctrl-C at our terminal reaches only us.
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
    // Where Node.js cannot use the snapshot, it goes without.
    if (!hasAnswered && execArgv.length > 0 && waiting.length > 0) {
      discardSnapshot(execArgv, killer);
      check(waiting, [], { env, signal });
      return;
    }
    // What it was about to check has ended it: the others get another process.
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
  // Should it fail, the process is gone, and `exit` says so.
  for (const { notebook } of waiting) child.send(withoutOutputs(notebook), () => undefined);
}

function withoutOutputs({ path, notebook }: NotebookToCheck): NotebookToCheck {
  const cells = notebook.cells.map((cell) =>
    cell.cell_type === 'code' ? { ...cell, outputs: [] } : cell,
  );
  return { path, notebook: { ...notebook, cells } };
}
