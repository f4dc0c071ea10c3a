import type { Request, Response } from 'express';
import { askerOf } from './access/access.js';
import { encodings, type EncodedBody, type Encoding } from './encoded-body.js';

/** How a body is sent. */
export interface BodyOptions {
  readonly status: number;
  /** The media type, with its charset. */
  readonly type: string;
  /** `Cache-Control`. */
  readonly cache: string;
}

/** Sends a body in the best encoding that the client takes, or 304 when the client has it already. */
export async function sendBody(
  request: Request,
  response: Response,
  body: EncodedBody,
  { status, type, cache }: BodyOptions,
): Promise<void> {
  const encoding = body.isCompressible ? chooseEncoding(request) : 'identity';
  response.status(status);
  // What one person may read is kept in their browser alone, and asked for again each time: by then they
  // may have signed out.
  const isPersonal = askerOf(response).viewer !== undefined && !cache.startsWith('public');
  response.setHeader('Cache-Control', isPersonal ? 'private, no-cache' : cache);
  response.vary('Accept-Encoding');
  if (status === 200) {
    // Bodies of different encodings are different bytes, so they have different tags.
    response.setHeader('ETag', `"${body.hash}-${encoding}"`);
    if (request.fresh) {
      response.status(304).end();
      return;
    }
  }
  const bytes = await body.encoded(encoding);
  response.setHeader('Content-Type', type);
  response.setHeader('Content-Length', bytes.length);
  if (encoding !== 'identity') response.setHeader('Content-Encoding', encoding);
  response.end(bytes);
}

function chooseEncoding(request: Request): Encoding {
  const chosen = request.acceptsEncodings(...encodings);
  return encodings.find((encoding) => encoding === chosen) ?? 'identity';
}
