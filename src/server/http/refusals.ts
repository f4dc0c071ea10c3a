import accepts from 'accepts';
import { Answer } from '../../http/prepared-response.js';
import { EncodedBody } from '../../http/encoded-body.js';
import type { Exchange } from './exchange.js';

/** Of who asks by a name that is not the dashboard's. */
export const misdirected = refusal(
  421,
  'This dashboard is not known under the name in the address.\n' +
    'Ask for it as localhost, or let its administrator set DAYBOOK_PUBLIC_ORIGIN or\n' +
    'DAYBOOK_ALLOWED_HOSTS (docs/administrator.md).\n',
);

/** Of an address that asks too often. */
export function tooMany(seconds: number): Answer {
  return refusal(429, 'Too many requests from this address.\n', { 'Retry-After': String(seconds) });
}

/** Sends browsers to the sign-in page; programs learn that they must sign in. */
export function askToSignIn({ request, url }: Exchange, basePath: string): Answer {
  if (accepts(request).type(['html', 'json', 'text']) !== 'html') {
    return refusal(401, 'Sign in to read this.\n');
  }
  const location = `${basePath}/sign-in?to=${encodeURIComponent(url)}`;
  return refusal(303, '', { Location: location });
}

function refusal(
  status: number,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  const type = 'text/plain; charset=utf-8';
  return new Answer(new EncodedBody(text), { status, type, cache: 'no-store', headers });
}
