// One command line from its arguments to its exit code: the command is found, its arguments are read, errors are told.

import { useLocale } from '../text/locale.js';
import { findRoot, readConfig } from '../config/config.js';
import type { Environment } from '../config/environment/env-file.js';
import { withEnvFile } from '../config/environment/env-file.js';
import { DaybookError, describeError } from '../errors.js';
import { isTransient } from '../warehouse/connect/is-transient.js';
import { packageVersion } from '../files/package-file.js';
import { createLogger, type Logger } from '../logger.js';
import { findCommand, parseArguments } from './command-line.js';
import { commandHelp, type Terminal } from './command.js';

/** Where a command line is given. */
export interface Surroundings {
  readonly cwd: string;
  readonly env: Environment;
  readonly terminal: Terminal;
  /** Writes a line of the log, without its line feed. */
  readonly log: (line: string) => void;
  /** What asks the command to stop; called when it begins. */
  readonly stopping: (logger: Logger) => AbortSignal;
}

/** Runs `daybook ARGS`; errors go to the terminal. Resolves to the exit code. */
export async function runCommandLine(
  args: readonly string[],
  surroundings: Surroundings,
): Promise<number> {
  const { env, terminal } = surroundings;
  try {
    return await runNamed(args, surroundings);
  } catch (error) {
    terminal.err(`${describeError(error, { stack: Boolean(env['DAYBOOK_DEBUG']) })}\n`);
    if (error instanceof DaybookError) return error.exitCode;
    return isTransient(error) ? 75 : 1;
  }
}

async function runNamed(
  args: readonly string[],
  { cwd, env: given, terminal, log, stopping }: Surroundings,
): Promise<number> {
  if (args[0] === '--version') {
    terminal.out(`daybook ${packageVersion()}\n`);
    return 0;
  }
  const asked = findCommand(args);
  if ('overview' in asked) {
    terminal.out(asked.overview);
    return asked.exitCode;
  }
  const root = findRoot(cwd);
  const env = withEnvFile(given, root);
  const command = await asked.entry.load({ root, env });
  const { values, positionals } = parseArguments(asked.name, command, asked.rest);
  if (values['help'] === true) {
    terminal.out(commandHelp(asked.name, command));
    return 0;
  }
  const logger = createLogger({
    write: log,
    format: env['DAYBOOK_LOG'] === 'json' ? 'json' : 'text',
    level: env['DAYBOOK_DEBUG'] ? 'debug' : 'info',
  });
  const config = await readConfig(env, root);
  useLocale(config.project.locale);
  return command.run({
    ...{ values, positionals, env, cwd, terminal, logger },
    config,
    signal: stopping(logger),
  });
}
