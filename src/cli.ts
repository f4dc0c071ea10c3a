import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { commandHelp, parseArgsOptions, type Command, type Terminal } from './commands/command.js';
import { askSecret } from './commands/terminal/ask-secret.js';
import { terminalText } from './commands/terminal/terminal-text.js';
import { LineWriter } from './commands/terminal/line-writer.js';
import { commands } from './commands/commands.js';
import { closestName } from './text/closest-name.js';
import { findRoot, readConfig } from './config/config.js';
import { withEnvFile } from './config/env-file.js';
import { DaybookError, describeError } from './errors.js';
import { createLogger, type Logger } from './logger.js';
import { packageFile } from './files/package-file.js';

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

/** What there is; of a first word like `pipeline`, what may follow. */
function overview(first?: string): string {
  const listed = Object.entries(commands).filter(
    ([name]) => first === undefined || name.startsWith(`${first} `),
  );
  const width = Math.max(...listed.map(([name]) => name.length)) + 2;
  return [
    `Usage: daybook ${first === undefined ? '' : `${first} `}COMMAND [options]`,
    '',
    ...(first === undefined
      ? ['Notebooks, a pipeline and a published dashboard on Postgres.', '']
      : []),
    'Commands:',
    ...listed.map(([name, { summary }]) => `  ${name.padEnd(width)}${summary}`),
    '',
    '`daybook COMMAND --help` explains one command.',
    '',
  ].join('\n');
}

function packageVersion(): string {
  return (JSON.parse(readFileSync(packageFile('package.json'), 'utf8')) as { version: string })
    .version;
}

/** Splits `pipeline run --select x` into its command (one or two words) and the rest. */
function findCommand(args: readonly string[]): { name: string; rest: string[] } | undefined {
  for (const words of [2, 1]) {
    const name = args.slice(0, words).join(' ');
    if (args.length >= words && Object.hasOwn(commands, name))
      return { name, rest: args.slice(words) };
  }
  return undefined;
}

function parseCommandLine(name: string, command: Command, rest: string[]) {
  try {
    const { values, positionals } = parseArgs({
      args: rest,
      options: parseArgsOptions(command),
      allowPositionals: true,
      strict: true,
    });
    const { min, max } = command.positionals ?? { min: 0, max: 0 };
    if (values['help'] !== true && (positionals.length < min || positionals.length > max)) {
      throw new Error(
        positionals.length > max
          ? `unexpected argument "${positionals[max] ?? ''}"`
          : `an argument is missing`,
      );
    }
    return { values, positionals };
  } catch (cause) {
    const reason = unknownOption(command, cause) ?? messageOf(cause);
    throw new DaybookError('USAGE', `daybook ${name}: ${reason}`, {
      hint: `daybook ${name} ${command.usage}`,
    });
  }
}

/** An option that there is not, and the one that was probably meant; undefined: something else is wrong. */
function unknownOption(command: Command, cause: unknown): string | undefined {
  const isUnknown =
    cause instanceof Error && 'code' in cause && cause.code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION';
  const option = isUnknown ? /'(-[^' ]*)/.exec(cause.message)?.[1] : undefined;
  if (option === undefined) return undefined;
  const meant = closestName(
    option,
    Object.keys(parseArgsOptions(command)).map((name) => `--${name}`),
  );
  return `there is no option ${option}${meant === undefined ? '' : `; did you mean ${meant}?`}`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

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
  const first = args[0];
  if (first === undefined || first === '--help' || first === '-h' || first === 'help') {
    terminal.out(overview());
    return first === undefined ? 2 : 0;
  }
  if (first === '--version') {
    terminal.out(`daybook ${packageVersion()}\n`);
    return 0;
  }
  const found = findCommand(args);
  if (found === undefined) {
    const second = args[1];
    const asksForHelp = second === '--help' || second === '-h';
    const isGroup = Object.keys(commands).some((name) => name.startsWith(`${first} `));
    if (isGroup && (second === undefined || asksForHelp)) {
      terminal.out(overview(first));
      return asksForHelp ? 0 : 2;
    }
    const typed = args.slice(0, 2).join(' ');
    const names = Object.keys(commands);
    const groups = names.map((name) => name.split(' ', 1)[0] ?? '');
    const meant = closestName(typed, names) ?? closestName(first, groups);
    throw new DaybookError('USAGE', `there is no command "${typed}"`, {
      hint: `${meant === undefined ? '' : `Did you mean daybook ${meant}? `}daybook --help lists the commands`,
    });
  }
  const entry = commands[found.name];
  if (entry === undefined) throw new DaybookError('INTERNAL', `no entry for ${found.name}`);
  const cwd = process.cwd();
  const root = findRoot(cwd);
  const env = withEnvFile(process.env, root);
  const command = await entry.load({ root, env });
  const { values, positionals } = parseCommandLine(found.name, command, found.rest);
  if (values['help'] === true) {
    terminal.out(commandHelp(found.name, command));
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
