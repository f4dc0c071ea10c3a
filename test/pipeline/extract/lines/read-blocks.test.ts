import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  readBlocks,
  type LineBlock,
  type OverlongLine,
} from '../../../../src/pipeline/extract/lines/read-blocks.js';

/** Cuts bytes into chunks at these places. */
async function* chunked(bytes: Buffer, cuts: number[]): AsyncGenerator<Buffer> {
  const places = [
    ...new Set([0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length]),
  ].sort((a, b) => a - b);
  for (let i = 1; i < places.length; i += 1)
    yield await Promise.resolve(bytes.subarray(places[i - 1], places[i]));
}

async function collect(
  bytes: Buffer,
  cuts: number[],
  longest?: number,
): Promise<(LineBlock | OverlongLine)[]> {
  const blocks: (LineBlock | OverlongLine)[] = [];
  for await (const block of readBlocks(
    chunked(bytes, cuts),
    0,
    longest,
    longest === undefined ? undefined : 15,
  ))
    blocks.push(block);
  return blocks;
}

describe('readBlocks', () => {
  test('whatever the chunks are, blocks are whole lines and together the file', async () => {
    const bytes = fc
      .array(fc.constantFrom('a', '\n', '\r\n', 'é', '\n\n', 'long line', '\ufeff'), {
        maxLength: 40,
      })
      .map((parts) => Buffer.from(parts.join('')));
    await fc.assert(
      fc.asyncProperty(bytes, fc.array(fc.nat(), { maxLength: 8 }), async (content, cuts) => {
        const blocks = await collect(content, cuts);
        // Only at the very beginning a mark is one, wherever chunks begin.
        let offset = content.toString().startsWith('\ufeff') ? 3 : 0;
        const lines = content.subarray(offset);
        for (const [index, block] of blocks.entries()) {
          if (block.kind !== 'lines') throw new Error('no line is overlong');
          expect(block.byteOffset).toBe(offset);
          expect(block.bytes.length).toBeGreaterThan(0);
          // Only the end of the file may lack a line feed.
          if (index < blocks.length - 1) expect(block.bytes.at(-1)).toBe(0x0a);
          offset += block.bytes.length;
        }
        expect(
          Buffer.concat(blocks.map((b) => (b.kind === 'lines' ? b.bytes : Buffer.alloc(0)))),
        ).toEqual(lines);
      }),
      { numRuns: 500 },
    );
  });

  test('a line beyond the bound costs only itself', async () => {
    const lines = fc.array(
      fc.nat(30).map((length) => 'x'.repeat(length)),
      { minLength: 1, maxLength: 12 },
    );
    await fc.assert(
      fc.asyncProperty(
        lines,
        fc.boolean(),
        fc.array(fc.nat(), { maxLength: 30 }),
        async (list, ends, cuts) => {
          const content = Buffer.from(list.join('\n') + (ends ? '\n' : ''));
          const blocks = await collect(content, cuts, 10);
          const seen = blocks.flatMap((block) =>
            block.kind === 'overlong'
              ? [{ offset: block.byteOffset, length: block.length, head: block.head.toString() }]
              : block.bytes
                  .toString()
                  .replace(/\n$/, '')
                  .split('\n')
                  .map((text) => ({ length: text.length })),
          );
          const last = list.at(-1) === '' && !ends ? list.slice(0, -1) : list;
          expect(seen.map(({ length }) => length)).toEqual(last.map((text) => text.length));
          for (const block of blocks) {
            if (block.kind !== 'overlong') continue;
            expect(block.head.toString()).toBe('x'.repeat(Math.min(block.length, 15)));
            const end = content[block.byteOffset + block.length];
            expect(block.isFinished).toBe(end === 0x0a);
            expect(
              content.subarray(block.byteOffset, block.byteOffset + block.length).toString(),
            ).toBe('x'.repeat(block.length));
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  test('leaves a byte order mark out and counts it, even if it arrives in pieces', async () => {
    const bytes = Buffer.from('\ufeff{"a":1}\n{}');
    for (const cuts of [[], [1], [1, 2], [2, 3], [3]]) {
      const blocks = (await collect(bytes, cuts)) as LineBlock[];
      expect(blocks[0]?.byteOffset).toBe(3);
      expect(Buffer.concat(blocks.map((block) => block.bytes)).toString()).toBe('{"a":1}\n{}');
    }
    expect(await collect(Buffer.from('\ufeff'), [])).toEqual([]);
    const later = (await collect(Buffer.from('a\n\ufeffb'), [2])) as LineBlock[];
    expect(later.map((block) => block.bytes.toString())).toEqual(['a\n', '\ufeffb']);
  });

  test('an empty file has no line', async () => {
    expect(await collect(Buffer.alloc(0), [])).toEqual([]);
  });

  test('a line as long as the bound is held, whether it ends in a line feed or not', async () => {
    for (const end of ['', '\n']) {
      const bytes = Buffer.from(`${'x'.repeat(10)}${end}`);
      expect(await collect(bytes, [4], 10)).toEqual([
        { kind: 'lines', bytes, byteOffset: 0, isFinished: end !== '' },
      ]);
    }
  });
});
