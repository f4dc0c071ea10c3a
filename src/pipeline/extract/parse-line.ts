import type { Source } from '../sources/source.js';
import { createCsvParser } from './csv-record.js';
import { createJsonParser } from './json-line.js';
import type { LineParser } from './log-event.js';
import type { ShapeCollector } from './line-shapes.js';
import { createPatternParser } from './pattern-line.js';
import { createLineDecoder } from './text-encoding.js';

/**
 * The parser of a source's lines.
 *
 * @param header - Of a CSV whose first record names the columns: these names.
 * @param shapes - Is told what the lines are made of.
 * @param file - The name of the file that is read.
 */
export function createLineParser(
  source: Source,
  header?: readonly string[],
  shapes?: ShapeCollector,
  file?: string,
): LineParser {
  const parse = createTextParser(source, header, shapes, file);
  const decode = createLineDecoder(source.encoding);
  if (decode === undefined) return parse;
  return (bytes, start = 0, end = bytes.length) => {
    const text = decode(bytes.subarray(start, end));
    if (text !== undefined) return parse(text);
    const message = `the line is not valid ${source.encoding ?? ''}`;
    return { reason: 'invalid_encoding', message };
  };
}

/** The parser of a source's lines once they are UTF-8. */
function createTextParser(
  source: Source,
  header?: readonly string[],
  shapes?: ShapeCollector,
  file?: string,
): LineParser {
  const { format } = source;
  if (format.kind === 'json') return createJsonParser(source, shapes, file);
  if (format.kind === 'pattern') return createPatternParser(source, format, shapes, file);
  return createCsvParser(source, format, header, shapes, file);
}
