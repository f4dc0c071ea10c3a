// The file format of exported rejected lines.

import { createHash } from 'node:crypto';
import type { RejectEntry } from '../../history/rejects/list-rejects.js';
import type { Repair } from '../../history/rejects/repaired-lines.js';

const head = /^# daybook (.+):(\d+)(?:@(\d+))? ([0-9a-f]{64}) /;
const lineFeed = Buffer.from('\n');

/** A rejected line in an exported file: a header line, then its bytes. */
export function formatReject(reject: RejectEntry): Buffer {
  const { file, line, byteOffset, reason, message, raw } = reject;
  const said = message.replace(/\p{Cc}/gu, ' ');
  const start = Buffer.from(
    `# daybook ${file}:${line}@${byteOffset} ${sha256(raw)} ${reason}: ${said}\n`,
  );
  return Buffer.concat([start, raw, lineFeed]);
}

/**
 * Parses an exported file after its repair; removed pairs are skipped. The content between two headers is one
 * line: a record of a CSV may contain line feeds.
 */
export function parseRejects(content: Buffer): Repair[] {
  const found: Repair[] = [];
  let next: (Omit<Repair, 'repaired'> & { start: number }) | undefined;
  const finish = (end: number): void => {
    if (next === undefined) return;
    const { start, ...known } = next;
    let last = end;
    while (last > start && content[last - 1] === 0x0a) last -= 1;
    if (last > start) found.push({ ...known, repaired: content.subarray(start, last) });
  };
  for (let start = 0; start < content.length;) {
    const end = content.indexOf(0x0a, start) + 1 || content.length;
    const match = head.exec(content.toString('utf8', start, Math.min(end, start + 4096)));
    if (match !== null) {
      finish(start);
      const [, file = '', line, at, rawSha256 = ''] = match;
      const byteOffset = at === undefined ? undefined : Number(at);
      next = { file, line: Number(line), byteOffset, rawSha256, start: end };
    }
    start = end;
  }
  finish(content.length);
  return found;
}

/**
 * Where the lines of a file are written, below a folder. Keys of objects may have parts that lead elsewhere on a disk, or
 * are too long for one.
 */
export function rejectPath(file: string): string {
  const parts = file.replace(/^s3:\/\//, 's3/').split('/');
  return parts.map((part) => partName(part)).join('/');
}

function partName(part: string): string {
  if (part === '' || /^\.\.?$/.test(part)) return `%${part.replaceAll('.', '2E')}`;
  if (Buffer.byteLength(part) <= mostNameBytes) return part;
  return `${Array.from(part).slice(0, 40).join('')}~${sha256(Buffer.from(part)).slice(0, 16)}`;
}

/** Of a name on a disk, without the end that says what it is. */
const mostNameBytes = 240;

/** SHA-256 of bytes in hexadecimal. */
export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
