// The result of parsing a line: an event with its columns and payload, or a reject.

import type { Reject } from '../../../history/rejects/reject.js';

/** A range of bytes: most values of an event are ranges of the block that was read. */
export interface Slice {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
}

/** The value of a column. */
export interface Value extends Slice {
  /**
   * The value as a number, where it was parsed and is exact: a bigint, or of a time its microseconds since
   * 2000-01-01 UTC. NaN: only the bytes have it.
   */
  readonly number: number;
}

/** An accepted line: its columns and its payload. */
export interface LogEvent {
  /**
   * A value for each column of the source, in order, as UTF-8 without quotes or escapes: times as microseconds
   * since 2000-01-01 UTC unless their number has it, dates as days since then, numbers and booleans in JSON
   * notation, jsonb as JSON.
   */
  readonly columns: readonly (Value | null)[];
  /** The members without a column, each as `"key": value` in JSON. */
  readonly payload: readonly Slice[];
}

/**
 * Parses one line (without its line feed) into an event or a reject. The event is valid until the next line is
 * parsed.
 */
export type LineParser = (bytes: Uint8Array, start?: number, end?: number) => LogEvent | Reject;

/** Whether a parser's result is a {@link Reject}. */
export function isReject(result: LogEvent | Reject): result is Reject {
  return 'reason' in result;
}

/** A reusable value: with millions of lines, allocating values costs more than reading them. */
export type Slot = { -readonly [Key in keyof Value]: Value[Key] };

/** An empty slot. */
export function newSlot(): Slot {
  return { bytes: nothing, start: 0, end: 0, number: Number.NaN };
}

/** Fills a slot with a range of bytes. */
export function fillSlot(bytes: Uint8Array, start: number, end: number, slot: Slot): Value {
  slot.bytes = bytes;
  slot.start = start;
  slot.end = end;
  return slot;
}

const nothing = new Uint8Array();
