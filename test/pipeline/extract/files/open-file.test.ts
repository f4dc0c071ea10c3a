import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { openFile } from '../../../../src/pipeline/extract/files/open-file.js';
import { temporaryFolder } from '../../../temporary-folder.js';

async function read(name: string, content: Buffer) {
  const path = join(temporaryFolder({ [name]: content }), name);
  const logFile = { name, path, bytes: content.length };
  const file = await openFile(logFile);
  const chunks: Buffer[] = [];
  for await (const chunk of file.chunks) chunks.push(Buffer.from(chunk));
  return { text: Buffer.concat(chunks).toString(), ...file.digest() };
}

const sha256 = (content: Buffer) => createHash('sha256').update(content).digest();
const lines = '{"a":1}\n'.repeat(50_000);
const base64 = (text: string) => Buffer.from(text, 'base64');
/** What `zstd --check` makes of the lines, of their first 1,000 bytes and of the rest. */
const zstd = {
  lines: base64(
    'KLUv/aSAGgYAhAAAQHsiYSI6MX0KAQD1/8sLF0wAAAh7AQD8/zkQAkwAAAh7AQD8/zkQAkUAAAh7AQB82gMhGsa6Xw==',
  ),
  first: base64('KLUv/WToAn0AAEB7ImEiOjF9CgEA3VcVLq48b0M='),
  rest: base64(
    'KLUv/aSYFgYAhAAAQHsiYSI6MX0KAQD1/8sLF0wAAAh7AQD8/zkQAkwAAAh7AQD8/zkQAkUAAAh7AQCU1gMh3XZf/g==',
  ),
  skipped: Buffer.from([0x50, 0x2a, 0x4d, 0x18, 4, 0, 0, 0, 1, 2, 3, 4]),
};

describe('openFile', () => {
  test.each([
    ['a.log', Buffer.from(lines)],
    ['a.log.gz', gzipSync(lines)],
    // Logs that are compressed piece by piece and appended: several gzip members.
    ['plain.log.gz', Buffer.from(lines)],
    ['packed.log', gzipSync(lines)],
    ['a.log.zst', zstd.lines],
    // With a frame to be skipped, and one after the other.
    ['b.log.zst', Buffer.concat([zstd.skipped, zstd.first, zstd.rest])],
    ['b.log.gz', Buffer.concat([gzipSync(lines.slice(0, 1000)), gzipSync(lines.slice(1000))])],
  ])('reads %s and digests what lies on disk', async (name, content) => {
    expect(await read(name, content)).toEqual({
      text: lines,
      sha256: sha256(content),
      bytes: content.length,
    });
  });

  test.each([
    ['gzip that breaks off', gzipSync(lines).subarray(0, -20)],
    ['zstd that breaks off', zstd.lines.subarray(0, -8)],
    ['zstd with something behind it', Buffer.concat([zstd.lines, Buffer.from('something')])],
    ['gzip that is damaged', Buffer.concat([gzipSync(lines).subarray(0, 60), Buffer.alloc(60)])],
  ])('a %s is an error that names the file', async (_, content) => {
    await expect(read('x.log.gz', content)).rejects.toMatchObject({
      code: 'DATA_UNREADABLE',
      where: expect.stringMatching(/x\.log\.gz$/),
    });
  });

  test('a file that is gone is an error that names it', async () => {
    const file = { name: 'a.log', path: '/nowhere/a.log', bytes: 1 };
    const gone = { code: 'DATA_UNREADABLE', where: '/nowhere/a.log' };
    await expect(openFile(file)).rejects.toMatchObject(gone);
  });
});
