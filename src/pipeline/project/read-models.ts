// All models of a project.

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  defaultSchemas,
  engineSchemas,
  type Schemas,
} from '../../config/project/project-settings.js';
import { closestName } from '../../text/closest-name.js';
import { readTextFile } from '../../files/text-file.js';
import { findCycle } from './graph.js';
import { relationId, type Model, type RelationName } from '../definitions/model.js';
import { ModelError, type ModelProblem } from './model-error.js';
import { parseModel, type ParsedModel } from './parse-model.js';

/**
 * Reads all models below `sql/`, one file each in the folder of its schema.
 *
 * @param root - The project's root.
 * @param sources - `schema.name` of the loaded tables.
 * @param schemas - The schemas of models, each a folder of sql/.
 * @throws ModelError with every problem of every file: headers, SQL, unknown relations, cycles.
 */
export async function readModels(
  root: string,
  sources: readonly string[],
  schemas: Schemas = defaultSchemas,
): Promise<Model[]> {
  const parsed: ParsedModel[] = [];
  const problems: ModelProblem[] = [];
  for (const { file, ...name } of await modelFiles(root, schemas)) {
    const result = await parseModel(name, file, await readTextFile(join(root, file)), schemas);
    if ('problems' in result) problems.push(...result.problems);
    else if (sources.includes(result.model.id)) {
      problems.push({
        where: `${file}:1:1`,
        message: `${result.model.id} is filled by the loader`,
      });
    } else parsed.push(result);
  }
  // A model that could not be read is missing, which its readers would report again.
  if (problems.length > 0) throw new ModelError(problems);

  const models = parsed.map((entry) => entry.model);
  const known = new Set([...models.map((model) => model.id), ...sources]);
  problems.push(
    ...parsed.flatMap(({ references }) => unknownRelations(references, known, schemas)),
  );
  if (problems.length > 0) throw new ModelError(problems);
  const cycle = findCycle(models);
  if (cycle !== undefined) {
    const [first] = cycle;
    const where = `${first?.file ?? 'sql'}:1:1`;
    const path = [...cycle, first].map((model) => model?.id).join(' → ');
    throw new ModelError([{ where, message: `models read each other in a circle: ${path}` }]);
  }
  return models;
}

async function modelFiles(
  root: string,
  { names: schemas }: Schemas,
): Promise<(RelationName & { file: string })[]> {
  const found: (RelationName & { file: string })[] = [];
  for (const schema of schemas) {
    const names = await readdir(join(root, 'sql', schema)).catch(() => []);
    for (const name of names.sort()) {
      if (!name.endsWith('.sql') || name.startsWith('.')) continue;
      found.push({ schema, name: name.slice(0, -'.sql'.length), file: `sql/${schema}/${name}` });
    }
  }
  const invalid = found.filter(({ name }) => !/^[a-z_][a-z0-9_]{0,62}$/.test(name));
  if (invalid.length > 0) {
    const message = 'a model is named by lower-case letters, digits and _, at most 63';
    throw new ModelError(invalid.map(({ file }) => ({ where: file, message })));
  }
  return found;
}

function unknownRelations(
  references: ParsedModel['references'],
  known: ReadonlySet<string>,
  { names }: Schemas,
): ModelProblem[] {
  // Other schemas belong to others, and not all of their relations are known.
  const knownSchemas = new Set<string>([...names, ...engineSchemas]);
  return references
    .filter(({ schema }) => knownSchemas.has(schema))
    .filter((reference) => !known.has(relationId(reference)))
    .map((reference) => {
      const id = relationId(reference);
      const closest =
        [...known].find((other) => other.endsWith(`.${reference.name}`)) ?? closestName(id, known);
      const suggestion = closest === undefined ? '' : `; did you mean ${closest}?`;
      return { where: reference.where, message: `there is no model ${id}${suggestion}` };
    });
}
