import { exitCodeText, type Command, type OptionSpec } from '../../src/commands/command.js';
import { commands } from '../../src/commands/commands.js';
import { code, markdownPage, markdownTable } from './markdown.js';

/**
 * All commands with their options, from the declarations that print `--help`.
 *
 * @param root - A folder that is no project: options that a project adds are not of the reference.
 */
export async function commandsPage(root: string): Promise<string> {
  const loaded = await Promise.all(
    Object.entries(commands).map(async ([name, { summary, load }]) => ({
      name,
      summary,
      command: await load({ root, env: {} }),
    })),
  );
  return markdownPage('Commands', [
    'Each is run in the project, with `npx daybook COMMAND`. `-h` or `--help` prints the same as stands here.',
    markdownTable(
      ['command', 'does'],
      loaded.map(({ name, summary }) => [`[\`${name}\`](#${anchor(name)})`, summary]),
    ),
    '## Exit codes',
    markdownTable(
      ['code', 'means'],
      [
        ['0', 'The work is done, and no more was lost than its limits allow.'],
        [
          '1',
          'The work failed, in whole or in part; the message ends with an [error code](../errors.md).',
        ],
        ['2', 'The command line or the configuration is wrong; nothing was done.'],
        [
          '75',
          'The work failed for a reason that passes by itself: the warehouse is away or went away, or another run holds it (`--wait`). The same command may be tried again. Of a pipeline run: all that failed, failed so.',
        ],
      ],
    ),
    'These end with 1 also after they have reported all that there is to say:',
    markdownTable(
      ['command', '1 when'],
      loaded.flatMap(({ name, command: { failsWhen } }) =>
        failsWhen === undefined ? [] : [[`[\`${name}\`](#${anchor(name)})`, failsWhen]],
      ),
    ),
    'All others end with 0 when they have done their work.',
    'Ctrl-C and SIGTERM end a command in good order; a second one ends it at once. A server that is stopped so exits with 0, work that is not done with 1.',
    ...loaded.flatMap(({ name, summary, command }) => section(name, summary, command)),
  ]);
}

function anchor(name: string): string {
  return name.replaceAll(' ', '-');
}

function section(name: string, summary: string, command: Command): string[] {
  const { options, usage, description } = command;
  const given = Object.entries(options);
  return [
    `## ${name}`,
    `${summary}.`,
    `\`\`\`sh\n${`npx daybook ${name} ${usage}`.trimEnd()}\n\`\`\``,
    description.replaceAll('<', '&lt;'),
    exitCodeText(command) ?? '',
    given.length === 0
      ? ''
      : markdownTable(
          ['option', 'does', 'default', 'setting'],
          given.map(([option, spec]) => [
            optionText(option, spec),
            spec.help + (spec.multiple === true ? '; may be given several times' : ''),
            spec.default ?? '–',
            code(spec.setting),
          ]),
        ),
  ];
}

function optionText(name: string, { type, placeholder = 'VALUE', short }: OptionSpec): string {
  const value = type === 'string' ? ` ${placeholder}` : '';
  return [...(short === undefined ? [] : [`-${short}${value}`]), `--${name}${value}`]
    .map(code)
    .join(', ');
}
