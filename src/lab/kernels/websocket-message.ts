// Kernel messages on websockets.

import { z } from 'zod';
import type { Channel, Message } from '../../jupyter/message.js';

/**
 * The two encodings of kernel messages on websockets
 * (https://jupyter-server.readthedocs.io/en/stable/developers/websocket-protocols.html).
 */

/** The subprotocol of the newer encoding; without it the default applies. */
export const v1Protocol = 'v1.kernel.websocket.jupyter.org';

/** A message with its channel. */
export interface ChannelMessage {
  readonly channel: Channel;
  readonly message: Message;
}

/** An encoding of messages. */
export interface WebsocketCodec {
  encode(message: ChannelMessage): string | Buffer;
  /** @throws Error when the data is no message. */
  decode(data: Buffer, isBinary: boolean): ChannelMessage;
}

const loose = z.record(z.string(), z.unknown());
const header = z.looseObject({ msg_id: z.string(), msg_type: z.string() });
/** A client's message; some clients omit empty fields. */
const clientMessage = z.object({
  channel: z.enum(['shell', 'control', 'stdin']).default('shell'),
  header,
  parent_header: loose.nullish(),
  metadata: loose.nullish(),
  content: loose,
});

function toChannelMessage(value: unknown, buffers: readonly Buffer[]): ChannelMessage {
  const { channel, ...parts } = clientMessage.parse(value);
  const message = {
    identities: [],
    header: parts.header as unknown as Message['header'],
    parentHeader: parts.parent_header ?? {},
    metadata: parts.metadata ?? {},
    content: parts.content,
    buffers,
  };
  return { channel, message };
}

/**
 * The encoding of {@link v1Protocol}: a count, that many offsets (64 bits each, little endian), then the parts:
 * channel, header, parent header, metadata, content and the buffers.
 */
export const v1Codec: WebsocketCodec = {
  encode({ channel, message }) {
    const { header: head, parentHeader, metadata, content, buffers } = message;
    const json = [head, parentHeader, metadata, content].map((part) => JSON.stringify(part));
    const parts = [...[channel, ...json].map((text) => Buffer.from(text)), ...buffers];
    const index = Buffer.alloc(8 * (parts.length + 2));
    let offset = index.length;
    index.writeBigUInt64LE(BigInt(parts.length + 1));
    for (const [number, part] of [...parts, Buffer.alloc(0)].entries()) {
      index.writeBigUInt64LE(BigInt(offset), 8 * (number + 1));
      offset += part.length;
    }
    return Buffer.concat([index, ...parts]);
  },
  decode(data) {
    const [channel, ...rest] = slices(data, 8, (at) => Number(data.readBigUInt64LE(at)));
    const [head, parent, metadata, content, ...buffers] = rest;
    const value = {
      channel: channel?.toString(),
      header: parseJson(head),
      parent_header: parseJson(parent),
      metadata: parseJson(metadata),
      content: parseJson(content),
    };
    return toChannelMessage(value, buffers);
  },
};

/**
 * The default encoding: JSON text; with buffers a count, that many offsets (32 bits each, big endian), the JSON
 * and the buffers.
 */
export const defaultCodec: WebsocketCodec = {
  encode({ channel, message }) {
    const { header: head, parentHeader, metadata, content, buffers } = message;
    const json = JSON.stringify({
      channel,
      msg_id: head.msg_id,
      msg_type: head.msg_type,
      header: head,
      parent_header: parentHeader,
      metadata,
      content,
      buffers: [],
    });
    if (buffers.length === 0) return json;
    const parts = [Buffer.from(json), ...buffers];
    const index = Buffer.alloc(4 * (parts.length + 1));
    let offset = index.length;
    index.writeUInt32BE(parts.length);
    for (const [number, part] of parts.entries()) {
      index.writeUInt32BE(offset, 4 * (number + 1));
      offset += part.length;
    }
    return Buffer.concat([index, ...parts]);
  },
  decode(data, isBinary) {
    if (!isBinary) return toChannelMessage(parseJson(data), []);
    const [json, ...buffers] = slices(data, 4, (at) => data.readUInt32BE(at), data.length);
    return toChannelMessage(parseJson(json), buffers);
  },
};

/**
 * The parts between the offsets at the beginning of the data.
 *
 * @param width - Of the count and of each offset, in bytes.
 * @param read - Reads the number at an offset.
 * @param end - The end of the last part, when no offset has it.
 */
function slices(
  data: Buffer,
  width: number,
  read: (at: number) => number,
  ...end: number[]
): Buffer[] {
  const count = read(0);
  if (width * (count + 1) > data.length) throw new Error('more offsets than bytes');
  const offsets = [
    ...Array.from({ length: count }, (_, index) => read(width * (index + 1))),
    ...end,
  ];
  const ascending = offsets.every((offset, index) => offset >= (offsets[index - 1] ?? 0));
  if (!ascending || (offsets.at(-1) ?? 0) > data.length) throw new Error('offsets out of order');
  return offsets.slice(0, -1).map((offset, index) => data.subarray(offset, offsets[index + 1]));
}

function parseJson(part: Buffer | undefined): unknown {
  return JSON.parse(part?.toString() ?? '');
}
