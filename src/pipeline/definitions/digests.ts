// Digests of models and sources: a change in one means that tables are built, or files loaded, again.

import { createHash } from 'node:crypto';
import type { Model } from './model.js';
import { defaultSchemas } from '../../config/project/project-settings.js';
import type { Source } from './source.js';

/** Increase it when the engine builds other rows from the same model. */
const modelEngine = 1;

/** A digest of everything in a model's file that its rows and tests depend on. */
export function definitionDigest(model: Model): string {
  const { query, materialized, incremental, columns, tests } = model;
  return digest([
    modelEngine,
    ...[query.digest, materialized, incremental ?? null],
    // The position of a test does not matter.
    tests.map((test) => ({ ...test, offset: 0 })),
    columns.map((column) => [column.name, column.type, column.tests]),
  ]);
}

/** A digest of what changes on the published relation without a rebuild: descriptions and indexes. */
export function metadataDigest({ description, columns, indexes }: Model): string {
  return digest([description, columns.map((column) => column.description ?? null), indexes]);
}

/** SHA-256 of a value's JSON, in hexadecimal. */
export function digest(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}

/** Increase it when the engine makes other rows of the same lines. */
const lineEngine = 2;

/**
 * A digest of everything in a declaration that the rows of a line depend on. Files loaded by another digest are
 * loaded again.
 */
export function sourceDigest({ schema, format, encoding, columns, eventTime }: Source): string {
  return digest([
    lineEngine,
    ...[format, eventTime],
    ...(encoding === undefined ? [] : [encoding]),
    // The default schema is left out, so that digests of existing warehouses stay valid.
    ...(schema === defaultSchemas.loaded ? [] : [{ schema }]),
    // Undeclared fields are absent from the JSON; descriptions and the like are excluded.
    columns.map(({ description: _, values: __, mayBeAbsent: ___, ...column }) => column),
  ]);
}
