import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fillFolder } from '../../src/files/output-folder.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'daybook-output-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const write = (name: string) => (to: string) => {
  writeFileSync(join(to, name), name);
  return Promise.resolve(name);
};

test('the entries appear together once the work is done', async () => {
  const target = join(folder, 'new/site');
  const result = await fillFolder(target, async (unfinished) => {
    mkdirSync(join(unfinished, 'sub'));
    await write('sub/a')(unfinished);
    expect(readdirSync(target).filter((name) => !name.startsWith('.'))).toEqual([]);
    return write('b')(unfinished);
  });
  expect(result).toBe('b');
  expect(readdirSync(target).sort()).toEqual(['b', 'sub']);
});

test('work that fails leaves nothing', async () => {
  const failing = fillFolder(folder, async (unfinished) => {
    await write('half')(unfinished);
    throw new Error('no more');
  });
  await expect(failing).rejects.toThrow('no more');
  expect(readdirSync(folder)).toEqual([]);
});

test('what a killed process left is removed, what one that lives writes is not', async () => {
  const ended = spawn(process.execPath, ['-e', '']);
  await new Promise((exit) => ended.once('exit', exit));
  const dead = join(folder, `.unfinished-${ended.pid ?? 0}-abc`);
  const alive = join(folder, `.unfinished-${process.pid}-abc`);
  for (const left of [dead, alive]) mkdirSync(left);
  await fillFolder(folder, write('a'));
  expect([existsSync(dead), existsSync(alive)]).toEqual([false, true]);
  expect(readdirSync(folder)).toContain('a');
});

test.each([
  [
    'before',
    (target: string) => {
      writeFileSync(join(target, 'mine'), '');
    },
    () => undefined,
  ],
  [
    'meanwhile',
    () => undefined,
    (target: string) => {
      writeFileSync(join(target, 'mine'), '');
    },
  ],
])('a folder that holds something %s is left alone', async (_, before, meanwhile) => {
  before(folder);
  const refused = fillFolder(folder, async (unfinished) => {
    meanwhile(folder);
    await write('a')(unfinished);
  });
  await expect(refused).rejects.toMatchObject({ code: 'OUTPUT_NOT_EMPTY', where: folder });
  expect(readdirSync(folder)).toEqual(['mine']);
});

test('with replace, entries of the same names are replaced and others stay', async () => {
  writeFileSync(join(folder, 'a'), 'old');
  writeFileSync(join(folder, 'mine'), '');
  await fillFolder(folder, write('a'), { replace: true });
  expect(readdirSync(folder).sort()).toEqual(['a', 'mine']);
});

test('a place that cannot be a folder is named', async () => {
  writeFileSync(join(folder, 'file'), '');
  await expect(fillFolder(join(folder, 'file'), write('a'))).rejects.toMatchObject({
    code: 'OUTPUT_UNWRITABLE',
    where: join(folder, 'file'),
  });
});
