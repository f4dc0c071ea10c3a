// The wire format of Jupyter messages.

import { createHmac, timingSafeEqual } from 'node:crypto';
import { DaybookError } from '../errors.js';
import type { Header, Message, UnknownContent } from './message.js';

/**
 * The wire protocol: a message as ZeroMQ frames
 * (https://jupyter-client.readthedocs.io/en/stable/messaging.html#the-wire-protocol).
 * Frames: routing identities, the delimiter, the signature, header, parent header, metadata, content,
 * then any buffers. The signature is the HMAC-SHA256 of the four JSON frames, in hex.
 */
const delimiter = Buffer.from('<IDS|MSG>');

/** The signature of the four JSON frames; empty without a key. */
function sign(parts: readonly Buffer[], key: string): string {
  if (key === '') return '';
  const hmac = createHmac('sha256', key);
  for (const part of parts) hmac.update(part);
  return hmac.digest('hex');
}

/**
 * Encodes a message as frames.
 *
 * @param key - The connection's key; empty: not signed.
 */
export function encodeMessage(message: Message<unknown>, key: string): Buffer[] {
  const parts = [message.header, message.parentHeader, message.metadata, message.content].map(
    (part) => Buffer.from(JSON.stringify(part)),
  );
  return [
    ...message.identities,
    delimiter,
    Buffer.from(sign(parts, key)),
    ...parts,
    ...message.buffers,
  ];
}

/**
 * Decodes a message from frames.
 *
 * @param key - The connection's key; empty: signatures are not verified.
 * @throws DaybookError `KERNEL_PROTOCOL` for invalid frames or a wrong signature.
 */
export function decodeMessage(frames: readonly Buffer[], key: string): Message {
  const at = frames.findIndex((frame) => frame.equals(delimiter));
  if (at < 0) throw malformed('the delimiter <IDS|MSG> is missing');
  const [signature, header, parentHeader, metadata, content, ...buffers] = frames.slice(at + 1);
  if (
    signature === undefined ||
    header === undefined ||
    parentHeader === undefined ||
    metadata === undefined ||
    content === undefined
  ) {
    throw malformed(`${frames.length - at - 1} of at least 5 frames after the delimiter`);
  }
  const expected = Buffer.from(sign([header, parentHeader, metadata, content], key));
  if (
    key !== '' &&
    (signature.length !== expected.length || !timingSafeEqual(signature, expected))
  ) {
    throw malformed('the signature does not fit');
  }
  return {
    identities: frames.slice(0, at),
    header: checkedHeader(parseObject(header, 'header')),
    parentHeader: parseObject(parentHeader, 'parent header'),
    metadata: parseObject(metadata, 'metadata'),
    content: parseObject(content, 'content'),
    buffers,
  };
}

function parseObject(frame: Buffer, name: string): UnknownContent {
  let value: unknown;
  try {
    value = JSON.parse(frame.toString());
  } catch (cause) {
    throw malformed(`the ${name} is not JSON`, cause);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw malformed(`the ${name} is not a JSON object`);
  }
  return value as UnknownContent;
}

function checkedHeader(header: UnknownContent): Header {
  for (const name of ['msg_id', 'msg_type']) {
    if (typeof header[name] !== 'string') throw malformed(`the header has no ${name}`);
  }
  return header as unknown as Header;
}

function malformed(reason: string, cause?: unknown): DaybookError {
  return new DaybookError('KERNEL_PROTOCOL', `A message of the kernel was refused: ${reason}`, {
    cause,
  });
}
