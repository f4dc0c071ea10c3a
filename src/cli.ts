// The entry of the command line `daybook`: environment, arguments, signals, exit codes.

import { commandHelp, type Terminal } from './commands/command.js';
import { askSecret } from './commands/terminal/ask-secret.js';
import { terminalText } from './commands/terminal/terminal-text.js';
import { LineWriter } from './commands/terminal/line-writer.js';
import { findCommand, parseArguments } from './commands/command-line.js';
import { findRoot, readConfig } from './config/config.js';
import { withEnvFile } from './config/env-file.js';
import { DaybookError, describeError } from './errors.js';
import { createLogger, type Logger } from './logger.js';
import { packageVersion } from './files/package-version.js';

const log = new LineWriter((text) => process.stderr.write(terminalText(text)));

const terminal: Terminal = {
  // What goes into a file or a pipe is data.
  out: (text) => void process.stdout.write(process.stdout.isTTY ? terminalText(text) : text),
  err: (text) => {
    log.flush();
    process.stderr.write(terminalText(text));
  },
  interactive: process.stderr.isTTY && process.env['TERM'] !== 'dumb' && !process.env['CI'],
  columns: process.stderr.columns || 80,
  askSecret: (question) => askSecret(question, process.stdin, process.stderr),
};

/** How often it is looked whether npm is still there, in milliseconds. */
const parentMs = 500;

/**
 * The first signal asks the command to stop; the second ends the process at once. npm passes a signal on
 * to its shell only, so the end of that shell counts as one.
 */
function abortOnSignals(logger: Logger): AbortSignal {
  const controller = new AbortController();
  const stop = (reason: string, advice: string) => {
    logger.warn(`${reason}: finishing up${advice}`);
    controller.abort(new DaybookError('INTERRUPTED', `stopped by ${reason}`));
  };
  for (const [signal, number] of [
    ['SIGINT', 2],
    ['SIGTERM', 15],
  ] as const) {
    process.on(signal, () => {
      if (controller.signal.aborted) process.exit(128 + number);
      stop(signal, '; once more ends at once');
    });
  }
  const { ppid } = process;
  if (process.env['npm_command'] !== undefined) {
    const timer = setInterval(() => {
      if (process.ppid === ppid) return;
      clearInterval(timer);
      if (!controller.signal.aborted) stop('the end of npm', '');
    }, parentMs).unref();
  }
  return controller.signal;
}

async function main(args: readonly string[]): Promise<number> {
  if (args[0] === '--version') {
    terminal.out(`daybook ${packageVersion()}\n`);
    return 0;
  }
  const asked = findCommand(args);
  if ('overview' in asked) {
    terminal.out(asked.overview);
    return asked.exitCode;
  }
  const cwd = process.cwd();
  const root = findRoot(cwd);
  const env = withEnvFile(process.env, root);
  const command = await asked.entry.load({ root, env });
  const { values, positionals } = parseArguments(asked.name, command, asked.rest);
  if (values['help'] === true) {
    terminal.out(commandHelp(asked.name, command));
    return 0;
  }
  const logger = createLogger({
    write: (line) => {
      log.line(line);
    },
    format: env['DAYBOOK_LOG'] === 'json' ? 'json' : 'text',
    level: env['DAYBOOK_DEBUG'] ? 'debug' : 'info',
  });
  return command.run({
    values,
    positionals,
    config: await readConfig(env, root),
    env,
    cwd,
    terminal,
    logger,
    signal: abortOnSignals(logger),
  });
}

// However the process ends, but for SIGKILL.
process.on('exit', () => {
  log.flush();
});

// A reader that goes away (`daybook query … | head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : 1);
});

// Nor is one of what is said meanwhile: the work goes on unseen.
process.stderr.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') process.exit(1);
});

main(process.argv.slice(2)).then(
  (exitCode) => {
    process.exitCode = exitCode;
  },
  (error: unknown) => {
    terminal.err(`${describeError(error, { stack: Boolean(process.env['DAYBOOK_DEBUG']) })}\n`);
    process.exitCode = error instanceof DaybookError ? error.exitCode : 1;
  },
);
