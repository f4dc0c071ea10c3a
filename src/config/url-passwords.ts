// Passwords in the address of a warehouse, for masking.

import { unescape } from 'node:querystring';

/** The passwords in an address, as they are written and as they are meant; empty ones, too. */
export function urlPasswords(url: string | undefined): string[] {
  if (url === undefined) return [];
  const { password, searchParams } = new URL(url);
  return [password, unescape(password), searchParams.get('password') ?? ''];
}
