// Text files without a byte order mark.

import { readFile } from 'node:fs/promises';

/** The invisible character that some editors write before a text, to say that it is UTF-8. */
const byteOrderMark = '\ufeff';

/**
 * The text of a file that a person has written, without a byte order mark: editors do not count it in
 * columns, and no parser of ours knows it.
 */
export async function readTextFile(path: string): Promise<string> {
  const text = await readFile(path, 'utf8');
  return text.startsWith(byteOrderMark) ? text.slice(byteOrderMark.length) : text;
}
