// Rejected lines and the reasons for rejection: a new reason is declared here.

/** Why a line could not be loaded. The codes are stored in `ops.reject.reason` and are stable. */
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

/** Lines in quarantine by reason. */
export type RejectCounts = Partial<Record<RejectReason, number>>;

/** What each reason means, as the documentation lists it. */
export const rejectMeanings: Readonly<Record<RejectReason, string>> = {
  blank_line: 'Nothing but white space. It is listed, but counts for no limit.',
  invalid_utf8: 'Bytes that are not UTF-8.',
  invalid_encoding: 'Bytes that mean nothing in the encoding that the source declares.',
  invalid_json: 'Not JSON, or more than one value. The message names the byte.',
  not_an_object: 'JSON, but not an object.',
  missing_field: 'A required field is absent or null.',
  invalid_type: 'A value does not fit the type of its column.',
  invalid_time:
    'A time that is not written as declared (RFC 3339 with an offset), or that there is not.',
  future_time:
    'An event that lies further ahead of the run than its source allows, by default a day.',
  unsupported_json:
    'JSON that jsonb cannot hold: `\\u0000`, half a surrogate pair, a number beyond `numeric`, more than 512 levels.',
  invalid_value: 'A text that `matches` of its column does not allow.',
  invalid_csv: 'A quote that is never closed, or something behind a closing one.',
  field_count: 'A CSV record with more or fewer fields than there are columns.',
  no_match: 'The pattern of the source does not match the line.',
  pattern_timeout: 'An expression of the source takes longer than a second for the line.',
  unsupported_text: 'A NUL byte, which Postgres cannot store.',
  line_too_long: 'More than 8 MiB. Its first 64 MiB are kept.',
};

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
