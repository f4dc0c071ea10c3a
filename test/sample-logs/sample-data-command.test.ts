import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { commandHelp, type Invocation } from '../../src/commands/command.js';
import { sampleData, sampleDataOf } from '../../src/commands/pipeline/sample-data.js';
import { sampleLogs } from '../../sample-logs/generate-logs.js';
import { parseConfig, readConfig } from '../../src/config/config.js';
import { temporaryFolder } from '../temporary-folder.js';
import { silentLogger } from '../../src/logger.js';

let cwd: string;
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'daybook-sample-'));
});
afterEach(async () => {
  await rm(cwd, { recursive: true, force: true });
});

async function run(
  values: Invocation['values'],
  command = sampleData(sampleLogs),
  folder = cwd,
): Promise<string> {
  let out = '';
  const exitCode = await command.run({
    values,
    positionals: [],
    config: parseConfig({}, folder),
    env: {},
    cwd: folder,
    terminal: {
      out: (text) => {
        out += text;
      },
      err: () => undefined,
      interactive: false,
      columns: 80,
    },
    logger: silentLogger,
    signal: new AbortController().signal,
  });
  expect(exitCode).toBe(0);
  return out;
}

test('writes below the current folder and says how much', async () => {
  const said = await run({ output: 'logs', accounts: '10', months: '2', seed: '3' });
  expect(await readdir(join(cwd, 'logs'))).toHaveLength(2);
  expect(said).toMatch(/^\d+ lines, [\d.]+ kB, 2 files in .*logs\n$/);
});

test('takes a size instead of a number of customers', async () => {
  expect(await run({ output: 'logs', size: '2 mb', months: '3' })).toMatch(/ (1\.[89]|2\.\d) MB, /);
});

test.each([
  [{}, '--output'],
  [{ output: 'logs', size: '1MB', accounts: '5' }, '--accounts'],
  [{ output: 'logs', size: 'much' }, '--size much'],
  [{ output: 'logs', size: '0' }, '--size 0'],
  [{ output: 'logs', accounts: '1e3' }, 'accounts must be'],
  [{ output: 'logs', start: 'January' }, 'start must be'],
])('refuses %j', async (values, message) => {
  const failure = run(values);
  await expect(failure).rejects.toMatchObject({ code: 'USAGE' });
  await expect(failure).rejects.toThrow(message);
  expect(await readdir(cwd)).toEqual([]);
});

describe('the generator is the one that the project names', () => {
  const inProject = async (files: Record<string, string>) => {
    const root = temporaryFolder(files);
    const env = {};
    return { root, command: await sampleDataOf(await readConfig(env, root)) };
  };

  test('with its options, help and files, also when it is TypeScript of several files', async () => {
    const { command, root } = await inProject({
      'daybook.config.ts': `export default { sampleLogs: 'tools/shop.ts' };`,
      'tools/shop.ts': `import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SampleLogs } from 'daybook/config';
import { line } from './line.js';
export const sampleLogs: SampleLogs = {
  usage: '[--visits N]',
  description: 'Writes visits of a shop.',
  options: { visits: { placeholder: 'N', help: 'Visits' } },
  prepare({ visits = '3' }) {
    const lines = Number(visits);
    if (!(lines > 0)) throw new RangeError('visits must be a number');
    return async (folder) => {
      await writeFile(join(folder, 'shop.jsonl'), line.repeat(lines));
      return [{ name: 'shop.jsonl', bytes: line.length * lines, lines }];
    };
  },
};`,
      'tools/line.ts': `export const line: string = '{}\\n';`,
    });
    const help = commandHelp('sample-data', command);
    expect(help).toContain('Usage: daybook sample-data [--visits N] [--force] --output DIR');
    expect(help).toMatch(/--visits N +Visits/);
    const said = await run({ output: 'logs', visits: '2' }, command, root);
    expect(said).toContain('2 lines');
    expect(await readdir(join(root, 'logs'))).toEqual(['shop.jsonl']);
    await expect(run({ output: 'other', visits: 'many' }, command, root)).rejects.toMatchObject({
      code: 'USAGE',
      message: 'visits must be a number',
    });
    expect(await readdir(root)).not.toContain('other');
  });

  test('and a project that names none is told how', async () => {
    const { command, root } = await inProject({ 'package.json': '{}' });
    expect(commandHelp('sample-data', command)).toContain('This project makes none');
    await expect(run({ output: 'logs' }, command, root)).rejects.toMatchObject({
      code: 'USAGE',
      hint: expect.stringContaining('sampleLogs') as string,
    });
  });

  test.each([
    ['is not there', {}, /^tools\/shop\.ts/],
    [
      'exports none',
      { 'tools/shop.ts': 'export const logs = 1;' },
      /shop\.ts: must export const sampleLogs/,
    ],
    [
      'does not parse',
      { 'tools/shop.ts': 'export const sampleLogs = ;' },
      /^tools\/shop\.ts:1:27: Expression expected/,
    ],
  ])('one that %s is named', async (_, files, problem) => {
    const config = { 'daybook.config.ts': `export default { sampleLogs: 'tools/shop.ts' };` };
    await expect(inProject({ ...config, ...files })).rejects.toMatchObject({
      problems: [expect.stringMatching(problem)],
    });
  });
});
