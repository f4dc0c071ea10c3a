// MIME bundles of kernel messages in the notebook format.

import type { Json, JsonObject, MimeBundle } from '../../nbformat/notebook.js';

/** A bundle as nbformat wants it: JSON types as values (some kernels send them as text), everything else as text. */
export function mimeBundle(data: Readonly<Record<string, unknown>>): MimeBundle {
  return Object.fromEntries(
    Object.entries(data).map(([type, value]) => [
      type,
      /^application\/(.*\+)?json$/.test(type) ? jsonValue(value) : textValue(value),
    ]),
  );
}

function jsonValue(value: unknown): Json {
  if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return value as Json;
  try {
    return JSON.parse(value) as Json;
  } catch {
    return value;
  }
}

function textValue(value: unknown): Json {
  const isText =
    typeof value === 'string' ||
    (Array.isArray(value) && value.every((line) => typeof line === 'string'));
  return isText ? value : JSON.stringify(value);
}

/** A JSON object; empty for anything else. */
export function jsonObject(value: unknown): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as JsonObject)
    : {};
}
