import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DaybookError } from '../../src/errors.js';
import { createMessage, isMessage, type Message } from '../../src/jupyter/message.js';
import { decodeMessage, encodeMessage } from '../../src/jupyter/wire.js';

const key = 'a0436f6c-1916-498b-8eb9-e81ab9368e84';

const sample: Message<unknown> = {
  ...createMessage('stream', { name: 'stdout', text: 'é☃😀\u0000' }, { session: 's' }),
  identities: [Buffer.from('one'), Buffer.from([0, 255])],
  buffers: [Buffer.from([1, 2, 3])],
};

test('a message comes back as it was sent, whatever its content', () => {
  fc.assert(
    fc.property(
      fc.object(),
      fc.array(fc.uint8Array({ maxLength: 20 })),
      fc.array(fc.uint8Array({ maxLength: 20 })),
      fc.string(),
      (content, identities, buffers, anyKey) => {
        const json = JSON.parse(JSON.stringify(content)) as Record<string, unknown>;
        const message: Message<unknown> = {
          ...sample,
          content: json,
          identities: identities.map((bytes) => Buffer.concat([Buffer.from('id'), bytes])),
          buffers: buffers.map((bytes) => Buffer.from(bytes)),
        };
        expect(decodeMessage(encodeMessage(message, anyKey), anyKey)).toEqual(message);
      },
    ),
  );
});

test('the signature is the HMAC-SHA256 of the four JSON frames, without identities and buffers', () => {
  const frames = encodeMessage(sample, key);
  const start = frames.findIndex((frame) => frame.toString() === '<IDS|MSG>');
  const hmac = createHmac('sha256', key);
  for (const frame of frames.slice(start + 2, start + 6)) hmac.update(frame);
  expect(frames[start + 1]?.toString()).toBe(hmac.digest('hex'));
  expect(start).toBe(2);
});

test('without a key nothing is signed or looked at', () => {
  const frames = encodeMessage(sample, '');
  expect(frames[3]?.toString()).toBe('');
  frames[3] = Buffer.from('anything');
  expect(decodeMessage(frames, '')).toEqual(sample);
});

test('a message that was changed on the way is refused', () => {
  fc.assert(
    fc.property(
      fc.nat({ max: 4 }),
      fc.nat(),
      fc.integer({ min: 1, max: 255 }),
      (part, at, bits) => {
        const frames = encodeMessage(sample, key);
        const frame = Buffer.from(frames[3 + part]!);
        frame[at % frame.length]! ^= bits;
        frames[3 + part] = frame;
        expect(() => decodeMessage(frames, key)).toThrow(DaybookError);
      },
    ),
  );
});

test('frames that are no message are refused, never a crash', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 30 })), fc.boolean(), (bytes, delimited) => {
      const frames = bytes.map((frame) => Buffer.from(frame));
      if (delimited) frames.unshift(Buffer.from('<IDS|MSG>'));
      expect(() => decodeMessage(frames, '')).toThrow(DaybookError);
    }),
  );
});

test.each([
  ['no delimiter', (frames: Buffer[]) => frames.filter((_, index) => index !== 2), 'delimiter'],
  ['too few frames', (frames: Buffer[]) => frames.slice(0, 6), '3 of at least 5'],
  ['no JSON', (frames: Buffer[]) => frames.with(7, Buffer.from('{')), 'content is not JSON'],
  ['an array', (frames: Buffer[]) => frames.with(7, Buffer.from('[]')), 'not a JSON object'],
  ['null', (frames: Buffer[]) => frames.with(5, Buffer.from('null')), 'parent header is not'],
  ['no id', (frames: Buffer[]) => frames.with(4, Buffer.from('{"msg_type":"x"}')), 'no msg_id'],
  ['no type', (frames: Buffer[]) => frames.with(4, Buffer.from('{"msg_id":"x"}')), 'no msg_type'],
])('%s is named', (_, change, reason) => {
  expect(() => decodeMessage(change(encodeMessage(sample, '')), '')).toThrow(reason);
});

test('a message of a known type without its fields is not taken for one', () => {
  const message = decodeMessage(encodeMessage(sample, key), key);
  expect(isMessage(message, 'stream')).toBe(true);
  expect(isMessage(message, 'status')).toBe(false);
  expect(isMessage({ ...message, content: { name: 'stdout', text: 5 } }, 'stream')).toBe(false);
  expect(isMessage({ ...message, content: {} }, 'stream')).toBe(false);
});
