// @module-tag heavy
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { commands } from '../../src/commands/commands.js';
import { commandHelp } from '../../src/commands/command.js';
import { daybookInProcess } from '../commands/daybook-in-process.js';

const root = resolve(import.meta.dirname, '../..');

const daybook = (args: readonly string[], env: Record<string, string> = {}) =>
  daybookInProcess(args, { cwd: root, env: { ...process.env, ...env } });

describe('daybook', () => {
  test('without a command shows the overview and exits 2', () => {
    const program = ['bin/daybook.js'];
    const options = { cwd: root, encoding: 'utf8' } as const;
    const { status, stdout } = spawnSync(process.execPath, program, options);
    expect(status).toBe(2);
    for (const name of Object.keys(commands)) expect(stdout).toContain(`  ${name} `);
  });

  test('an unknown command is wrong use', async () => {
    const { exitCode, stderr } = await daybook(['pipelin', 'run']);
    expect(exitCode).toBe(2);
    expect(stderr).toBe(
      'there is no command "pipelin run" [USAGE]\n→ Did you mean daybook pipeline run? daybook --help lists the commands\n',
    );
  });

  test.each([
    [['notebook'], 'Did you mean daybook notebooks?'],
    [['pipeline', 'rnu'], 'Did you mean daybook pipeline run?'],
    [['deploy', 'everything'], '→ daybook --help lists'],
    [['pipeline', 'run', '--full-refesh'], 'no option --full-refesh; did you mean --full-refresh?'],
    [['pipeline', 'run', '-x'], 'there is no option -x [USAGE]'],
    [['query', 'select 1', '--formt=csv'], 'no option --formt; did you mean --format?'],
  ])('what was mistyped is said, with what was probably meant: %j', async (args, said) => {
    const { exitCode, stderr } = await daybook(args);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(said);
  });

  test.each([
    [
      ['pipeline'],
      [
        ...['pipeline run', 'pipeline runs', 'pipeline show', 'pipeline logs', 'pipeline graph'],
        ...['pipeline watch', 'pipeline cancel'],
      ],
    ],
    [
      ['rejects', '--help'],
      ['rejects list', 'rejects export', 'rejects replay'],
    ],
  ])('half a command lists what may follow: %j', async (args, names) => {
    const { exitCode, stdout, stderr } = await daybook(args);
    expect(exitCode).toBe(args.includes('--help') ? 0 : 2);
    const listed = /^ {2}\w+( \w+)?(?= {2})/gm;
    expect((stdout + stderr).match(listed)?.map((name) => name.trim())).toStrictEqual(names);
  });

  test.each(['constructor', 'toString', '__proto__'])('%s is no command', async (name) => {
    const { exitCode, stderr } = await daybook([name]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('[USAGE]');
  });

  test('says which version it is', async () => {
    const { version } = JSON.parse(readFileSync(resolve(root, 'package.json'), 'utf8')) as {
      version: string;
    };
    expect(await daybook(['--version'])).toMatchObject({
      exitCode: 0,
      stdout: `daybook ${version}\n`,
    });
  });

  test('an unknown option is wrong use and shows the usage', async () => {
    const { exitCode, stderr } = await daybook(['up', '--prot', '1']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('daybook up: there is no option --prot; did you mean --port?');
    expect(stderr).toContain('→ daybook up [--data DIR]');
  });

  test('wrong settings are all named before anything starts', async () => {
    const { exitCode, stderr } = await daybook(['up', '--once'], { PORT: 'x', DATABASE_URL: 'y' });
    expect(exitCode).toBe(2);
    expect(stderr).toContain('DATABASE_URL: must begin with postgres://');
    expect(stderr).toContain('PORT: "x" is not a port');
  });
});

describe.each(Object.entries(commands))('daybook %s', (name, entry) => {
  test('explains itself', async () => {
    const command = await entry.load({ root, env: {} });
    const help = commandHelp(name, command);
    expect(help).toContain(`Usage: daybook ${name}`);
    for (const [option, { help: line }] of Object.entries(command.options)) {
      expect(help).toContain(`--${option}`);
      expect(line, `${name} --${option}`).toMatch(/^[A-Z][^\n]*[^.\n]$/);
    }
    expect(command.description.length).toBeGreaterThan(20);
    expect(entry.summary).toMatch(/^[A-Z][^\n]*[^.\n]$/);
  });
});
