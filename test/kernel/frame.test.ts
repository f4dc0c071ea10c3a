import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createMarker, encodeFrame as encodeJson, FrameDecoder } from '../../src/kernel/frame.js';

const encodeFrame = (marker: string, message: unknown) =>
  Buffer.from(encodeJson(marker, JSON.stringify(message)));

/** Reads chunks: messages as they come, bytes between them joined. */
function read(marker: string, chunks: readonly Buffer[]): unknown[] {
  const found: unknown[] = [];
  const decoder = new FrameDecoder(
    marker,
    (message) => found.push({ message }),
    (bytes) => {
      const last = found.at(-1);
      if (typeof last === 'string') found[found.length - 1] = last + bytes.toString('latin1');
      else found.push(bytes.toString('latin1'));
    },
  );
  for (const chunk of chunks) decoder.write(chunk);
  decoder.end();
  return found;
}

test('messages and bytes come out as they went in, however the stream is cut', () => {
  const marker = createMarker();
  const part = fc.oneof(
    fc.uint8Array({ maxLength: 30 }).map((bytes) => Buffer.from(bytes)),
    // Bytes that look like the beginning of a message.
    fc.nat(marker.length - 1).map((length) => Buffer.from(marker.slice(0, length))),
    fc.constantFrom('12', '3:', ':', '\0').map((text) => Buffer.from(text)),
    fc.jsonValue().map((message) => ({ message })),
  );
  fc.assert(
    fc.property(
      fc.array(part),
      fc.infiniteStream(fc.integer({ min: 1, max: 50 })),
      (parts, cuts) => {
        const stream = Buffer.concat(
          parts.map((one) => (Buffer.isBuffer(one) ? one : encodeFrame(marker, one.message))),
        );
        const chunks: Buffer[] = [];
        for (let at = 0; at < stream.length;) {
          const length = Number(cuts.next().value);
          chunks.push(stream.subarray(at, at + length));
          at += length;
        }
        const expected: unknown[] = [];
        for (const one of parts) {
          const last = expected.at(-1);
          if (!Buffer.isBuffer(one)) expected.push(JSON.parse(JSON.stringify(one)));
          else if (one.length === 0) continue;
          else if (typeof last === 'string') {
            expected[expected.length - 1] = last + one.toString('latin1');
          } else expected.push(one.toString('latin1'));
        }
        expect(read(marker, chunks)).toEqual(expected);
      },
    ),
  );
});

test('what another process wrote into the middle of a message is output, and the next one is read', () => {
  const marker = createMarker();
  const frame = encodeFrame(marker, { text: 'a'.repeat(20) });
  const broken = Buffer.concat([frame.subarray(0, 45), Buffer.from('CHILD'), frame.subarray(45)]);
  const found = read(marker, [broken, encodeFrame(marker, { next: 1 })]);
  expect(found.at(-1)).toEqual({ message: { next: 1 } });
  expect(String(found[0])).toContain('CHILD');
});

test('a message that breaks off does not take the next one with it', () => {
  const marker = createMarker();
  const begun = encodeFrame(marker, { text: 'a'.repeat(500) }).subarray(0, 100);
  const whole = encodeFrame(marker, { next: 1 });
  expect(read(marker, [Buffer.concat([begun, whole])]).at(-1)).toEqual({ message: { next: 1 } });
  expect(read(marker, [begun, whole.subarray(0, 10), whole.subarray(10)]).at(-1)).toEqual({
    message: { next: 1 },
  });
});

test('a marker without a length is output', () => {
  const marker = createMarker();
  expect(read(marker, [Buffer.from(`${marker}x:y`)])).toEqual([`${marker}x:y`]);
  expect(read(marker, [Buffer.from(`${marker}99999999999:`)])).toEqual([`${marker}99999999999:`]);
});
