import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { openFile } from '../../../src/pipeline/extract/open-file.js';
import { temporaryFolder } from '../temporary-folder.js';

async function read(name: string, content: Buffer) {
  const path = join(temporaryFolder({ [name]: content }), name);
  const file = openFile({ name, path, bytes: content.length });
  const chunks: Buffer[] = [];
  for await (const chunk of file.chunks) chunks.push(chunk);
  return { text: Buffer.concat(chunks).toString(), ...file.digest() };
}

const sha256 = (content: Buffer) => createHash('sha256').update(content).digest();
const lines = '{"a":1}\n'.repeat(50_000);

describe('openFile', () => {
  test.each([
    ['a.log', Buffer.from(lines)],
    ['a.log.gz', gzipSync(lines)],
    // Logs that are compressed piece by piece and appended: several gzip members.
    ['b.log.gz', Buffer.concat([gzipSync(lines.slice(0, 1000)), gzipSync(lines.slice(1000))])],
  ])('reads %s and digests what lies on disk', async (name, content) => {
    expect(await read(name, content)).toEqual({
      text: lines,
      sha256: sha256(content),
      bytes: content.length,
    });
  });

  test.each([
    ['that breaks off', gzipSync(lines).subarray(0, -20)],
    ['that is damaged', Buffer.concat([gzipSync(lines).subarray(0, 60), Buffer.alloc(60)])],
    ['that is none', Buffer.from(lines)],
    ['that is empty', Buffer.alloc(0)],
  ])('a gzip %s is an error that names the file', async (_, content) => {
    await expect(read('x.log.gz', content)).rejects.toMatchObject({
      code: 'DATA_UNREADABLE',
      where: expect.stringMatching(/x\.log\.gz$/),
    });
  });

  test('a file that is gone is an error that names it', async () => {
    const { chunks } = openFile({ name: 'a.log', path: '/nowhere/a.log', bytes: 1 });
    const first = chunks[Symbol.asyncIterator]().next();
    await expect(first).rejects.toMatchObject({
      code: 'DATA_UNREADABLE',
      where: '/nowhere/a.log',
    });
  });
});
