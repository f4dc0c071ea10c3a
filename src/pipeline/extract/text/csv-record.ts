// Parsing of CSV: records, quotes, header, nulls.

import type { Source, SourceFormat } from '../../definitions/source.js';
import type { ShapeCollector } from '../event/line-shapes.js';
import type { LineParser } from '../event/log-event.js';
import type { Match } from '../values/match.js';
import type { Reject } from '../../../history/rejects/reject.js';
import { createFieldsReader, lineText } from './text-fields.js';

/** The CSV format of a source. */
export type CsvFormat = Extract<SourceFormat, { kind: 'csv' }>;

/** The longest quoted record, in bytes; a longer one has a quote that is never closed. */
export const maxQuotedBytes = 1024 * 1024;

const quote = 0x22;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/**
 * The end of a record, behind its line feed.
 *
 * @param isLast - Whether these are the last bytes.
 * @returns -1 when more bytes are needed.
 */
export type RecordEnd = (bytes: Buffer, start: number, isLast: boolean) => number;

/**
 * Finds the records of a CSV by RFC 4180, where a quoted line feed does not end one. A record with an unclosed
 * quote, or with text behind a closing one, ends with its first line, so that a damaged line costs one line. The
 * result does not depend on how the bytes are chunked.
 */
export function createRecordEnd({ delimiter }: Pick<CsvFormat, 'delimiter'>): RecordEnd {
  const comma = delimiter.charCodeAt(0);
  return (bytes, start, isLast) => {
    const firstLine = bytes.indexOf(lineFeed, start);
    const firstLineEnd = firstLine !== -1 ? firstLine + 1 : isLast ? bytes.length : -1;
    for (let at = start; ;) {
      if (bytes[at] !== quote) {
        // Without quotes the record ends with the line; fields matter for quotes only.
        while (at < bytes.length && bytes[at] !== comma && bytes[at] !== lineFeed) at += 1;
        if (at === bytes.length) return isLast ? at : -1;
        if (bytes[at] === lineFeed) return at + 1;
        at += 1;
        if (at === bytes.length) return isLast ? at : -1;
        continue;
      }
      const close = closingQuote(bytes, at, start + maxQuotedBytes);
      if (close === -1) {
        return isLast || bytes.length > start + maxQuotedBytes ? firstLineEnd : -1;
      }
      at = close + 1;
      if (at === bytes.length) return isLast ? at : -1;
      if (bytes[at] === carriageReturn) {
        at += 1;
        if (at === bytes.length) return isLast ? at : -1;
        return bytes[at] === lineFeed ? at + 1 : firstLineEnd;
      }
      if (bytes[at] === lineFeed) return at + 1;
      if (bytes[at] !== comma) return firstLineEnd;
      at += 1;
      if (at === bytes.length) return isLast ? at : -1;
    }
  };
}

/** The closing quote of a field; -1 when it is not among these bytes or lies beyond the limit. */
function closingQuote(bytes: Buffer, open: number, limit: number): number {
  for (let at = open + 1; ; at += 2) {
    at = bytes.indexOf(quote, at);
    if (at === -1 || at > limit) return -1;
    if (bytes[at + 1] !== quote) return at;
  }
}

/** A record as its fields; an unquoted null text becomes null. */
export function parseRecord(
  text: string,
  { delimiter, nulls }: Pick<CsvFormat, 'delimiter' | 'nulls'>,
): (string | null)[] | Reject {
  const plain = (field: string): string | null => (nulls.includes(field) ? null : field);
  if (!text.includes('"')) return text.split(delimiter).map(plain);
  const fields: (string | null)[] = [];
  for (let at = 0; ;) {
    if (text[at] === '"') {
      let close = text.indexOf('"', at + 1);
      while (close !== -1 && text[close + 1] === '"') close = text.indexOf('"', close + 2);
      if (close === -1) return invalid(at, 'a quote that is never closed');
      const after = text[close + 1];
      if (after !== undefined && after !== delimiter) {
        return invalid(close + 1, 'something behind a closing quote');
      }
      fields.push(text.slice(at + 1, close).replaceAll('""', '"'));
      at = close + 1;
    } else {
      const next = text.indexOf(delimiter, at);
      const end = next === -1 ? text.length : next;
      fields.push(plain(text.slice(at, end)));
      at = end;
    }
    if (at >= text.length) return fields;
    at += 1;
  }
}

function invalid(index: number, what: string): Reject {
  return { reason: 'invalid_csv', message: `character ${index + 1}: ${what}` };
}

/**
 * The column names of a CSV's first record, made unique.
 *
 * @param decode - From the file's encoding to UTF-8. Default: it is UTF-8.
 */
export function columnNames(
  record: Buffer,
  format: CsvFormat,
  decode: (line: Buffer) => Buffer | undefined = (line) => line,
): string[] {
  const bytes = record.at(-1) === lineFeed ? record.subarray(0, -1) : record;
  const line = decode(bytes) ?? bytes;
  const text = lineText(line, 0, line.length);
  let fields: readonly (string | null)[] = [];
  if (typeof text === 'string') {
    const parsed = parseRecord(text, format);
    // The header is shown in the error message.
    fields = Array.isArray(parsed) ? parsed : [text];
  }
  const names = new Set<string>();
  /** The next number for a repeated name: a header may repeat one thousands of times. */
  const numbers = new Map<string, number>();
  for (const [index, field] of fields.entries()) {
    const name = field === null || field.trim() === '' ? `column_${index + 1}` : field.trim();
    let unique = name;
    let number = numbers.get(name) ?? 2;
    for (; names.has(unique); number += 1) unique = `${name}_${number}`;
    numbers.set(name, number);
    names.add(unique);
  }
  return [...names];
}

/**
 * The parser of CSV records.
 *
 * @param header - The column names, where the first record has them.
 * @param file - The name of the file that is read.
 */
export function createCsvParser(
  source: Source,
  format: CsvFormat,
  header: readonly string[] = [],
  shapes?: ShapeCollector,
  file?: string,
  match?: Match,
): LineParser {
  const names = format.names === 'header' ? header : format.names;
  const read = createFieldsReader(source, names, {
    ...{ shapes, file, match },
    nulls: format.nulls,
  });
  return (bytes, start = 0, end = bytes.length) => {
    const text = lineText(bytes, start, end);
    if (typeof text !== 'string') return text;
    const fields = parseRecord(text, format);
    if (!Array.isArray(fields)) return fields;
    if (fields.length === names.length) return read(fields);
    const has = `${fields.length} ${fields.length === 1 ? 'field' : 'fields'}`;
    const are = names.length === 1 ? 'is 1 column' : `are ${names.length} columns`;
    const message = `the record has ${has}, there ${are}`;
    return { reason: 'field_count', message };
  };
}
