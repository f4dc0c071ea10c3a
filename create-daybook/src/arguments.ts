import { parseArgs } from 'node:util';
import { CreateError } from './create-error.js';
import { isTemplateName, templateNames, templates, type TemplateName } from './templates.js';

/** What a command line asks for. */
export interface Arguments {
  /** The project's folder as it was typed; undefined: to be asked for. */
  readonly folder: string | undefined;
  /** Undefined: to be asked for. */
  readonly template: TemplateName | undefined;
  /** Nothing is asked. */
  readonly yes: boolean;
  /** Whether npm installs afterwards; undefined: to be asked for. */
  readonly install: boolean | undefined;
  readonly help: boolean;
}

/** The text of `--help`. */
export const help = `Usage: npm create daybook@latest [FOLDER] -- [--template NAME] [--yes] [--no-install]

Makes a Daybook project in FOLDER: its declarations, models, notebooks, tests, containers and a README that
says what is where. Files that are there stay as they are; to a folder with a package.json it adds what is missing.
Without a terminal, and in CI, nothing is asked.

Options:
  --template NAME  What it begins with (default ${templateNames[0] ?? ''}):
${templateNames.map((name) => `                     ${name.padEnd(12)}  ${templates[name].summary}`).join('\n')}
  -y, --yes        Ask nothing, take the defaults
  --no-install     Leave npm install to me
  -h, --help       Show this help
`;

/**
 * Reads the arguments of `npm create daybook`.
 *
 * @throws CreateError that names what is wrong.
 */
export function readArguments(args: readonly string[]): Arguments {
  const { values, positionals } = parsed(args);
  const { template } = values;
  if (positionals.length > 1) {
    throw new CreateError(
      `there is an argument too many: ${positionals[1] ?? ''}`,
      'a name with blanks stands in quotes: npm create daybook@latest "my analytics"',
    );
  }
  return {
    folder: positionals[0],
    template: template === undefined ? undefined : readTemplateName(template),
    yes: values.yes === true,
    install: values['no-install'] === true ? false : undefined,
    help: values.help === true,
  };
}

/**
 * A template's name, as it is typed.
 *
 * @throws CreateError that lists those that there are.
 */
export function readTemplateName(name: string): TemplateName {
  if (isTemplateName(name)) return name;
  throw new CreateError(`there is no template ${name}`, `there are ${templateNames.join(', ')}`);
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        template: { type: 'string' },
        yes: { type: 'boolean', short: 'y' },
        'no-install': { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (cause) {
    const reason = cause instanceof Error ? (cause.message.split('. ')[0] ?? '') : String(cause);
    throw new CreateError(reason, '--help lists the options', { cause });
  }
}
