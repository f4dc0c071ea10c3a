import { linkSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findFiles, surveyFolder } from '../../../../src/pipeline/extract/files/find-files.js';
import { customerLogs } from '../../line-sources.js';
import { temporaryFolder } from '../../../temporary-folder.js';

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

  test('what cannot be read fails by itself, and the others are found', async () => {
    const folder = temporaryFolder({ 'a.log': '', 'b.log': '' });
    symlinkSync('nowhere.log', join(folder, 'gone.log'));
    symlinkSync('loop.log', join(folder, 'loop.log'));
    const latin = Buffer.concat([
      Buffer.from(`${folder}/lat`),
      Buffer.from([0xe9]),
      Buffer.from('in.log'),
    ]);
    writeFileSync(latin, '{}');
    const found = await findFiles(folder, customerLogs.files);
    expect(found.map(({ name, problem }) => [name, problem?.code])).toEqual([
      ['a.log', undefined],
      ['b.log', undefined],
      ['gone.log', 'DATA_UNREADABLE'],
      ['lat\\xe9in.log', 'DATA_UNREADABLE'],
      ['loop.log', 'DATA_UNREADABLE'],
    ]);
  });

  test('names what it passes over, but for hidden files and what every folder has', async () => {
    const folder = temporaryFolder({
      'a.log': '1',
      'notes.txt': '',
      'a.log.bak': '',
      'README.md': '',
      '.DS_Store': '',
      'sub/Thumbs.db': '',
      'sub/b.csv': '',
    });
    linkSync(join(folder, 'a.log'), join(folder, 'z.log'));
    expect((await surveyFolder(folder, customerLogs.files)).passedOver).toEqual([
      { file: 'a.log.bak', reason: 'no source takes it' },
      { file: 'notes.txt', reason: 'no source takes it' },
      { file: 'sub/b.csv', reason: 'no source takes it' },
      { file: 'z.log', reason: 'it is a.log by another name' },
    ]);
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

  test('a log beside its own gzip would count twice, and the two fail by themselves', async () => {
    const folder = temporaryFolder({ 'm/a.log': '', 'm/a.log.gz': '', 'b.log': '' });
    const files = await findFiles(folder, ['*.log', '*.log.gz']);
    expect(files.map(({ name, problem }) => [name, problem?.code, problem?.message])).toEqual([
      ['b.log', undefined, undefined],
      ['m/a.log', 'DATA_AMBIGUOUS', 'lies beside m/a.log.gz'],
      ['m/a.log.gz', 'DATA_AMBIGUOUS', 'lies beside m/a.log'],
    ]);
  });
});
