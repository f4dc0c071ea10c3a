import type { Value } from '../event/log-event.js';

/** A value that is filled again: with millions of lines, making them costs more than reading them. */
export type Place = { -readonly [Key in keyof Value]: Value[Key] };

/** A new one, empty. */
export function place(): Place {
  return { bytes: nothing, start: 0, end: 0, number: Number.NaN };
}

/** Fills a place with a stretch of bytes. */
export function put(bytes: Uint8Array, start: number, end: number, slot: Place): Value {
  slot.bytes = bytes;
  slot.start = start;
  slot.end = end;
  return slot;
}

const nothing = new Uint8Array();
