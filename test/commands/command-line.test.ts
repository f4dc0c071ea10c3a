import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { findCommand, parseArguments } from '../../src/commands/command-line.js';
import { commandHelp } from '../../src/commands/command.js';
import { commands } from '../../src/commands/commands.js';
import { parseConfig } from '../../src/config/config.js';
import { DaybookError, describeError } from '../../src/errors.js';
import { root } from '../database.js';
import { runCommand } from './run-command.js';

/** A project with nothing in it: what is asked of a command here fails before the command looks around. */
const project = mkdtempSync(join(tmpdir(), 'daybook-command-line-'));
afterAll(() => {
  rmSync(project, { recursive: true });
});

/** What each command must refuse beside an option that there is not, which all are tried with. */
const refused: Readonly<Record<string, readonly string[]>> = {
  up: ['--max-rejects some', '--port 65536', 'data'],
  init: ['--template nope', 'folder'],
  'pipeline run': [
    ...['--resume last --select a', '--resume last --data x', '--dry-run --max-rejects 3'],
    ...['--max-rejects 101%', '--webhook ftp://example.org', 'gold.a', '--no-load --only-load'],
    ...['--no-load --data x', '--only-load --select a', '--run-key k --resume last'],
    ...["--run-key ''", '--wait soon', '--wait 1 --dry-run'],
  ],
  'pipeline runs': ['--limit 0', '--limit many'],
  'pipeline show': ['', '1 2'],
  'pipeline graph': ['a'],
  'pipeline logs': ['', '1 gold.a 2'],
  'rejects list': ['--reason none', '--limit 1.5'],
  'rejects export': [''],
  'rejects replay': ['one two'],
  query: ['', 'a b', 'a --format xml'],
  'notebooks run': [
    ...['--jobs 0', '--memory much', '--kernel-memory 0', '--cell-timeout soon'],
    ...['--publish --no-publish', '--resume last a.ipynb', '--resume last -p a=1', '-p a'],
    ...['--matrix a', '--params missing.yaml', '--webhook nowhere'],
  ],
  'notebooks render': ['', 'a.ipynb', 'missing.ipynb -o a.html'],
  'notebooks diff': ['', 'a', 'a.ipynb a.ipynb'],
  'notebooks unpublish': ['-p a=1'],
  'notebooks clean': ['missing.ipynb'],
  lab: ['--port x', 'one two', 'missing.ipynb'],
  'kernel install': ['--user --prefix x'],
  serve: ['--port -1', '--port 99999'],
  'users add': ['', '!', 'a b'],
  'users remove': ['', 'nobody'],
  'users password': ['', 'nobody'],
  'users groups': ['', 'nobody a'],
  'users sign-out': [''],
  dev: ['--max-rejects x', '--port x'],
  export: ['', '--notebook a folder', 'a.pdf'],
  'export airflow': ["--dag-id 'a b'", 'folder'],
  schedule: ['', '--cron often', "--cron '0 0 31 2 *'"],
  'sample-data': ['', '--output x'],
  'db start': ['now'],
};

/** The words of a line, as a shell takes them. */
function words(line: string): string[] {
  return [...line.matchAll(/'([^']*)'|\S+/g)].map(([word, quoted]) => quoted ?? word);
}

/** What somebody reads who types a command that is refused. */
async function refusal(line: string): Promise<string> {
  try {
    const asked = findCommand(words(line));
    if ('overview' in asked) throw new Error(`${line} is an overview`);
    const command = await asked.entry.load({ root: project, env: {} });
    const parsed = parseArguments(asked.name, command, asked.rest);
    await runCommand(command, parseConfig({}, project), parsed);
  } catch (error) {
    const code = error instanceof DaybookError ? error.exitCode : 1;
    const text = describeError(error).replaceAll(project, 'PROJECT');
    return `$ daybook ${line}\n${text}\nexit code ${code}\n`;
  }
  throw new Error(`daybook ${line} was not refused`);
}

describe('what a command says of itself, and of what it cannot take', () => {
  test.each(Object.entries(commands))('%s', async (name, { load }) => {
    const help = commandHelp(name, await load({ root: project, env: {} }));
    const lines = ['--no-such-option', ...(refused[name] ?? [])].map((rest) => `${name} ${rest}`);
    const refusals: string[] = [];
    for (const line of lines) refusals.push(await refusal(line.trim()));
    await expect([`$ daybook ${name} --help\n${help}`, ...refusals].join('\n')).toMatchFileSnapshot(
      `../output/commands/${name.replaceAll(' ', '-')}.txt`,
    );
  });

  test('the overviews, and commands that there are not', async () => {
    const overviews = ['--help', 'pipeline --help', 'users', ''].map((line) => {
      const asked = findCommand(words(line));
      if (!('overview' in asked)) throw new Error(`${line} is a command`);
      return `$ daybook ${line}\n${asked.overview}exit code ${asked.exitCode}\n`;
    });
    const unknown: string[] = [];
    for (const line of ['pipeline rnu', 'deploy all', 'notebook run', 'constructor', '-x']) {
      unknown.push(await refusal(line));
    }
    await expect([...overviews, ...unknown].join('\n')).toMatchFileSnapshot(
      '../output/commands/overview.txt',
    );
  });
});

test('the project’s own generator of sample logs has its options in the help', async () => {
  const command = await commands['sample-data']!.load({ root, env: { DAYBOOK_HOME: project } });
  await expect(commandHelp('sample-data', command)).toMatchFileSnapshot(
    '../output/commands/sample-data-of-this-project.txt',
  );
});
