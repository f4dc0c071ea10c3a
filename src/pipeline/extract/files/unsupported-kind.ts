// Kinds of files that are not supported (xlsx, parquet, zip, lz4 …), with advice: a new compression is announced
// here, and read by open-file.ts.

/** An unsupported kind of file: what it is, in words that follow its name, and what to do. */
export interface UnsupportedKind {
  readonly what: string;
  readonly advice: string;
}

/** The bytes that identify a file: the signature of a tar is at the 257th. */
const headBytes = 512;

const packed = (by: string, command: string): UnsupportedKind => ({
  what: `is packed with ${by}, which is not read`,
  advice: `unpack it (${command}), or pack it with gzip or zstd`,
});
const archive = (of: string, command: string): UnsupportedKind => ({
  what: `is ${of}, an archive of files, which is not read`,
  advice: `unpack it into the data folder (${command})`,
});
const columns = (of: string): UnsupportedKind => ({
  what: `is ${of}, which is not read`,
  advice:
    "write it as lines, for example with DuckDB: copy (from 'FILE') to 'FILE.csv.gz' (format csv)",
});
const sheet = (of: string): UnsupportedKind => ({
  what: `is ${of}, which is not read`,
  advice:
    'save the sheet as CSV UTF-8, or convert it: libreoffice --headless --convert-to csv FILE',
});
const other = (of: string, advice: string): UnsupportedKind => ({
  what: `is ${of}, which is not read`,
  advice,
});

/* eslint-disable no-control-regex -- signatures are bytes */
/** Signatures of first bytes as Latin-1, most specific first. */
const kinds: readonly (readonly [RegExp, UnsupportedKind])[] = [
  [/^\xfd7zXZ\0/, packed('xz', 'xz -d')],
  [/^\x04\x22M\x18|^\x02\x21L\x18/, packed('lz4', 'lz4 -d')],
  [/^BZh[1-9](?:1AY&SY|\x17rE8P\x90)/, packed('bzip2', 'bzip2 -d')],
  [/^LZIP\x01/, packed('lzip', 'lzip -d')],
  [/^\x89LZO\0\r\n\x1a\n/, packed('lzop', 'lzop -d')],
  [/^\x5d\0\0[\s\S]{2}/, packed('lzma', 'xz -d')],
  [/^\x1f[\x9d\xa0]/, packed('compress', 'uncompress')],
  [/^\xff\x06\0\0sNaPpY/, packed('snappy', 'snzip -d')],
  [/^(?:\x1f\x8b|\x28\xb5\x2f\xfd)/, packed('gzip or zstd twice', 'gzip -d or zstd -d')],
  [/^\x78[\x01\x9c\xda]/, packed('zlib', 'pigz -dz')],
  [/^PK\x03\x04[\s\S]*(?:\[Content_Types\]\.xml|xl\/)/, sheet('a workbook of Excel (.xlsx)')],
  [/^PK\x03\x04[\s\S]*mimetypeapplication\/vnd\.oasis/, sheet('an OpenDocument file (.ods)')],
  [/^PK(?:\x03\x04|\x05\x06|\x07\x08)/, archive('a zip', 'unzip')],
  [/^\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1/, sheet('a workbook of old Excel (.xls)')],
  [/^7z\xbc\xaf\x27\x1c/, archive('a 7z', '7z x')],
  [/^Rar!\x1a\x07/, archive('a rar', 'unrar x')],
  [/^[\s\S]{257}ustar[\0 ]/, archive('a tar', 'tar -xf')],
  [/^PAR[1E][\0-\x08\x0e-\x1f\x80-\xff]/, columns('Parquet')],
  [/^ORC[\0-\x08\x0e-\x1f]/, columns('ORC')],
  [/^(?:ARROW1\0|FEA1[\0-\x08\x0e-\x1f])/, columns('Arrow')],
  [/^Obj\x01/, columns('Avro')],
  [/^SQLite format 3\0/, columns('a database of SQLite')],
  [/^%PDF-/, other('a PDF', 'take the data from where the PDF was made')],
  [/^\x89HDF\r\n\x1a\n/, other('HDF5', 'write its tables as CSV')],
  [/^LPKSHHRH/, other('a journal of systemd', 'export it: journalctl --file FILE -o json')],
  [/^ElfFile\0/, other('an event log of Windows', 'export it as JSON or CSV')],
  [
    /^version https:\/\/git-lfs\.github\.com\/spec\//,
    other('a pointer of Git LFS in the place of the file', 'git lfs pull'),
  ],
];
/* eslint-enable no-control-regex */

/**
 * The unsupported kind of a file by its first bytes, whatever its name.
 *
 * @param head - Its first bytes, unpacked; 512 suffice.
 * @returns Undefined for text and unknown content.
 */
export function unsupportedKind(head: Uint8Array): UnsupportedKind | undefined {
  const text = Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, headBytes)).toString(
    'latin1',
  );
  return kinds.find(([signature]) => signature.test(text))?.[1];
}

/** Brotli has no signature: the name alone shows it. */
export const brotli = packed('brotli', 'brotli -d');
