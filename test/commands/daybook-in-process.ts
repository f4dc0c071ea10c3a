import { runCommandLine } from '../../src/commands/run-command-line.js';
import { terminalText } from '../../src/commands/terminal/terminal-text.js';
import type { Environment } from '../../src/config/environment/env-file.js';

/** How a command line ended. */
export interface Ended {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs `daybook ARGS` to its end in this process, as `bin/daybook.js` does in one of its own: to start that and read
 * the code anew takes half a second of processor time. What a process alone can show (signals, that it ends) is tried
 * with one.
 */
export async function daybookInProcess(
  args: readonly string[],
  { cwd, env }: { readonly cwd: string; readonly env: Environment },
): Promise<Ended> {
  let [stdout, stderr] = ['', ''];
  const exitCode = await runCommandLine(args, {
    ...{ cwd, env },
    terminal: {
      out: (text) => (stdout += text),
      err: (text) => (stderr += terminalText(text)),
      interactive: false,
      columns: 80,
    },
    log: (line) => (stderr += `${terminalText(line)}\n`),
    stopping: () => new AbortController().signal,
  });
  return { exitCode, stdout, stderr };
}
