import { createHash } from 'node:crypto';
import type { Model } from './model.js';

/** Raise it when the engine builds something else from the same file. */
const engineVersion = 1;

/** A digest of everything in a model's file that its rows and its tests depend on. */
export function definitionDigest(model: Model): string {
  const { sqlDigest, materialized, incremental, columns, tests } = model;
  return digest([
    engineVersion,
    ...[sqlDigest, materialized, incremental ?? null],
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
