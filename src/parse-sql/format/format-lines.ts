// Formatting of SQL by sql-formatter, with nothing of it but Postgres's dialect. The build puts the library into this file.

import { formatDialect, postgresql } from 'sql-formatter';

/**
 * A text with one part a line, indented by two spaces; undefined: the formatter cannot read it.
 *
 * @param parameter - What else is a parameter, beside `$1`.
 */
export function formatLines(sql: string, parameter: RegExp): string | undefined {
  try {
    return formatDialect(sql, {
      dialect: postgresql,
      keywordCase: 'lower',
      dataTypeCase: 'lower',
      functionCase: 'lower',
      linesBetweenQueries: 0,
      paramTypes: { numbered: ['$'], custom: [{ regex: parameter.source }] },
    });
  } catch {
    return undefined;
  }
}
