import type { EncodedBody, Encoding } from './encoded-body.js';
import { securityHeaders } from './security-headers.js';

/** What an answer says beside its body. */
export interface AnswerOptions {
  readonly status: number;
  /** The media type, with its charset. */
  readonly type: string;
  /** `Cache-Control` for whoever may read it. */
  readonly cache: string;
  /** Headers beside those of every answer, or instead of them; undefined: not that one. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
}

/**
 * Whom an answer is for: everybody alike; whoever shows this cookie, or none; one person, whose browser
 * alone may keep it.
 */
export type Readership = 'everybody' | 'by-cookie' | 'one-person';

/** Names and values of headers by turns, as node's `writeHead` takes them. */
export type Head = readonly string[];

/** An answer in one encoding, but for what differs from one request to the next. */
export interface PreparedAnswer {
  /** Undefined: a client is to keep none of it. */
  readonly tag: string | undefined;
  readonly head: Head;
  readonly bytes: Buffer;
  /** The head when the client has it already. */
  readonly unchangedHead: Head;
}

/** An answer that is sent any number of times: its heads are put together once. */
export class Answer {
  readonly status: number;
  readonly body: EncodedBody;
  readonly #options: AnswerOptions;
  readonly #prepared = new Map<string, Promise<PreparedAnswer>>();

  constructor(body: EncodedBody, options: AnswerOptions) {
    this.status = options.status;
    this.body = body;
    this.#options = options;
  }

  /** The answer in an encoding. */
  prepared(encoding: Encoding, readership: Readership): Promise<PreparedAnswer> {
    const key = `${encoding} ${readership}`;
    const known = this.#prepared.get(key);
    if (known !== undefined) return known;
    const made = this.#prepare(encoding, readership);
    this.#prepared.set(key, made);
    return made;
  }

  async #prepare(encoding: Encoding, readership: Readership): Promise<PreparedAnswer> {
    const { status, type, cache, headers } = this.#options;
    const bytes = await this.body.encoded(encoding);
    const isForAll = cache.startsWith('public');
    const shared = {
      ...securityHeaders,
      // What one person may read is kept in their browser alone, and asked for again each time: by then
      // they may have signed out.
      'Cache-Control':
        readership === 'one-person' && !isForAll && cache !== 'no-store'
          ? 'private, no-cache'
          : cache,
      Vary: readership === 'everybody' || isForAll ? 'Accept-Encoding' : 'Cookie, Accept-Encoding',
      // Bodies of different encodings are different bytes, so they have different tags.
      ETag: status === 200 ? `"${this.body.hash}-${encoding}"` : undefined,
      ...headers,
    };
    const own = {
      'Content-Type': type,
      'Content-Length': String(bytes.length),
      'Content-Encoding': encoding === 'identity' ? undefined : encoding,
    };
    return {
      tag: shared.ETag,
      bytes,
      head: flat({ ...shared, ...own }),
      unchangedHead: flat(shared),
    };
  }
}

function flat(headers: Readonly<Record<string, string | undefined>>): Head {
  return Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [name, value],
  );
}
