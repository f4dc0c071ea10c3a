import { statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findCopies } from '../../../../src/pipeline/extract/files/find-copies.js';
import { anyJson } from '../../line-sources.js';
import { temporaryFolder } from '../../../temporary-folder.js';

const filesOf = (contents: Record<string, string>, source = anyJson) => {
  const folder = temporaryFolder(contents);
  return Object.keys(contents).map((name) => {
    const path = join(folder, name);
    return { file: { name, path, bytes: statSync(path).size }, source };
  });
};

test('the same bytes under another name of the same source are loaded once', async () => {
  const contents = { 'x (1).jsonl': '{"a":1}', 'x.jsonl': '{"a":1}', 'y.jsonl': '{"a":2}' };
  const { files, copies } = await findCopies(filesOf(contents), new Map());
  expect(files.map(({ file }) => file.name)).toEqual(['x.jsonl', 'y.jsonl']);
  expect(copies).toEqual([{ file: 'x (1).jsonl', reason: 'it is a copy of x.jsonl' }]);
});

test('the one that is loaded already stays', async () => {
  const known = new Map([['x (1).jsonl', { sha256: Buffer.alloc(32), bytes: 7 }]]);
  const contents = { 'x (1).jsonl': '{"a":1}', 'x.jsonl': '{"a":1}' };
  const { copies } = await findCopies(filesOf(contents), known);
  expect(copies).toEqual([{ file: 'x.jsonl', reason: 'it is a copy of x (1).jsonl' }]);
});

test('empty files, those of several sources and those that are meant to be alike are no copies', async () => {
  const alike = { 'x.jsonl': '{"a":1}', 'y.jsonl': '{"a":1}' };
  const [first, second] = filesOf(alike);
  for (const files of [
    filesOf({ 'x.jsonl': '', 'y.jsonl': '' }),
    filesOf(alike, { ...anyJson, copies: 'load' }),
    [first, second && { ...second, source: { ...anyJson, name: 'other' } }].filter(
      (each) => each !== undefined,
    ),
  ]) {
    expect((await findCopies(files, new Map())).copies).toEqual([]);
  }
});
