// Text encodings of log files.

import iconv from 'iconv-lite';

/** Encodings with two bytes a character, which are not compatible with ASCII. */
export const wideEncodings = ['utf-16', 'utf-16le', 'utf-16be'] as const;
/** One of {@link wideEncodings}. */
export type WideEncoding = (typeof wideEncodings)[number];

/** Whether an encoding has two bytes a character. */
export function isWide(encoding: string | undefined): encoding is WideEncoding {
  return wideEncodings.some((wide) => wide === encoding);
}

/**
 * Why an encoding cannot be declared, in words that follow its name; undefined if it can. Supported are the wide
 * ones, and all that are compatible with ASCII.
 */
export function encodingProblem(encoding: string): string | undefined {
  if (isWide(encoding)) return undefined;
  if (!iconv.encodingExists(encoding)) {
    return 'is no encoding that is known; like latin1, windows-1252, shift_jis, utf-16le';
  }
  const ascii = Buffer.from(Array.from({ length: 128 }, (_, code) => code));
  return iconv.decode(ascii, encoding, { stripBOM: false }) === ascii.toString('latin1')
    ? undefined
    : 'writes letters otherwise than ASCII; convert the files to UTF-8 with iconv';
}

/**
 * Decodes a line to UTF-8. Undefined: it is UTF-8 already.
 *
 * @param encoding - As declared; the wide ones are decoded before lines are split.
 */
export function createLineDecoder(
  encoding: string | undefined,
): ((line: Uint8Array) => Buffer | undefined) | undefined {
  if (encoding === undefined || encoding === 'utf-8' || isWide(encoding)) return undefined;
  return (line) => {
    const bytes = Buffer.from(line.buffer, line.byteOffset, line.length);
    const text = iconv.decode(bytes, encoding, { stripBOM: false });
    // The replacement character stands for invalid bytes.
    return text.includes('\ufffd') ? undefined : Buffer.from(text);
  };
}

/** Evidence of an encoding in a file's first bytes. */
interface Marks {
  readonly encoding: 'utf-8' | 'utf-16le' | 'utf-16be' | 'utf-32';
  /** In words that follow "its first bytes". */
  readonly evidence: string;
}

/** Byte order marks (Unicode Standard, 23.8), and the zeros of ASCII characters in UTF-16. */
function marksOf(head: Buffer): Marks | undefined {
  const hex = head.toString('hex', 0, 4);
  const marked = (encoding: Marks['encoding'], bytes: string): Marks => ({
    encoding,
    evidence: `are ${bytes}`,
  });
  if (hex === 'fffe0000') return marked('utf-32', 'FF FE 00 00');
  if (hex === '0000feff') return marked('utf-32', '00 00 FE FF');
  if (hex.startsWith('fffe')) return marked('utf-16le', 'FF FE');
  if (hex.startsWith('feff')) return marked('utf-16be', 'FE FF');
  if (hex.startsWith('efbbbf')) return marked('utf-8', 'EF BB BF');
  const zeros = { encoding: undefined, evidence: 'are letters with zeros between them' };
  if (/^(?:(?:[2-7].|09|0a|0d)00){2}$/.test(hex)) return { ...zeros, encoding: 'utf-16le' };
  return /^(?:00(?:[2-7].|09|0a|0d)){2}$/.test(hex)
    ? { ...zeros, encoding: 'utf-16be' }
    : undefined;
}

/** How a file is decoded, or why it cannot be. */
export type FileEncoding =
  | { readonly wide: 'utf-16le' | 'utf-16be' | undefined }
  | { readonly what: string; readonly advice: string };

/**
 * Compares the encoding that a file's first bytes show with the declared one.
 *
 * @param declared - Undefined for UTF-8.
 */
export function fileEncoding(head: Buffer, declared: string | undefined): FileEncoding {
  const marks = marksOf(head);
  const isDeclared = declared !== undefined && declared !== 'utf-8';
  const conflict = (encoding: string, evidence: string): FileEncoding => ({
    what: `is ${encoding.toUpperCase()} (its first bytes ${evidence}), and its source declares ${isDeclared ? declared : 'no other encoding than UTF-8'}`,
    advice:
      encoding === 'utf-32'
        ? 'convert it to UTF-8: iconv -f UTF-32 -t UTF-8'
        : encoding === 'utf-8'
          ? 'leave encoding out of the declaration, or give the file a source of its own'
          : `save it as UTF-8, or declare encoding: ${encoding} for its source`,
  });
  if (!isWide(declared)) {
    const fits = marks === undefined || (marks.encoding === 'utf-8' && !isDeclared);
    return fits ? { wide: undefined } : conflict(marks.encoding, marks.evidence);
  }
  if (marks === undefined) {
    // UTF-16 has a zero in every comma, blank and line feed, one of which comes soon.
    if (head.length < 2 || head.subarray(0, 512).includes(0)) {
      return { wide: declared === 'utf-16be' ? 'utf-16be' : 'utf-16le' };
    }
    return conflict('utf-8', 'have no zeros');
  }
  const { encoding, evidence } = marks;
  if (encoding !== 'utf-16le' && encoding !== 'utf-16be') return conflict(encoding, evidence);
  return declared === 'utf-16' || declared === encoding
    ? { wide: encoding }
    : conflict(encoding, evidence);
}
