// Parsing of lines by a regular expression.

import type { Source, SourceFormat } from '../../definitions/source.js';
import type { ShapeCollector } from '../event/line-shapes.js';
import type { LineParser } from '../event/log-event.js';
import { matchPlainly, type Match } from '../values/match.js';
import { createFieldsReader, lineText } from './text-fields.js';

/**
 * The parser of lines by a regular expression, whose named groups are the fields.
 *
 * @param file - The name of the file that is read.
 */
export function createPatternParser(
  source: Source,
  { pattern, nulls }: Extract<SourceFormat, { kind: 'pattern' }>,
  shapes?: ShapeCollector,
  file?: string,
  match: Match = matchPlainly,
): LineParser {
  const expression = new RegExp(`^(?:${pattern})$`, 'u');
  const names = groupNames(pattern);
  const read = createFieldsReader(source, names, { shapes, file, match, nulls });
  const isNull = new Set(nulls);
  return (bytes, start = 0, end = bytes.length) => {
    const text = lineText(bytes, start, end);
    if (typeof text !== 'string') return text;
    const groups = match(expression, text)?.groups;
    if (groups === undefined) {
      return { reason: 'no_match', message: "the line does not match the source's pattern" };
    }
    return read(
      names.map((name) => {
        const value = groups[name];
        return value === undefined || isNull.has(value) ? null : value;
      }),
    );
  };
}

/** The names of an expression's groups. */
export function groupNames(pattern: string): string[] {
  // An empty alternative matches at once, and reveals all groups.
  return Object.keys(new RegExp(`${pattern}|`, 'u').exec('')?.groups ?? {});
}
