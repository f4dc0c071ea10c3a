import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { unpackZstd } from '../../../../src/pipeline/extract/files/unpack-zstd.js';
import { Xxh64 } from '../../../../src/pipeline/extract/files/xxh64.js';

/** The lower half of XXH64, from the specification's own words, in BigInt. */
function specified(bytes: Buffer): number {
  const u64 = (value: bigint) => BigInt.asUintN(64, value);
  const rotate = (value: bigint, bits: bigint) => u64((value << bits) | (value >> (64n - bits)));
  const [p1, p2, p3, p4, p5] = [
    ...[0x9e3779b185ebca87n, 0xc2b2ae3d27d4eb4fn, 0x165667b19e3779f9n],
    ...[0x85ebca77c2b2ae63n, 0x27d4eb2f165667c5n],
  ] as [bigint, bigint, bigint, bigint, bigint];
  const round = (lane: bigint, input: bigint) => u64(rotate(u64(lane + input * p2), 31n) * p1);
  let hash = p5;
  let at = 0;
  if (bytes.length >= 32) {
    const lanes = [u64(p1 + p2), p2, 0n, u64(-p1)];
    for (; at + 32 <= bytes.length; at += 32) {
      for (const [index, lane] of lanes.entries()) {
        lanes[index] = round(lane, bytes.readBigUInt64LE(at + index * 8));
      }
    }
    const [a = 0n, b = 0n, c = 0n, d = 0n] = lanes;
    hash = u64(rotate(a, 1n) + rotate(b, 7n) + rotate(c, 12n) + rotate(d, 18n));
    for (const lane of lanes) hash = u64((hash ^ round(0n, lane)) * p1 + p4);
  }
  hash = u64(hash + BigInt(bytes.length));
  for (; at + 8 <= bytes.length; at += 8) {
    hash = u64(rotate(hash ^ round(0n, bytes.readBigUInt64LE(at)), 27n) * p1 + p4);
  }
  for (; at + 4 <= bytes.length; at += 4) {
    hash = u64(rotate(hash ^ u64(BigInt(bytes.readUInt32LE(at)) * p1), 23n) * p2 + p3);
  }
  for (; at < bytes.length; at += 1) {
    hash = u64(rotate(hash ^ u64(BigInt(bytes[at] ?? 0) * p5), 11n) * p1);
  }
  hash = u64((hash ^ (hash >> 33n)) * p2);
  hash = u64((hash ^ (hash >> 29n)) * p3);
  return Number((hash ^ (hash >> 32n)) & 0xffffffffn);
}

describe('Xxh64', () => {
  test('is what its specification says, however the bytes arrive', () => {
    expect(new Xxh64().low32()).toBe(0x51d8e999); // ef46db3751d8e999
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        fc.array(fc.nat(300), { maxLength: 4 }),
        (bytes, cuts) => {
          const hash = new Xxh64();
          let start = 0;
          for (const end of [...cuts.toSorted((a, b) => a - b), bytes.length]) {
            hash.update(bytes.subarray(start, end));
            start = Math.max(start, Math.min(end, bytes.length));
          }
          expect(hash.low32()).toBe(specified(Buffer.from(bytes)));
        },
      ),
      { numRuns: 500 },
    );
  });
});

const base64 = (text: string) => Buffer.from(text, 'base64');
/** What `zstd --check` makes of 12,500 lines `{"a":1}`. */
const packed = base64(
  'KLUv/aSgGgYAhAAAQHsiYSI6MX0KAQD1/8sLF0wAAAh7AQD8/zkQAkwAAAh7AQD8/zkQAkUAAAh7AQB82gMhGsa6Xw==',
);

async function unpack(content: Buffer, chunkBytes = content.length): Promise<Buffer> {
  const chunks = (async function* () {
    await Promise.resolve();
    for (let at = 0; at < content.length; at += chunkBytes) {
      yield content.subarray(at, at + chunkBytes);
    }
  })();
  const parts: Buffer[] = [];
  for await (const part of unpackZstd(chunks)) parts.push(part);
  return Buffer.concat(parts);
}

/** A frame without a checksum whose blocks are each one byte that is repeated 128 Ki times. */
function bomb(blocks: number): Buffer {
  const head = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x38]);
  const block = (isLast: number) => {
    const bytes = Buffer.alloc(4, '\n');
    bytes.writeUIntLE(isLast | (1 << 1) | (131_072 << 3), 0, 3);
    return bytes;
  };
  return Buffer.concat([head, ...Array.from({ length: blocks - 1 }, () => block(0)), block(1)]);
}

describe('unpackZstd', () => {
  test('gives the same however the bytes arrive', async () => {
    const all = createHash('sha256')
      .update(await unpack(packed))
      .digest('hex');
    for (const chunkBytes of [1, 2, 7, 30]) {
      const digest = createHash('sha256').update(await unpack(packed, chunkBytes));
      expect([chunkBytes, digest.digest('hex')]).toEqual([chunkBytes, all]);
    }
  });

  test('whatever byte is damaged, nothing else comes out without an error', async () => {
    const right = await unpack(packed);
    for (let at = 0; at < packed.length; at += 1) {
      const damaged = Buffer.from(packed);
      damaged[at] = (damaged[at] ?? 0) ^ 0x10;
      // A few bits say nothing of the content: unused ones of the frame's head.
      const result = await unpack(damaged).catch(() => right);
      expect([at, result.equals(right)]).toEqual([at, true]);
    }
  });

  test('wherever it breaks off is an error', async () => {
    for (let length = 1; length < packed.length; length += 1) {
      await expect(unpack(packed.subarray(0, length))).rejects.toThrow();
    }
  });

  test('a few bytes that become many come a block at a time', async () => {
    let most = 0;
    let bytes = 0;
    const content = bomb(300);
    for await (const part of unpackZstd(
      (async function* () {
        await Promise.resolve();
        yield content;
      })(),
    )) {
      most = Math.max(most, part.length);
      bytes += part.length;
    }
    expect([most, bytes]).toEqual([131_072, 300 * 131_072]);
  });

  test('an enormous window is refused before there is memory for it', async () => {
    const content = bomb(1);
    content[5] = 0xa8; // 2 GiB
    await expect(unpack(content)).rejects.toThrow(/window/);
  });
});
