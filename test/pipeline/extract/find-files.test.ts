import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findFiles } from '../../../src/pipeline/extract/find-files.js';
import { customerLogs } from '../line-sources.js';
import { temporaryFolder } from '../temporary-folder.js';

const names = async (folder: string) =>
  (await findFiles(folder, customerLogs.files)).map((file) => file.name);

describe('findFiles', () => {
  test('finds matching files in all folders, sorted, without hidden ones', async () => {
    const folder = temporaryFolder({
      'b.log': '1',
      'a.jsonl.gz': '22',
      'deep/er/c.ndjson': '',
      'deep.log': '',
      'notes.txt': '',
      'a.log.bak': '',
      xlog: '',
      '.hidden.log': '',
      '.git/x.log': '',
    });
    expect(await findFiles(folder, customerLogs.files)).toEqual([
      { name: 'a.jsonl.gz', path: join(folder, 'a.jsonl.gz'), bytes: 2 },
      { name: 'b.log', path: join(folder, 'b.log'), bytes: 1 },
      { name: 'deep.log', path: join(folder, 'deep.log'), bytes: 0 },
      { name: 'deep/er/c.ndjson', path: join(folder, 'deep/er/c.ndjson'), bytes: 0 },
    ]);
  });

  test('follows links, but takes each file once and never runs in a circle', async () => {
    const elsewhere = temporaryFolder({ 'x.log': '', 'y/z.log': '' });
    const folder = temporaryFolder({ 'real.log': '' });
    symlinkSync('real.log', join(folder, 'again.log'));
    symlinkSync(elsewhere, join(folder, 'linked'));
    symlinkSync(folder, join(elsewhere, 'back'));
    symlinkSync('nowhere', join(folder, 'broken'));
    expect(await names(folder)).toEqual(['again.log', 'linked/x.log', 'linked/y/z.log']);
  });

  test('a link to a log that is not there is an error that names it', async () => {
    const folder = temporaryFolder({ 'a.log': '' });
    symlinkSync('nowhere.log', join(folder, 'gone.log'));
    await expect(names(folder)).rejects.toMatchObject({
      code: 'DATA_UNREADABLE',
      where: join(folder, 'gone.log'),
    });
  });

  test('no folder, a file instead of one, and a folder without logs are errors with advice', async () => {
    const folder = temporaryFolder({ 'a.txt': '' });
    for (const path of [join(folder, 'missing'), join(folder, 'a.txt'), folder]) {
      await expect(names(path)).rejects.toMatchObject({
        code: 'DATA_MISSING',
        hint: expect.any(String),
      });
    }
  });

  test('a log beside its own gzip would count twice', async () => {
    const folder = temporaryFolder({ 'm/a.log': '', 'm/a.log.gz': '' });
    await expect(names(folder)).rejects.toMatchObject({
      code: 'DATA_AMBIGUOUS',
      message: 'm/a.log lies beside m/a.log.gz',
    });
  });

  test('a link that leads to itself is an error that names it', async () => {
    const folder = temporaryFolder({ 'a.log': '' });
    symlinkSync('b.log', join(folder, 'b.log'));
    await expect(names(folder)).rejects.toMatchObject({
      code: 'DATA_UNREADABLE',
      where: join(folder, 'b.log'),
    });
  });
});
