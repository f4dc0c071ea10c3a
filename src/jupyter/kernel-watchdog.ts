// A watchdog that ends kernels when their client is killed.

import { spawn } from 'node:child_process';
import type { Writable } from 'node:stream';

/**
 * A shell that tracks running process groups, marks of kernel processes, and their files. When its input ends, as
 * it does however this process ends, it terminates the remaining groups, then kills them, kills marked processes,
 * and removes the files. Its state is a list of lines, each a word and a name.
 */
const program = `
PATH="/usr/bin:/bin\${PATH:+:$PATH}"
left=
while IFS= read -r line; do
  case $line in
    gone*) left=$(printf '%s\\n' "$left" | grep -vxF -- "\${line#gone }") ;;
    *) left=$(printf '%s\\n%s' "$left" "$line") ;;
  esac
done
groups=$(printf '%s\\n' "$left" | sed -n 's/^group //p')
for group in $groups; do kill -TERM "-$group"; done
[ -z "$groups" ] || sleep 3
for group in $groups; do kill -KILL "-$group"; done
for mark in $(printf '%s\\n' "$left" | sed -n 's/^mark //p'); do
  for file in $(grep -lsF -- "$mark" /proc/[0-9]*/environ); do
    pid=\${file#/proc/}
    kill -KILL "\${pid%/environ}"
  done
done
printf '%s\\n' "$left" | sed -n 's/^path //p' | while IFS= read -r path; do rm -rf -- "$path"; done
`;

let input: Writable | undefined;

/**
 * Ends a kernel's process group when this process ends, even by SIGKILL, when none of our code runs any more.
 * Kernels need not know of it.
 *
 * @param group - The number of the group: its leading process.
 */
export function guardGroup(group: number): void {
  tell(`group ${group}`);
}

/** Releases an ended group, whose number may be reused. */
export function releaseGroup(group: number): void {
  if (input !== undefined) tell(`gone group ${group}`);
}

/**
 * Ends processes with a mark in their environment, which left the kernel's group.
 *
 * @param mark - Without white space.
 */
export function guardMarked(mark: string): void {
  tell(`mark ${mark}`);
}

/** Releases a mark that no process has any more. */
export function releaseMarked(mark: string): void {
  if (input !== undefined) tell(`gone mark ${mark}`);
}

/**
 * Removes a file or folder that is useless without this process, if that ends first.
 *
 * @param path - Absolute, and created by us for this purpose.
 */
export function guardPath(path: string): void {
  if (!path.includes('\n')) tell(`path ${path}`);
}

/** Releases a removed file or folder: another process may create one of the same name. */
export function releasePath(path: string): void {
  if (input !== undefined) tell(`gone path ${path}`);
}

function tell(line: string): void {
  input ??= startWatchdog();
  input?.write(`${line}\n`);
}

/** One watchdog for all kernels of this process; undefined where there are no process groups. */
function startWatchdog(): Writable | undefined {
  if (process.platform === 'win32') return undefined;
  const child = spawn('/bin/sh', ['-c', program], {
    stdio: ['pipe', 'ignore', 'ignore'],
    // Signals to our group, like Ctrl-C, must not reach it.
    detached: true,
  });
  child.once('error', () => undefined); // without a shell there is no watchdog
  child.stdin.on('error', () => undefined);
  child.once('exit', () => {
    input = undefined;
  });
  // It ends after this process: neither it nor the pipe keeps this process alive.
  child.unref();
  (child.stdin as Writable & { unref?(): void }).unref?.();
  return child.stdin;
}
