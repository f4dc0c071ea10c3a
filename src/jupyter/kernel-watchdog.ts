import { spawn } from 'node:child_process';
import type { Writable } from 'node:stream';

/**
 * A shell that reads which process groups run and which have ended. When its input ends, which it does
 * however we end, it ends those that are left: first so that they can clear up, then for good.
 */
const program = `
groups=
while read -r action group; do
  case $action in
    add) groups="$groups $group" ;;
    remove)
      left=
      for each in $groups; do [ "$each" = "$group" ] || left="$left $each"; done
      groups=$left ;;
  esac
done
[ -z "$groups" ] && exit
for group in $groups; do kill -TERM "-$group"; done
sleep 3
for group in $groups; do kill -KILL "-$group"; done
`;

let input: Writable | undefined;

/**
 * Has a kernel's process group ended when our process ends, even by SIGKILL, when no code of ours runs
 * any more. Kernels need not know of it.
 *
 * @param group - The group's number: the process that leads it.
 */
export function guardGroup(group: number): void {
  tell(`add ${group}`);
}

/** The group has ended: its number may soon be another's. */
export function releaseGroup(group: number): void {
  if (input !== undefined) tell(`remove ${group}`);
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
