import type { Source, SourceFormat } from '../../definitions/source.js';
import type { ShapeCollector } from '../event/line-shapes.js';
import type { LineParser } from '../event/log-event.js';
import type { Match } from '../values/match.js';
import type { Reject } from '../../../history/reject.js';
import { createFieldsReader, lineText } from './text-fields.js';

/** How a source's CSV is written. */
export type CsvFormat = Extract<SourceFormat, { kind: 'csv' }>;

/** A record whose quotes reach further than that, in bytes, has one that is never closed. */
export const maxQuotedBytes = 1024 * 1024;

const quote = 0x22;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/**
 * Where a record ends, behind its line feed.
 *
 * @param isLast - There are no bytes behind these.
 * @returns -1 when it takes more bytes to say.
 */
export type RecordEnd = (bytes: Buffer, start: number, isLast: boolean) => number;

/**
 * Finds the records of a CSV after RFC 4180, where a line feed in quotes ends none. A record with a
 * quote that is never closed, or with something behind a closing one, ends with its first line, so that
 * a damaged line costs one line. Where records end does not depend on how the bytes arrive.
 */
export function createRecordEnd({ delimiter }: Pick<CsvFormat, 'delimiter'>): RecordEnd {
  const comma = delimiter.charCodeAt(0);
  return (bytes, start, isLast) => {
    const firstLine = bytes.indexOf(lineFeed, start);
    const firstLineEnd = firstLine !== -1 ? firstLine + 1 : isLast ? bytes.length : -1;
    for (let at = start; ;) {
      if (bytes[at] !== quote) {
        // Without quotes the record ends with the line, and fields only matter for quotes in them.
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

/** The quote that closes a field; -1 when it is not among these bytes or lies beyond the limit. */
function closingQuote(bytes: Buffer, open: number, limit: number): number {
  for (let at = open + 1; ; at += 2) {
    at = bytes.indexOf(quote, at);
    if (at === -1 || at > limit) return -1;
    if (bytes[at + 1] !== quote) return at;
  }
}

/** A record as its fields; a field without quotes that stands for null is null. */
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
 * The names of the columns as a CSV's first record has them, each made different from all others.
 *
 * @param decode - From the file's encoding to UTF-8. Default: it is that.
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
    // Whoever reads what is wrong with the header wants to see it.
    fields = Array.isArray(parsed) ? parsed : [text];
  }
  const names = new Set<string>();
  /** Of a name that came before, the number to try next: a header may repeat one thousands of times. */
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
 * @param header - The names of the columns, where the first record has them.
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
