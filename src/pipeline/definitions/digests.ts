import { createHash } from 'node:crypto';
import type { Model } from './model.js';
import { defaultSchemas } from '../../config/project-settings.js';
import type { Source } from './source.js';

/** Raise it when the engine builds something else from the same file. */
const modelEngine = 1;

/** A digest of everything in a model's file that its rows and its tests depend on. */
export function definitionDigest(model: Model): string {
  const { query, materialized, incremental, columns, tests } = model;
  return digest([
    modelEngine,
    ...[query.digest, materialized, incremental ?? null],
    // Where a test stands does not matter.
    tests.map((test) => ({ ...test, offset: 0 })),
    columns.map((column) => [column.name, column.type, column.tests]),
  ]);
}

/** A digest of what can be changed on the published relation without building it again. */
export function metadataDigest({ description, columns, indexes }: Model): string {
  return digest([description, columns.map((column) => column.description ?? null), indexes]);
}

/** SHA-256 of a value's JSON, in hexadecimal. */
export function digest(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}

/** Raise it when the engine makes other rows of the same lines. */
const lineEngine = 2;

/**
 * A digest of everything in a declaration that decides what becomes of a line. Files that were loaded
 * by another one are loaded again.
 */
export function sourceDigest({ schema, format, encoding, columns, eventTime }: Source): string {
  return digest([
    lineEngine,
    ...[format, eventTime],
    ...(encoding === undefined ? [] : [encoding]),
    // The table of another schema is empty.
    ...(schema === defaultSchemas.loaded ? [] : [{ schema }]),
    // What is not declared is not in the JSON; what only concerns people has no part in it.
    columns.map(({ description: _, values: __, mayBeAbsent: ___, ...column }) => column),
  ]);
}
