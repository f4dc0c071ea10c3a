// MIME bundles of outputs; HTML and markdown outputs.

import type { Json } from '../nbformat/notebook.js';

/** Any value that JSON can hold. */
export type JsonValue = Json;

/**
 * One output in several representations, by MIME type, as the Jupyter protocol's `display_data` has
 * it: a front end shows the richest that it knows. `text/plain` is always there.
 */
export type MimeBundle = { 'text/plain': string } & Record<string, JsonValue>;

/**
 * Makes any value fit for JSON, in the way that charts need: what the warehouse gives as `bigint`
 * becomes a number (text beyond 2^53, so that no digit is lost), dates become RFC 3339 text, NaN and
 * the infinities become null, typed arrays become arrays, and undefined fields disappear.
 *
 * @param value - Anything without cycles.
 * @throws TypeError when the value holds a function or a symbol, which no front end could show.
 */
export function toJsonValue(value: unknown): JsonValue {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      return Number.isFinite(value) ? value : null;
    case 'bigint':
      return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
    case 'undefined':
      return null;
    case 'object':
      if (value === null) return null;
      if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
      if (Array.isArray(value)) return value.map(toJsonValue);
      if (ArrayBuffer.isView(value) && !(value instanceof DataView)) {
        return Array.from(value as unknown as ArrayLike<number | bigint>, toJsonValue);
      }
      return Object.fromEntries(
        Object.entries(value)
          .filter(([, field]) => field !== undefined)
          .map(([key, field]) => [key, toJsonValue(field)]),
      );
    default:
      throw new TypeError(`a ${typeof value} cannot be shown`);
  }
}

/** HTML as one output, with what remains without its tags as plain text. */
export function htmlBundle(text: string): MimeBundle {
  const plain = text
    .replace(/<(script|style)\b[^]*?<\/\1\s*>/gi, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return { 'text/html': text, 'text/plain': plain };
}

/** Markdown as one output; its own text is what plain front ends show. */
export function markdownBundle(text: string): MimeBundle {
  return { 'text/markdown': text, 'text/plain': text };
}
