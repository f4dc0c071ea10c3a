// @module-tag heavy
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rm,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { prepareFrontEnd } from '../../../src/lab/front-end/prepare-front-end.js';

/** A folder for bundles, and a program that takes npm's place. */
async function startPreparation(npm: string) {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'daybook-front-end-')));
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 10 }));
  const program = join(folder, 'npm.cjs');
  await writeFile(program, npm);
  await chmod(program, 0o755);
  const bundles = join(folder, 'bundles');
  const env = { ...process.env, npm_execpath: program, PID_FILE: join(folder, 'pid') };
  return { folder, bundles, env };
}

/** Installs without an end, and goes on for a while when it is told to stop, as npm does. */
const endless = `
const { existsSync, mkdirSync, writeFileSync } = require('node:fs');
const folder = process.cwd() + '/node_modules/';
let count = 0;
const write = () => {
  mkdirSync(folder, { recursive: true });
  writeFileSync(folder + count++, 'x');
};
writeFileSync(process.env.PID_FILE, String(process.pid));
setInterval(write, 1);
process.on('SIGTERM', () => {
  for (const end = count + 20000; count < end && existsSync(folder + '0'); ) write();
  for (const end = count + 3000; count < end; ) write();
  process.exit(1);
});
`;

test('an install that is stopped says why and leaves nothing', async () => {
  const { folder, bundles, env } = await startPreparation(endless);
  const stop = new AbortController();
  const reason = new Error('stopped by its user');
  const preparing = prepareFrontEnd({
    folder: bundles,
    env,
    signal: stop.signal,
  });
  const begun = async (): Promise<boolean> => {
    const [build] = await readdir(bundles).catch(() => []);
    const there = await readdir(join(bundles, build ?? '', 'node_modules')).catch(() => []);
    return there.length > 0;
  };
  await Promise.all([
    expect(preparing).rejects.toBe(reason),
    expect
      .poll(begun, { timeout: 30_000 })
      .toBe(true)
      .then(() => {
        stop.abort(reason);
      }),
  ]);
  const pid = Number(await readFile(join(folder, 'pid'), 'utf8'));
  const hasEnded = () => {
    try {
      return !process.kill(pid, 0);
    } catch {
      return true;
    }
  };
  await expect.poll(hasEnded, { timeout: 30_000 }).toBe(true);
  expect(await readdir(bundles)).toEqual([]);
});

test('what a killed install left is removed at the next start, and what lives is not', async () => {
  const { folder, bundles, env } = await startPreparation('process.exit(1);');
  const ended = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
  await once(ended, 'exit');
  const left = join(bundles, `build-${ended.pid ?? 0}-abcdef`);
  const living = join(bundles, `build-${process.pid}-abcdef`);
  for (const path of [left, living]) {
    await mkdir(join(path, 'node_modules', 'deep'), { recursive: true });
    await writeFile(join(path, 'node_modules', 'deep', 'index.js'), 'x');
  }
  await expect(prepareFrontEnd({ folder: bundles, env })).rejects.toMatchObject({
    code: 'LAB_FRONT_END',
  });
  expect(await readdir(bundles)).toEqual([`build-${process.pid}-abcdef`]);
  expect(await readdir(folder)).toContain('npm.cjs');
});

test('half a bundle is replaced by a whole one', async () => {
  // Installs nothing, and puts a build script in place that makes the smallest bundle.
  const { bundles, env } = await startPreparation(`
    require('node:fs').writeFileSync('build.js', [
      "const { mkdirSync, writeFileSync } = await import('node:fs');",
      "mkdirSync(process.argv[2] + '/static', { recursive: true });",
      "writeFileSync(process.argv[2] + '/front-end.json', '{}');",
    ].join('\\n'));
  `);
  const bundle = await prepareFrontEnd({ folder: bundles, env });
  expect((await readdir(bundle)).sort()).toEqual(['front-end.json', 'static']);
  await rm(join(bundle, 'front-end.json'));
  await writeFile(join(bundle, 'static', 'half.js'), 'half');
  expect(await prepareFrontEnd({ folder: bundles, env })).toBe(bundle);
  expect(await readdir(join(bundle, 'static'))).toEqual([]);
  expect(await readdir(bundles)).toHaveLength(1);
});
