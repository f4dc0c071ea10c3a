// Parsing of a model's file: header, query, tests.

import { defaultSchemas, type Schemas } from '../../config/project/project-settings.js';
import { parseQuery } from './parse-query.js';
import { findHeader, parseHeader } from './parse-header.js';
import {
  placeIn,
  relationId,
  reportParameter,
  type Model,
  type ModelQuery,
  type RelationName,
} from '../definitions/model.js';
import type { ModelProblem } from './model-error.js';

/** A model with every relation that it names, for the check against all models. */
export interface ParsedModel {
  readonly model: Model;
  readonly references: readonly (RelationName & { readonly where: string })[];
}

/**
 * Parses a model's file.
 *
 * @param name - Schema and name, from the file's folder and name.
 * @param file - The file relative to the project's root, for messages.
 * @param schemas - The project's schemas.
 * @returns The model, or all problems of the file.
 */
export async function parseModel(
  name: RelationName,
  file: string,
  text: string,
  schemas: Schemas = defaultSchemas,
): Promise<ParsedModel | { readonly problems: readonly ModelProblem[] }> {
  const at = (offset: number): string => placeIn(file, text, offset);
  const comment = findHeader(text);
  if (comment === undefined) {
    const message = 'a model begins with its header: /* description, columns, … as YAML */';
    return { problems: [{ where: at(0), message }] };
  }
  const { yaml, yamlOffset } = comment;
  const parsed = parseHeader(yaml, yamlOffset, schemas.loaded);
  const query = await parseQuery(text, schemas);
  if (parsed.header === undefined || !query.ok) {
    const problems = parsed.problems.map(({ offset, message }) => ({
      where: at(yamlOffset + offset),
      message,
    }));
    if (!query.ok) problems.push({ where: at(query.offset), message: query.message });
    return { problems };
  }

  const references = query.reads.map((read) => ({ ...read, where: at(query.start + read.offset) }));
  const problems: ModelProblem[] = [];
  for (const { name: column, tests } of parsed.header.columns) {
    for (const [index, test] of tests.entries()) {
      if (test.kind !== 'relationships') continue;
      const where = at(yamlOffset + parsed.offsetOf(['columns', column, 'tests', index]));
      references.push({ ...test.to, offset: 0, where });
    }
  }
  const testQueries = new Map<string, ModelQuery>();
  for (const test of parsed.header.tests) {
    if (test.kind !== 'sql') continue;
    const where = at(test.offset);
    const parsedTest = await parseQuery(test.sql, schemas);
    if (!parsedTest.ok) {
      problems.push({ where, message: `test "${test.name}": ${parsedTest.message}` });
      continue;
    }
    testQueries.set(test.sql, parsedTest);
    references.push(...parsedTest.reads.map((read) => ({ ...read, where })));
  }
  if (problems.length > 0) return { problems };

  const id = relationId(name);
  const reads = new Set(references.map(relationId));
  // A test names its own model; a query that did would need its own result.
  const own = query.reads.find((read) => relationId(read) === id);
  if (own !== undefined) {
    return { problems: [{ where: at(query.start + own.offset), message: `${id} reads itself` }] };
  }
  reads.delete(id);
  const { incremental } = parsed.header;
  if (incremental !== undefined) {
    const from = relationId(incremental.from);
    const problem = !reads.has(from)
      ? `it does not read ${from}`
      : // Both would be temporary relations of the same name while it is built.
        incremental.from.name === name.name
        ? `it must not have the same name as ${from}`
        : undefined;
    if (problem !== undefined) {
      const where = at(yamlOffset + parsed.offsetOf(['incremental', 'from']));
      return { problems: [{ where, message: `header: incremental: ${problem}` }] };
    }
    // Slices begin and end in the report's time zone.
    reads.add(reportParameter(schemas.loaded));
  }
  return {
    model: {
      ...{ ...name, ...parsed.header, file, text, query, testQueries, id },
      reads: [...reads].sort(),
    },
    references,
  };
}
