// Which source a file belongs to, by the patterns of the declarations.

import { DaybookError } from '../../../errors.js';
import { matchesPattern, type LogFile } from './find-files.js';
import type { Source } from '../../definitions/source.js';

/** A file with its source. */
export interface SourceFile {
  readonly file: LogFile;
  readonly source: Source;
}

/**
 * Assigns each file to the source with the most specific pattern, that is, with the most characters beside `*`:
 * `access.log*` takes `access.log` before `*.log` does.
 *
 * @param files - Each matches a pattern of a source.
 * @throws DaybookError `DATA_AMBIGUOUS` when two sources have equally specific patterns for a file.
 */
export function assignFiles(files: readonly LogFile[], sources: readonly Source[]): SourceFile[] {
  return files.flatMap((file) => {
    const candidates = sources
      .map((source) => ({ source, precision: precisionFor(file, source) }))
      .filter(({ precision }) => precision >= 0)
      .sort((a, b) => b.precision - a.precision);
    const [best, second] = candidates;
    if (best === undefined) {
      // A folder that cannot be read may contain files of any source.
      const [any] = sources;
      return file.problem === undefined || any === undefined ? [] : [{ file, source: any }];
    }
    if (second?.precision === best.precision) {
      throw new DaybookError(
        'DATA_AMBIGUOUS',
        `both ${best.source.name} and ${second.source.name} take ${file.name}`,
        {
          where: 'sql/sources',
          hint: 'give one of the sources a more precise pattern, like a name or a folder of its own',
        },
      );
    }
    return [{ file, source: best.source }];
  });
}

/** -1: no pattern of the source matches. */
function precisionFor(file: LogFile, { files }: Source): number {
  const matching = files.filter((pattern) => matchesPattern(file.name, pattern));
  return Math.max(-1, ...matching.map((pattern) => pattern.replaceAll('*', '').length));
}
