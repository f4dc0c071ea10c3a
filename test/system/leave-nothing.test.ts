// @module-tag heavy
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { root } from '../database.js';
import { isAlive } from '../is-alive.js';
import { temporaryFolder } from '../temporary-folder.js';
import { until } from '../until.js';

/**
 * Starts a program, waits for what it writes into the file `running`, and kills it: it has no time to clear up.
 *
 * @returns What it wrote: a folder, and processes that work there.
 */
async function killed(
  folder: string,
  program: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ folder: string; pids: readonly number[] }> {
  const child = spawn(process.execPath, program, {
    cwd: folder,
    env: { ...process.env, ...env, RUNNING: join(folder, 'running') },
    stdio: 'ignore',
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const written = () =>
    existsSync(join(folder, 'running')) ? readFileSync(join(folder, 'running'), 'utf8') : '';
  await until(() => child.exitCode !== null || written().endsWith('\n'));
  const [own = '', ...pids] = written().trim().split(' ');
  expect(existsSync(own)).toBe(true);
  expect(pids.map(Number).map(isAlive)).toEqual([true, true]);
  child.kill('SIGKILL');
  await once(child, 'exit');
  return { folder: own, pids: pids.map(Number) };
}

test('a test run that is killed leaves no Postgres, no process and no folder', async () => {
  const of = (path: string) => JSON.stringify(join(root, path));
  const folder = temporaryFolder({
    'vitest.config.ts': `export default {
      test: { globals: true, cache: false, globalSetup: ${of('test/global-setup.ts')} },
    };`,
    'waits.test.ts': `
      import { spawn } from 'node:child_process';
      import { readFileSync, writeFileSync } from 'node:fs';
      import { dirname, join } from 'node:path';
      import { createTestDatabase } from ${of('test/database.ts')};
      test('waits', async () => {
        const { config } = await createTestDatabase();
        const home = dirname(config.home);
        const [server] = readFileSync(join(home, 'postgres/data/postmaster.pid'), 'utf8').split('\\n');
        const { pid } = spawn('sleep', ['1000'], { detached: true, stdio: 'ignore' });
        writeFileSync(process.env.RUNNING, \`\${home} \${server} \${pid}\\n\`);
        await new Promise((resolve) => setTimeout(resolve, 1_000_000));
      }, 1_000_000);`,
  });
  const run = await killed(folder, [
    join(root, 'node_modules/vitest/vitest.mjs'),
    ...['run', '--root', folder],
  ]);
  await until(() => !run.pids.some(isAlive) && !existsSync(run.folder));
});

test('a try of another Node.js that is killed leaves no process and no folder', async () => {
  const folder = temporaryFolder({
    'bin/npm': `#!/bin/sh
      case "$1" in
        view) echo '"22.1.0"';;
        *) sleep 1000 & echo "$PWD $$ $!" > "$RUNNING"; wait;;
      esac\n`,
  });
  chmodSync(join(folder, 'bin/npm'), 0o755);
  const path = [join(folder, 'bin'), process.env['PATH']].join(delimiter);
  const run = await killed(folder, [join(root, 'scripts/node-versions.js'), '22'], { PATH: path });
  await until(() => !run.pids.some(isAlive) && !existsSync(run.folder));
});
