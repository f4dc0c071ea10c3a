// Response bodies with compression.

import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

const compressGzip = promisify(gzip);
const compressBrotli = promisify(brotliCompress);

/** The supported encodings, best first. */
export const encodings = ['br', 'gzip', 'identity'] as const;

/** One of {@link encodings}. */
export type Encoding = (typeof encodings)[number];

/** Smaller bodies, in bytes, are not worth compressing. */
const minCompressed = 1024;

/** A body that is sent many times: each encoding is made once, on demand. */
export class EncodedBody {
  readonly bytes: Buffer;
  /** A hash of the content for `ETag`, without quotes. */
  readonly hash: string;
  readonly #effort: number;
  readonly #encoded = new Map<Encoding, Promise<Buffer>>();

  /** @param effort - Brotli's, 0 to 11: higher is smaller and slower. */
  constructor(content: string | Buffer, effort = 5) {
    this.bytes = typeof content === 'string' ? Buffer.from(content) : content;
    this.hash = createHash('sha256').update(this.bytes).digest('base64url').slice(0, 20);
    this.#effort = effort;
  }

  /** Whether it is worth compressing. */
  get isCompressible(): boolean {
    return this.bytes.length >= minCompressed;
  }

  /** The body in an encoding. */
  encoded(encoding: Encoding): Promise<Buffer> {
    const known = this.#encoded.get(encoding);
    if (known !== undefined) return known;
    const made = this.#compress(encoding);
    this.#encoded.set(encoding, made);
    return made;
  }

  #compress(encoding: Encoding): Promise<Buffer> {
    switch (encoding) {
      case 'br':
        return compressBrotli(this.bytes, {
          params: {
            [constants.BROTLI_PARAM_QUALITY]: this.#effort,
            [constants.BROTLI_PARAM_SIZE_HINT]: this.bytes.length,
          },
        });
      case 'gzip':
        return compressGzip(this.bytes, { level: 6 });
      case 'identity':
        return Promise.resolve(this.bytes);
    }
  }
}
