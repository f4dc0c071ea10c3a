// The entry of the command line `daybook`: environment, arguments, signals, exit codes.

import type { Terminal } from './commands/command.js';
import { runCommandLine } from './commands/run-command-line.js';
import { askSecret } from './commands/terminal/ask-secret.js';
import { LineWriter } from './commands/terminal/line-writer.js';
import { terminalText } from './commands/terminal/terminal-text.js';
import { DaybookError } from './errors.js';
import type { Logger } from './logger.js';

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

void runCommandLine(process.argv.slice(2), {
  cwd: process.cwd(),
  env: process.env,
  terminal,
  log: (line) => {
    log.line(line);
  },
  stopping: abortOnSignals,
}).then((exitCode) => {
  process.exitCode = exitCode;
});
