// Rejected lines and the reasons for rejection.

/**
 * Why a line could not be loaded. The codes are stored in `ops.reject.reason` and are stable:
 *
 * - `blank_line`: nothing but white space. Listed like the others, but `--max-rejects` ignores it.
 * - `invalid_utf8`: bytes that are no UTF-8.
 * - `invalid_encoding`: bytes that mean nothing in the encoding that the source declares.
 * - `invalid_json`: no JSON value, or something after it (RFC 8259).
 * - `not_an_object`: JSON, but not an object.
 * - `missing_field`: a required field is absent or null.
 * - `invalid_type`: a field's value does not fit its column.
 * - `invalid_time`: a time that is not written as declared (RFC 3339 with an offset), or no real one.
 * - `future_time`: an event that is later than the run and what its source allows.
 * - `unsupported_json`: JSON that Postgres cannot store as jsonb: `\u0000`, half a surrogate pair,
 *   a number beyond `numeric`, nesting too deep.
 * - `invalid_value`: a text that its column's `matches` does not allow.
 * - `invalid_csv`: a quote that is never closed, or something behind a closing one (RFC 4180).
 * - `field_count`: a CSV record with more or fewer fields than there are columns.
 * - `no_match`: a line that the source's pattern does not match.
 * - `pattern_timeout`: a line that an expression of the source goes back and forth on for too long.
 * - `unsupported_text`: a NUL byte, which Postgres cannot store.
 * - `line_too_long`: the line is longer than the reader's bound.
 */
export const rejectReasons = [
  'blank_line',
  'invalid_utf8',
  'invalid_encoding',
  'invalid_json',
  'not_an_object',
  'missing_field',
  'invalid_type',
  'invalid_time',
  'future_time',
  'unsupported_json',
  'invalid_value',
  'invalid_csv',
  'field_count',
  'no_match',
  'pattern_timeout',
  'unsupported_text',
  'line_too_long',
] as const;

/** One of {@link rejectReasons}. */
export type RejectReason = (typeof rejectReasons)[number];

/** The reason for a rejected line. */
export interface Reject {
  readonly reason: RejectReason;
  /** For people: what was found, and at which byte of the line (from 1). */
  readonly message: string;
}

/** A rejected line with its position and bytes; or a run of blank lines, as one. */
export interface RejectedLine extends Reject {
  /** From 1. */
  readonly lineNumber: number;
  /** The number of lines that it stands for: more than 1 only for blank ones. */
  readonly lineCount: number;
  /** The offset of the line in the uncompressed file, from 0. */
  readonly byteOffset: number;
  /** The line without its line feed, byte for byte; of blank lines the first. */
  readonly raw: Buffer;
}
