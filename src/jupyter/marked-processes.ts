// Processes that a kernel started, found by a mark in their environment.

import { readdirSync, readFileSync } from 'node:fs';

/**
 * The variable that marks a kernel's processes: every descendant has the kernel's environment, also in another
 * group or session.
 */
export const markVariable = 'DAYBOOK_KERNEL';

/** The number of searches: a process may start another one meanwhile. */
const rounds = 5;

/**
 * Kills all processes with a mark in their environment. Only Linux shows environments of other processes;
 * elsewhere it does nothing.
 *
 * @param mark - Unique to a kernel.
 */
export function endMarked(mark: string): void {
  if (process.platform !== 'linux') return;
  for (let round = 0; round < rounds; round += 1) {
    const found = processesWith(mark);
    if (found.length === 0) return;
    for (const pid of found) kill(pid);
  }
}

function processesWith(mark: string): number[] {
  let names: string[];
  try {
    names = readdirSync('/proc');
  } catch {
    return []; // no /proc in a sandbox
  }
  return names
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((name) => {
      try {
        return readFileSync(`/proc/${name}/environ`, 'latin1').includes(mark);
      } catch {
        return false; // somebody else's, or gone
      }
    })
    .map(Number);
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}
