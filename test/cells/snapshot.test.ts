// @module-tag heavy
import { execFile } from 'node:child_process';
import { chmodSync, readdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { snapshotArgumentsOf, snapshotName } from '../../src/cells/compiler/snapshot.js';
import { isOwn, makeOwnFolder, userCacheFolder } from '../../src/files/user-cache.js';
import { root } from '../database.js';
import { temporaryFolder } from '../temporary-folder.js';

const say = "console.log(typeof globalThis[Symbol.for('daybook.preloaded')])";
const execute = promisify(execFile);
const make = (folder: string) =>
  execute(process.execPath, [join(root, 'dist/cells/compiler/build-snapshot.js'), folder]);

test('several processes that want a snapshot make one, and remove what nobody uses', async () => {
  const folder = temporaryFolder({
    'snapshot-0000000000000000.blob': 'old',
    'snapshot-1111111111111111.blob': 'of another project',
  });
  utimesSync(join(folder, 'snapshot-0000000000000000.blob'), 0, 0);
  await Promise.all([make(folder), make(folder), make(folder)]);
  expect(readdirSync(folder)).toEqual(
    expect.arrayContaining([snapshotName(), 'snapshot-1111111111111111.blob']),
  );
  expect(readdirSync(folder)).toHaveLength(2);
  const script = join(temporaryFolder({ 'main.cjs': say }), 'main.cjs');
  const args = [...snapshotArgumentsOf(join(folder, snapshotName())), script];
  const { stdout } = await execute(process.execPath, args, { env: {} });
  expect(stdout).toBe('object\n');
});

test('a failed attempt is not tried again at once', async () => {
  const folder = temporaryFolder({ [`${snapshotName()}.failed`]: 'why' });
  await make(folder);
  expect(readdirSync(folder)).toEqual([`${snapshotName()}.failed`]);
});

test.each([
  [{ XDG_CACHE_HOME: '/cache' }, 'linux', '/cache/daybook'],
  [{ XDG_CACHE_HOME: '', HOME: '/home/a' }, 'linux', '/home/a/.cache/daybook'],
  [{ HOME: '/Users/a' }, 'darwin', '/Users/a/Library/Caches/daybook'],
  [{ LOCALAPPDATA: '/local' }, 'win32', '/local/daybook/cache'],
] as const)('the cache of a user with %j on %s', (env, platform, folder) => {
  expect(userCacheFolder({ env, platform })).toBe(folder);
});

test('what others could have written is not run', () => {
  const folder = temporaryFolder();
  expect(makeOwnFolder(join(folder, 'a/b'))).toBe(true);
  expect(makeOwnFolder('/proc/daybook')).toBe(false);
  expect(isOwn(join(folder, 'none'))).toBe(false);
  symlinkSync(join(folder, 'a'), join(folder, 'link'));
  expect(isOwn(join(folder, 'link'))).toBe(false);
  writeFileSync(join(folder, 'file'), '');
  expect(isOwn(join(folder, 'file'))).toBe(true);
  chmodSync(join(folder, 'file'), 0o666);
  expect(isOwn(join(folder, 'file'))).toBe(false);
});
