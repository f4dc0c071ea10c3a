import { defaultSchemas } from '../../config/project-settings.js';
import { digest } from './model-digest.js';
import type { Source } from './source.js';

/** Raise it when the engine makes other rows of the same lines. */
const engineVersion = 2;

/**
 * A digest of everything in a declaration that decides what becomes of a line. Files that were loaded
 * by another one are loaded again.
 */
export function sourceDigest({ schema, format, encoding, columns, eventTime }: Source): string {
  return digest([
    engineVersion,
    ...[format, eventTime],
    ...(encoding === undefined ? [] : [encoding]),
    // The table of another schema is empty.
    ...(schema === defaultSchemas.loaded ? [] : [{ schema }]),
    // What is not declared is not in the JSON; what only concerns people has no part in it.
    columns.map(({ description: _, values: __, mayBeAbsent: ___, ...column }) => column),
  ]);
}
