import type { Pool } from 'pg';
import type { Model } from '../../../src/pipeline/definitions/model.js';
import { parseModel } from '../../../src/pipeline/project/parse-model.js';
import { buildModel, type ModelBuild } from '../../../src/pipeline/transform/build-model.js';

/**
 * A model from its header (YAML without the comment) and its query.
 *
 * @param id - `schema.name`.
 */
export async function modelOf(id: string, header: string, sql: string): Promise<Model> {
  const [schema = '', name = ''] = id.split('.');
  const text = `/*\ndescription: ${id}\n${header}\n*/\n${sql}`;
  const parsed = await parseModel({ schema, name }, `sql/${schema}/${name}.sql`, text);
  if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems));
  return parsed.model;
}

/** Builds a model as a run would. */
export async function build(
  pool: Pool,
  model: Model,
  {
    signal = new AbortController().signal,
    viewQueries = new Map<string, string>(),
    retired = new Set<string>(),
  } = {},
): Promise<ModelBuild> {
  const built: ModelBuild = { published: false, rows: null, sql: '', plan: null, tests: [] };
  await buildModel(pool, model, built, {
    signal,
    dependents: { viewQueries, retired },
    extend: false,
    sources: [],
    lock: () => Promise.resolve(),
    onPublished: () => Promise.resolve(),
  });
  return built;
}
