/** One member of a JSON object, as places in the bytes that were scanned; nothing is copied. */
export interface Member {
  /** The key without its quotes. */
  keyStart: number;
  keyEnd: number;
  /** The key holds a backslash, so its bytes are not yet its text. */
  keyEscaped: boolean;
  /** The value with its quotes, brackets or braces. */
  valueStart: number;
  valueEnd: number;
  /** There is a backslash somewhere in the value. */
  valueEscaped: boolean;
  /**
   * For whoever scans: which of their columns the key names. It is {@link unknownColumn} at first, and is
   * kept for members with the same key in the same place of objects with the same keys.
   */
  column: number;
  /** For whoever scans, kept like {@link column}: the JSON types seen, as bits. */
  types: number;
}

/** Of a member that nobody has found a column for yet. */
export const unknownColumn = -2;
