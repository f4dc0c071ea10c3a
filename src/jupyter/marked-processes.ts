import { readdirSync, readFileSync } from 'node:fs';

/**
 * The variable by which a process that left its kernel's group is known: whoever it started, and whatever
 * session it is in, it has the kernel's environment.
 */
export const markVariable = 'DAYBOOK_KERNEL';

/** So often processes are looked for: one may start another while we look. */
const rounds = 5;

/**
 * Ends all processes that carry a mark in their environment, for good. Only Linux tells us other
 * processes' environments; elsewhere it does nothing.
 *
 * @param mark - Unique to one kernel.
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
