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
}
