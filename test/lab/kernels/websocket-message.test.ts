import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { serialize, deserialize } from '@jupyterlab/services/lib/kernel/serialize.js';
import { createMessage } from '../../../src/jupyter/message.js';
import { defaultCodec, v1Codec, v1Protocol } from '../../../src/lab/kernels/websocket-message.js';

const forms = [
  { name: 'v1', codec: v1Codec, protocol: v1Protocol },
  { name: 'default', codec: defaultCodec, protocol: '' },
];

describe.each(forms)('the $name form', ({ codec, protocol }) => {
  // The official client copies objects member by member, which `__proto__` does not survive.
  const content = fc
    .dictionary(fc.string(), fc.jsonValue() as fc.Arbitrary<never>)
    .filter((values) => !JSON.stringify(values).includes('__proto__'));
  const buffers = fc.array(fc.uint8Array({ maxLength: 100 }), { maxLength: 4 });

  test('is what the official client reads and writes', () => {
    fc.assert(
      fc.property(content, buffers, (values, parts) => {
        const message = {
          ...createMessage('comm_msg' as 'status', values as never, { session: 's' }),
          parentHeader: { msg_id: 'parent' },
          buffers: parts.map((part) => Buffer.from(part)),
        };
        const encoded = codec.encode({ channel: 'iopub', message: message });
        const sent = typeof encoded === 'string' ? encoded : Uint8Array.from(encoded).buffer;
        const read = deserialize(sent as ArrayBuffer, protocol);
        expect(read.channel).toBe('iopub');
        expect(read.header).toEqual(message.header);
        expect(read.parent_header).toEqual(message.parentHeader);
        expect(read.content).toEqual(JSON.parse(JSON.stringify(values)));
        expect((read.buffers ?? []).map((part) => Buffer.from((part as DataView).buffer))).toEqual(
          message.buffers,
        );

        const written = serialize({ ...read, channel: 'shell' } as never, protocol);
        const isBinary = typeof written !== 'string';
        const back = codec.decode(Buffer.from(written as string), isBinary);
        expect(back.channel).toBe('shell');
        expect(back.message.header).toEqual(message.header);
        expect(back.message.parentHeader).toEqual(message.parentHeader);
        expect(back.message.content).toEqual(JSON.parse(JSON.stringify(values)));
        expect(back.message.buffers.map((part) => Buffer.from(part))).toEqual(message.buffers);
      }),
    );
  });

  test('refuses what is no message, and nothing else happens', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (bytes, isBinary) => {
        expect(() => codec.decode(Buffer.from(bytes), isBinary)).toThrow();
      }),
    );
    for (const value of [
      '{}',
      'null',
      '{"header":{},"content":{}}',
      '{"channel":"iopub","header":{"msg_id":"a","msg_type":"b"},"content":{}}',
      '{"channel":"shell","header":{"msg_id":"a","msg_type":"b"},"content":[]}',
    ]) {
      expect(() => codec.decode(Buffer.from(value), false)).toThrow();
    }
  });
});
