import { spawn } from 'node:child_process';
import type { Writable } from 'node:stream';

/**
 * A shell that reads which process groups run and which have ended, which marks the processes of kernels
 * carry, and which files are there for them. When its input ends, which it does however we end, it ends the
 * groups that are left, first so that they can clear up, then for good, ends what carries a mark, and removes
 * the files. What is left is a list of lines, each a word and a name.
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
 * Has a kernel's process group ended when our process ends, even by SIGKILL, when no code of ours runs
 * any more. Kernels need not know of it.
 *
 * @param group - The group's number: the process that leads it.
 */
export function guardGroup(group: number): void {
  tell(`group ${group}`);
}

/** The group has ended: its number may soon be another's. */
export function releaseGroup(group: number): void {
  if (input !== undefined) tell(`gone group ${group}`);
}

/**
 * Has the processes ended that carry a mark in their environment, which left the kernel's group.
 *
 * @param mark - Without white space.
 */
export function guardMarked(mark: string): void {
  tell(`mark ${mark}`);
}

/** Stops guarding a mark that no process carries any more. */
export function releaseMarked(mark: string): void {
  if (input !== undefined) tell(`gone mark ${mark}`);
}

/**
 * Has a file or folder removed that is of no use without our process, if that ends before it removed it.
 *
 * @param path - Absolute, and made by us for this purpose.
 */
export function guardPath(path: string): void {
  if (!path.includes('\n')) tell(`path ${path}`);
}

/** Stops guarding a file or folder that is gone: another process may make one of the same name. */
export function releasePath(path: string): void {
  if (input !== undefined) tell(`gone path ${path}`);
}

function tell(line: string): void {
  input ??= startWatchdog();
  input?.write(`${line}\n`);
}

/** One for all kernels of this process; undefined where there are no process groups. */
function startWatchdog(): Writable | undefined {
  if (process.platform === 'win32') return undefined;
  const child = spawn('/bin/sh', ['-c', program], {
    stdio: ['pipe', 'ignore', 'ignore'],
    // A signal to our group, like Ctrl-C, is not for it.
    detached: true,
  });
  child.once('error', () => undefined); // without a shell there is no watchdog
  child.stdin.on('error', () => undefined);
  child.once('exit', () => {
    input = undefined;
  });
  // It ends after us: neither it nor the pipe keeps us running.
  child.unref();
  (child.stdin as Writable & { unref?(): void }).unref?.();
  return child.stdin;
}
