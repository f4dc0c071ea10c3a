// The parser of a source's lines, by its format: JSON, CSV, pattern. A new file format is added here.

import type { Source } from '../../definitions/source.js';
import { createCsvParser } from '../text/csv-record.js';
import { createJsonParser } from '../json/json-line.js';
import type { LineParser } from '../event/log-event.js';
import type { ShapeCollector } from '../event/line-shapes.js';
import { matchPlainly, SlowMatch, type Match } from '../values/match.js';
import { createPatternParser } from '../text/pattern-line.js';
import { createLineDecoder } from '../files/text-encoding.js';

/**
 * The parser of a source's lines.
 *
 * @param header - The column names of a CSV whose first record has them.
 * @param shapes - Notes the shapes of lines.
 * @param file - The name of the file that is read.
 * @param match - Matches the regular expressions of the declaration.
 */
export function createLineParser(
  source: Source,
  header?: readonly string[],
  shapes?: ShapeCollector,
  file?: string,
  match: Match = matchPlainly,
): LineParser {
  const text = createTextParser(source, { header, shapes, file, match });
  const parse = match === matchPlainly ? text : withoutSlowOnes(text);
  const decode = createLineDecoder(source.encoding);
  if (decode === undefined) return parse;
  return (bytes, start = 0, end = bytes.length) => {
    const text = decode(bytes.subarray(start, end));
    if (text !== undefined) return parse(text);
    const message = `the line is not valid ${source.encoding ?? ''}`;
    return { reason: 'invalid_encoding', message };
  };
}

/** The parser of a source's lines in UTF-8. */
function createTextParser(
  source: Source,
  { header, shapes, file, match }: ParserOptions,
): LineParser {
  const { format } = source;
  if (format.kind === 'json') return createJsonParser(source, shapes, file, match);
  if (format.kind === 'pattern') return createPatternParser(source, format, shapes, file, match);
  return createCsvParser(source, format, header, shapes, file, match);
}

/** As for {@link createLineParser}. */
interface ParserOptions {
  readonly header: readonly string[] | undefined;
  readonly shapes: ShapeCollector | undefined;
  readonly file: string | undefined;
  readonly match: Match;
}

/** Rejects lines on which a regular expression takes too long. */
function withoutSlowOnes(parse: LineParser): LineParser {
  return (bytes, start, end) => {
    try {
      return parse(bytes, start, end);
    } catch (error) {
      if (!(error instanceof SlowMatch)) throw error;
      return { reason: 'pattern_timeout', message: error.message };
    }
  };
}
