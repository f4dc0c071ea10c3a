import { createHash } from 'node:crypto';
import type { RejectEntry } from './list-rejects.js';

/** A line of a file of rejects that somebody may have mended. */
export interface MendedLine {
  readonly file: string;
  readonly line: number;
  /** SHA-256 of the line as it was rejected, in hexadecimal. */
  readonly rawSha256: string;
  /** The line as it stands in the file of rejects now. */
  readonly mended: Buffer;
}

const head = /^# daybook (.+):(\d+) ([0-9a-f]{64}) /;
const lineFeed = Buffer.from('\n');

/** A rejected line for a file that is mended by hand: a line that says what it is, then its bytes. */
export function formatReject({ file, line, reason, message, raw }: RejectEntry): Buffer {
  const said = message.replace(/\p{Cc}/gu, ' ');
  const start = Buffer.from(`# daybook ${file}:${line} ${sha256(raw)} ${reason}: ${said}\n`);
  return Buffer.concat([start, raw, lineFeed]);
}

/** Reads what {@link formatReject} wrote and somebody changed; pairs that were taken out are no loss. */
export function parseRejects(content: Buffer): MendedLine[] {
  const found: MendedLine[] = [];
  let next: Omit<MendedLine, 'mended'> | undefined;
  for (let start = 0; start < content.length;) {
    const lineEnd = content.indexOf(0x0a, start);
    const end = lineEnd === -1 ? content.length : lineEnd;
    const bytes = content.subarray(start, end);
    const match = head.exec(bytes.toString('utf8', 0, 4096));
    if (match !== null) {
      next = { file: match[1] ?? '', line: Number(match[2]), rawSha256: match[3] ?? '' };
    } else if (next !== undefined) {
      found.push({ ...next, mended: bytes });
      next = undefined;
    }
    start = end + 1;
  }
  return found;
}

/** The SHA-256 of some bytes in hexadecimal. */
export function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
