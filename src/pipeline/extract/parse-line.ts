import type { Source } from '../sources/source.js';
import { createCsvParser } from './csv-record.js';
import { createJsonParser } from './json-line.js';
import type { LineParser } from './log-event.js';
import { createPatternParser } from './pattern-line.js';

/**
 * The parser of a source's lines.
 *
 * @param header - Of a CSV whose first record names the columns: these names.
 */
export function createLineParser(source: Source, header?: readonly string[]): LineParser {
  const { format } = source;
  if (format.kind === 'json') return createJsonParser(source);
  if (format.kind === 'pattern') return createPatternParser(source, format);
  return createCsvParser(source, format, header);
}
