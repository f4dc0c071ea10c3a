import { isUtf8 } from 'node:buffer';
import type { Reject } from '../../../history/reject.js';

/** A line as text that Postgres can store, without a carriage return at its end; or why it is not. */
export function lineText(bytes: Uint8Array, start: number, end: number): string | Reject {
  const stop = end > start && bytes[end - 1] === 0x0d ? end - 1 : end;
  const line = bytes.subarray(start, stop);
  if (!isUtf8(line)) return { reason: 'invalid_utf8', message: 'the line is not valid UTF-8' };
  const nul = line.indexOf(0);
  if (nul !== -1) {
    return {
      reason: 'unsupported_text',
      message: `byte ${nul + 1} is NUL, which Postgres cannot store`,
    };
  }
  const text = Buffer.from(line.buffer, line.byteOffset, line.length).toString('utf8');
  return /\S/.test(text) ? text : { reason: 'blank_line', message: 'the line is blank' };
}
