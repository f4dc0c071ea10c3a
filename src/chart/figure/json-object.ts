import type { Json, JsonObject } from '../../nbformat/notebook.js';

/** A JSON object, not null and no list. */
export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
