import accepts from 'accepts';
import type { IncomingMessage } from 'node:http';
import type { Answer, Readership } from '../../http/prepared-response.js';
import { BoundedCache } from '../../http/bounded-cache.js';
import { encodings, type Encoding } from '../../http/encoded-body.js';
import type { Exchange } from './exchange.js';

/** Sends an answer in the best encoding that the client takes, or 304 when the client has it already. */
export async function sendAnswer(exchange: Exchange, answer: Answer): Promise<void> {
  const { request, response, id } = exchange;
  // An answer is whole: nothing of what handlers have set before goes with it.
  for (const name of response.getHeaderNames()) response.removeHeader(name);
  const encoding = answer.body.isCompressible ? encodingFor(request) : 'identity';
  const { tag, head, bytes, unchangedHead } = await answer.prepared(
    encoding,
    readershipOf(exchange),
  );
  if (tag !== undefined && hasAlready(request, tag)) {
    response.writeHead(304, [...unchangedHead, 'X-Request-Id', id]).end();
    return;
  }
  exchange.bytes = bytes.length;
  response.writeHead(answer.status, [...head, 'X-Request-Id', id]).end(bytes);
}

function readershipOf({ asker: { viewer, audience } }: Exchange): Readership {
  if (viewer !== undefined) return 'one-person';
  return audience.account === undefined ? 'everybody' : 'by-cookie';
}

/** What the headers of clients ask for: browsers send very few different ones. */
const known = new BoundedCache<Encoding>(100);

/** Longer headers are no browser's, and not worth the memory. */
const maxKnown = 200;

function encodingFor(request: IncomingMessage): Encoding {
  const header = request.headers['accept-encoding'];
  if (header === undefined) return 'identity';
  const before = known.get(header);
  if (before !== undefined) return before;
  const chosen = accepts(request).encodings(...encodings);
  const encoding = encodings.find((one) => one === chosen) ?? 'identity';
  if (header.length <= maxKnown) known.set(header, encoding);
  return encoding;
}

/** Whether the client has the body of this tag, and did not ask for it anew (RFC 9110, 13.1.2). */
function hasAlready({ headers }: IncomingMessage, tag: string): boolean {
  const tags = headers['if-none-match'];
  if (tags === undefined || /(?:^|,)\s*no-cache\s*(?:,|$)/.test(headers['cache-control'] ?? '')) {
    return false;
  }
  return (
    tags.trim() === '*' || tags.split(',').some((one) => one.trim().replace(/^W\//, '') === tag)
  );
}
