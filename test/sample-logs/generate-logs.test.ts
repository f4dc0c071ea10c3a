import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeSampleLogs } from '../../src/commands/pipeline/sample-data.js';
import { sampleLogs } from '../../sample-logs/generate-logs.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'daybook-sample-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const options = { accounts: '20', months: '2' };

/** As `daybook sample-data` makes them. */
const make = (into: string, replace = false) =>
  makeSampleLogs(sampleLogs, { folder: into, options, replace });

test('writes a file a month into a folder that it makes', async () => {
  const output = join(folder, 'not', 'there yet');
  const files = await make(output);
  expect(files.map(({ name }) => name)).toEqual(['2019-january.log', '2019-february.log']);
  expect((await readdir(output)).sort()).toEqual(['2019-february.log', '2019-january.log']);
  for (const { name, bytes, lines } of files) {
    const content = await readFile(join(output, name), 'utf8');
    expect(content.length).toBe(bytes);
    expect(content.split('\n').length - 1).toBe(lines);
  }
});

test('leaves a folder alone that holds something, hidden files aside', async () => {
  await writeFile(join(folder, '.gitkeep'), '');
  await writeFile(join(folder, '2019-march.log'), 'mine');
  await expect(make(folder)).rejects.toMatchObject({
    code: 'OUTPUT_NOT_EMPTY',
    where: folder,
  });
  expect((await readdir(folder)).sort()).toEqual(['.gitkeep', '2019-march.log']);
  await rm(join(folder, '2019-march.log'));
  await expect(make(folder)).resolves.toHaveLength(2);
});

test('with force replaces the files of its names and no others', async () => {
  await writeFile(join(folder, '2019-january.log'), 'old');
  await writeFile(join(folder, 'other.log'), 'mine');
  await make(folder, true);
  expect(await readFile(join(folder, '2019-january.log'), 'utf8')).toMatch(/^\{"date": "2019-01-/);
  expect(await readFile(join(folder, 'other.log'), 'utf8')).toBe('mine');
  expect(await readdir(folder)).toHaveLength(3);
});

test('leaves nothing behind when it is stopped', async () => {
  const stop = new AbortController();
  const work = makeSampleLogs(sampleLogs, {
    ...{ folder, options: { accounts: '2000' }, signal: stop.signal },
  });
  stop.abort(new Error('enough'));
  await expect(work).rejects.toThrow('enough');
  expect(await readdir(folder)).toEqual([]);
});

test('leaves nothing unfinished behind when a file cannot take its name', async () => {
  await mkdir(join(folder, '2019-february.log'));
  await expect(make(folder, true)).rejects.toThrow();
  expect((await readdir(folder)).filter((name) => name.startsWith('.'))).toEqual([]);
});

test.each([1e6, 3e7])('makes about %d bytes when asked for a size', async (bytes) => {
  const files = await makeSampleLogs(sampleLogs, { folder, options: { size: String(bytes) } });
  const written = files.reduce((sum, file) => sum + file.bytes, 0);
  expect(written / bytes).toBeGreaterThan(0.85);
  expect(written / bytes).toBeLessThan(1.15);
});

test('names every wrong option at once', async () => {
  const wrong = { accounts: '0', months: '1.5', seed: '-1', start: '2019-13' };
  const failure = makeSampleLogs(sampleLogs, { folder, options: wrong });
  await expect(failure).rejects.toMatchObject({ code: 'USAGE', exitCode: 2 });
  await expect(failure).rejects.toThrow(/accounts .*months .*seed .*start /);
  await expect(
    makeSampleLogs(sampleLogs, { folder, options: { start: '2006-12' } }),
  ).rejects.toThrow('2007');
});
