import type { Reject } from '../../../history/reject.js';

/** A stretch of bytes: most values of an event are still places in the block that was read. */
export interface Slice {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
}

/** The value of a column. */
export interface Value extends Slice {
  /**
   * What it is as a number, where that was read and is exact: a bigint itself, of a time its microseconds
   * since 2000-01-01 UTC. NaN: only the bytes say it.
   */
  readonly number: number;
}

/** An accepted line: its columns as text, and what goes into the payload. */
export interface LogEvent {
  /**
   * One value for each column of the source, in order, as UTF-8 without quotes or escapes: times as
   * microseconds since 2000-01-01 UTC unless their number says it, dates as days since then, numbers
   * and booleans as JSON writes them, jsonb as JSON.
   */
  readonly columns: readonly (Value | null)[];
  /** The members without a column, each as `"key": value` in JSON. */
  readonly payload: readonly Slice[];
}

/**
 * Turns one line (without its line feed) into an event, or says why not. The event is valid until the
 * next line is parsed.
 */
export type LineParser = (bytes: Uint8Array, start?: number, end?: number) => LogEvent | Reject;

/** Whether a parser's result is a {@link Reject}. */
export function isReject(result: LogEvent | Reject): result is Reject {
  return 'reason' in result;
}

/** A value that is filled again: with millions of lines, making them costs more than reading them. */
export type Slot = { -readonly [Key in keyof Value]: Value[Key] };

/** An empty slot. */
export function newSlot(): Slot {
  return { bytes: nothing, start: 0, end: 0, number: Number.NaN };
}

/** Fills a slot with a stretch of bytes. */
export function fillSlot(bytes: Uint8Array, start: number, end: number, slot: Slot): Value {
  slot.bytes = bytes;
  slot.start = start;
  slot.end = end;
  return slot;
}

const nothing = new Uint8Array();
