import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Invocation } from '../../src/commands/command.js';
import { sampleData } from '../../src/commands/sample-data.js';
import { parseConfig } from '../../src/config.js';
import { silentLogger } from '../../src/logger.js';

let cwd: string;
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'daybook-sample-'));
});
afterEach(async () => {
  await rm(cwd, { recursive: true, force: true });
});

async function run(values: Invocation['values']): Promise<string> {
  let out = '';
  const exitCode = await sampleData.run({
    values,
    positionals: [],
    config: parseConfig({}, cwd),
    env: {},
    cwd,
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
  expect(said).toMatch(/^\d+ lines, 0\.\d MB, 2 files in .*logs\n$/);
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
