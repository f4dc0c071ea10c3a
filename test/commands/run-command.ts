import type { Command, ExitCode, Invocation } from '../../src/commands/command.js';
import type { Config } from '../../src/config/config.js';
import { silentLogger } from '../../src/logger.js';

/** What a command did. */
export interface CommandRun {
  exitCode: ExitCode;
  /** What it wrote to standard output. */
  stdout: string;
  /** What it wrote to standard error, but for the log. */
  stderr: string;
}

/**
 * Runs a command in this process, as the command line would.
 *
 * @param invocation - Its options and arguments; everything that is left out is empty.
 */
export async function runCommand(
  command: Command,
  config: Config,
  invocation: Partial<Pick<Invocation, 'values' | 'positionals' | 'env' | 'signal'>> = {},
): Promise<CommandRun> {
  let [stdout, stderr] = ['', ''];
  const exitCode = await command.run({
    values: {},
    positionals: [],
    env: {},
    signal: new AbortController().signal,
    ...invocation,
    config,
    cwd: config.root,
    logger: silentLogger,
    terminal: {
      out: (text) => (stdout += text),
      err: (text) => (stderr += text),
      interactive: false,
      columns: 80,
    },
  });
  return { exitCode, stdout, stderr };
}
