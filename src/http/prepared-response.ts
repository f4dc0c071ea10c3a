// Prepared responses: pages, files, JSON; ETag, Cache-Control, compression.

import type { Response } from 'express';
import { EncodedBody, encodings } from './encoded-body.js';

/** A response that can be sent many times. */
export interface PreparedResponse {
  readonly status: number;
  /** The media type, with its charset. */
  readonly type: string;
  /** `Cache-Control` for permitted readers. */
  readonly cache: string;
  readonly body: EncodedBody;
  /** Headers beside or instead of those of every response; undefined removes one. */
  readonly headers?: Readonly<Record<string, string | undefined>> | undefined;
}

/**
 * Who may share a response: everybody; those with the same cookie, or none; one person, whose browser alone may
 * cache it.
 */
export type Readership = 'everybody' | 'by-cookie' | 'one-person';

/** Sets who may share the response of a request; default everybody. */
export function setReadership(response: Response, readership: Readership): void {
  response.locals['readership'] = readership;
}

/** The headers of a response that differ from those of every response. */
export type OwnHeaders = NonNullable<PreparedResponse['headers']>;

/** A page, which browsers cache and revalidate each time. */
export function htmlResponse(status: number, html: string, headers?: OwnHeaders): PreparedResponse {
  const cache = status === 200 ? 'no-cache' : 'no-store';
  const body = new EncodedBody(html);
  return { status, type: 'text/html; charset=utf-8', cache, body, headers };
}

/** A text. */
export function textResponse(status: number, text: string, headers?: OwnHeaders): PreparedResponse {
  const body = new EncodedBody(text);
  return { status, type: 'text/plain; charset=utf-8', cache: 'no-store', body, headers };
}

/**
 * A lasting redirect.
 *
 * @param location - Relative to the requested address, so that it holds below any path.
 */
export function leadsTo(location: string): PreparedResponse {
  const cache = 'no-cache';
  return { ...textResponse(308, '', { Location: location }), cache };
}

/** The `Content-Disposition` of a file to save, by its name in any script (RFC 6266). */
export function attachment(name: string): string {
  const plain = name.replace(/[^\w.-]/g, '_');
  const whole = encodeURIComponent(name).replace(
    /['()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16)}`,
  );
  return `attachment; filename="${plain}"${plain === name ? '' : `; filename*=UTF-8''${whole}`}`;
}

/** A JSON value that is not cached. */
export function jsonResponse(status: number, value: object): PreparedResponse {
  const body = new EncodedBody(`${JSON.stringify(value, null, 2)}\n`);
  return { status, type: 'application/json; charset=utf-8', cache: 'no-store', body };
}

/** A file whose address changes with its content. */
export function immutableResponse(type: string, body: EncodedBody): PreparedResponse {
  return { status: 200, type, cache: 'public, max-age=31536000, immutable', body };
}

/** Sends a response in the best encoding that the client accepts, or 304 when it has the response already. */
export async function sendResponse(response: Response, prepared: PreparedResponse): Promise<void> {
  const { status, type, cache, body, headers = {} } = prepared;
  const encoding = body.isCompressible ? response.req.acceptsEncodings([...encodings]) : 'identity';
  const chosen = encodings.find((one) => one === encoding) ?? 'identity';
  const bytes = await body.encoded(chosen);
  const readership = (response.locals['readership'] ?? 'everybody') as Readership;
  const isForAll = cache.startsWith('public');
  response.status(status);
  response.setHeader('Content-Type', type);
  // A person's response is cached in their browser only, and revalidated each time: they may have signed out.
  const isPrivate = readership === 'one-person' && !isForAll && cache !== 'no-store';
  response.setHeader('Cache-Control', isPrivate ? 'private, no-cache' : cache);
  response.setHeader(
    'Vary',
    readership === 'everybody' || isForAll ? 'Accept-Encoding' : 'Cookie, Accept-Encoding',
  );
  // Encodings differ in bytes, so they have different tags.
  if (status === 200) response.setHeader('ETag', `"${body.hash}-${chosen}"`);
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined) response.removeHeader(name);
    else response.setHeader(name, value);
  }
  if (chosen !== 'identity' && !response.req.fresh) response.setHeader('Content-Encoding', chosen);
  response.send(bytes);
}
