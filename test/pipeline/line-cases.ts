import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One row of the case table beside the project: a line of a file and how it must end. */
export interface LineCase {
  file: string;
  line: number;
  offset: number;
  bytes: number;
  verdict: 'accept' | 'reject' | 'skip' | 'accept-or-reject';
}

/** The case table; files are named relative to its folder. */
export function readCases(folder: string): LineCase[] {
  const rows = readFileSync(join(folder, 'TABLE.tsv'), 'utf8').trimEnd().split('\n').slice(1);
  return rows.map((row) => {
    const [file = '', line, offset, bytes, verdict] = row.split('\t');
    return {
      file: file.replace('lines/', ''),
      line: Number(line),
      offset: Number(offset),
      bytes: Number(bytes),
      verdict: verdict as LineCase['verdict'],
    };
  });
}
