import { inspect } from 'node:util';
import type { MimeData } from './protocol.js';

/** A value as an output shows it; undefined: it is not shown. */
export function resultBundle(value: unknown): { data: MimeData; metadata: MimeData } | undefined {
  if (value === undefined) return undefined;
  const text = typeof value === 'string' ? value : inspect(value);
  return { data: { 'text/plain': text }, metadata: {} };
}
