// Reading and validation of request bodies.

import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { RequestError } from './request-error.js';

/** The limit of request bodies, except saves, in bytes. */
export const smallBody = 1024 * 1024;

/**
 * The JSON object in a request's body. Jupyter's clients send no JSON content type, so none is required; because a
 * form of another site can post the same, every unsafe request must prove its origin.
 *
 * @param limit - In bytes.
 * @returns Undefined for an empty body.
 * @throws RequestError 413 when it is too large, 400 when it is no JSON object.
 */
export async function readJsonBody(
  request: IncomingMessage,
  limit: number,
): Promise<Record<string, unknown> | undefined> {
  const tooLarge = () => new RequestError(413, `the body has more than ${limit} bytes`);
  if (Number(request.headers['content-length'] ?? 0) > limit) throw tooLarge();
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > limit) throw tooLarge();
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString().trim();
  if (text === '') return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new RequestError(400, 'the body is not JSON', cause);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new RequestError(400, 'the body is not a JSON object');
  }
  return value as Record<string, unknown>;
}

/**
 * Validates input by a schema.
 *
 * @throws RequestError 400 that names what is invalid.
 */
export function checkInput<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
): z.output<Schema> {
  const result = schema.safeParse(value ?? {});
  if (result.success) return result.data;
  throw new RequestError(400, z.prettifyError(result.error), result.error);
}

/**
 * Percent-decodes a text once.
 *
 * @throws RequestError 400 when the encoding is invalid.
 */
export function decodePercent(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch (cause) {
    throw new RequestError(400, 'the address is not valid percent-encoding', cause);
  }
}
