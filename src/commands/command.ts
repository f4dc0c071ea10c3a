// What a command is: its options, help, terminal and result.

import type { ParseArgsConfig } from 'node:util';
import type { Config } from '../config/config.js';
import type { Environment } from '../config/environment/env-file.js';
import type { SettingName } from '../config/environment/settings.js';
import type { Logger } from '../logger.js';

/** An option of a command for `parseArgs`, with its line of help. */
export interface OptionSpec {
  type: 'string' | 'boolean';
  /** May be given more than once. */
  multiple?: boolean;
  short?: string;
  /** One line for `--help`; begin with a verb or a noun, no full stop. */
  help: string;
  /** What holds without the option, as `--help` says it: `127.0.0.1`, or words. Default: nothing worth a word. */
  default?: string;
  /** The setting of the environment that it wins over. */
  setting?: SettingName;
  /** What stands for the value in `--help`, like `DIR`. Strings only. */
  placeholder?: string;
}

/** The terminal as a command sees it: two places to write and what they are. */
export interface Terminal {
  /** Writes text to standard output, as it stands. */
  out(text: string): void;
  /** Writes text to standard error, as it stands. */
  err(text: string): void;
  /** Standard error is a terminal that can be redrawn: show progress in place. */
  readonly interactive: boolean;
  /** Columns of the terminal; 80 when it is none. */
  readonly columns: number;
  /**
   * Asks for something that must not be seen: at a terminal it is typed without being shown, else it is
   * the next line of standard input.
   *
   * @param question - What the terminal shows before it.
   */
  askSecret?(question: string): Promise<string>;
}

/** What a command gets: its arguments and the world. */
export interface Invocation {
  /** The options, by their long names; strings, booleans, or arrays of strings for `multiple`. */
  readonly values: Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;
  readonly positionals: readonly string[];
  readonly config: Config;
  /** The environment, for child processes and kernels. */
  readonly env: Environment;
  /** The folder in which the command was given; relative arguments are taken from it. */
  readonly cwd: string;
  readonly terminal: Terminal;
  readonly logger: Logger;
  /** Aborted on the first Ctrl-C or SIGTERM; a second one ends the process. */
  readonly signal: AbortSignal;
}

/** One command of `daybook`, loaded only when it is asked for. */
export type Command = Declaration & (Sure | Fallible);

/** What is said of a command before it runs. */
interface Declaration {
  /** After the command's name in the usage line, like `[--data DIR] [--once]`. */
  readonly usage: string;
  /** A paragraph or two for `--help`. */
  readonly description: string;
  readonly options: Readonly<Record<string, OptionSpec>>;
  /** How many positional arguments it takes. Default none. */
  readonly positionals?: { readonly min: number; readonly max: number };
}

/** A command that has done its work when it ends. */
interface Sure {
  readonly failsWhen?: undefined;
  /** Does the work. Resolves to the exit code; failures are thrown as `DaybookError`. */
  run(invocation: Invocation): Promise<0>;
}

/** 0: the work is done. 1: it failed. 75: it failed for a reason that passes by itself. */
export type ExitCode = 0 | 1 | 75;

/** A command whose report may be of failures. */
interface Fallible {
  /** When it ends with 1 though it has reported all, after `Exit code 1 when`, without a full stop. */
  readonly failsWhen: string;
  /** Does the work. Resolves to the exit code; other failures are thrown as `DaybookError`. */
  run(invocation: Invocation): Promise<ExitCode>;
}

/** The sentence on a command's exit code; undefined: it is that of all commands. */
export function exitCodeText({ failsWhen }: Command): string | undefined {
  return failsWhen === undefined ? undefined : `Exit code 1 when ${failsWhen}.`;
}

/** The options in the shape that `parseArgs` wants. */
export function parseArgsOptions(command: Command): NonNullable<ParseArgsConfig['options']> {
  const entries = Object.entries(command.options).map(([name, spec]) => [
    name,
    {
      type: spec.type,
      multiple: spec.multiple ?? false,
      ...(spec.short === undefined ? {} : { short: spec.short }),
    },
  ]);
  return {
    ...(Object.fromEntries(entries) as NonNullable<ParseArgsConfig['options']>),
    help: { type: 'boolean', short: 'h' },
  };
}

/** What holds without an option, behind its line of help. */
function otherwise({ setting, default: fallback }: OptionSpec): string {
  const parts = [setting ?? [], fallback === undefined ? [] : `default ${fallback}`].flat();
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}

/** The text of `daybook NAME --help`. */
export function commandHelp(name: string, command: Command): string {
  const options = Object.entries(command.options).map(([option, spec]) => {
    const value = spec.type === 'string' ? ` ${spec.placeholder ?? 'VALUE'}` : '';
    const short = spec.short === undefined ? '    ' : `-${spec.short}, `;
    return [`  ${short}--${option}${value}`, spec.help + otherwise(spec)] as const;
  });
  options.push(['  -h, --help', 'Show this help']);
  const width = Math.max(...options.map(([left]) => left.length)) + 2;
  return [
    `Usage: daybook ${name} ${command.usage}`.trimEnd(),
    '',
    command.description,
    ...[exitCodeText(command) ?? []].flat().flatMap((text) => ['', text]),
    '',
    'Options:',
    ...options.map(([left, right]) => left.padEnd(width) + right),
    '',
  ].join('\n');
}
