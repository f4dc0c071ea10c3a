// Parsing of the command line: the command, its options and arguments, `--help`.

import { parseArgs } from 'node:util';
import { DaybookError } from '../errors.js';
import { closestName } from '../text/closest-name.js';
import { parseArgsOptions, type Command, type Invocation } from './command.js';
import { commands, type CommandEntry } from './commands.js';

/** The result of parsing: a command, or a request for the overview. */
export type CommandRequest =
  | { readonly name: string; readonly entry: CommandEntry; readonly rest: readonly string[] }
  | { readonly overview: string; readonly exitCode: 0 | 2 };

/**
 * The command of the first one or two words.
 *
 * @throws DaybookError `USAGE` when there is no such command; the hint names a similar one.
 */
export function findCommand(args: readonly string[]): CommandRequest {
  const [first, second] = args;
  if (first === undefined || isHelp(first) || first === 'help') {
    return { overview: overview(), exitCode: first === undefined ? 2 : 0 };
  }
  for (const words of [2, 1]) {
    const name = args.slice(0, words).join(' ');
    const entry = Object.hasOwn(commands, name) ? commands[name] : undefined;
    if (entry !== undefined) return { name, entry, rest: args.slice(words) };
  }
  const names = Object.keys(commands);
  const isGroup = names.some((name) => name.startsWith(`${first} `));
  if (isGroup && (second === undefined || isHelp(second))) {
    return { overview: overview(first), exitCode: second === undefined ? 2 : 0 };
  }
  const typed = args.slice(0, 2).join(' ');
  const groups = names.map((name) => name.split(' ', 1)[0] ?? '');
  const meant = closestName(typed, names) ?? closestName(first, groups);
  throw new DaybookError('USAGE', `there is no command "${typed}"`, {
    hint: `${meant === undefined ? '' : `Did you mean daybook ${meant}? `}daybook --help lists the commands`,
  });
}

function isHelp(word: string): boolean {
  return word === '--help' || word === '-h';
}

/** The overview of commands, optionally of those that begin with a word like `pipeline`. */
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

/**
 * Parses the options and arguments of a command.
 *
 * @throws DaybookError `USAGE` for what the command does not accept.
 */
export function parseArguments(
  name: string,
  command: Command,
  rest: readonly string[],
): Pick<Invocation, 'values' | 'positionals'> {
  try {
    const { values, positionals } = parseArgs({
      args: [...rest],
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
    const reason =
      unknownOption(command, cause) ?? (cause instanceof Error ? cause.message : String(cause));
    throw new DaybookError('USAGE', `daybook ${name}: ${reason}`, {
      hint: `daybook ${name} ${command.usage}`.trimEnd(),
    });
  }
}

/** An unknown option with the one that was probably meant; undefined: another error. */
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
