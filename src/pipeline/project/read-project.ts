// All declarations of a project: sources and models.

import type { Schemas } from '../../config/project/project-settings.js';
import { reportParameter, type Model } from '../definitions/model.js';
import { readModels } from './read-models.js';
import { readSources } from './read-sources.js';
import { sourceTable, type Source } from '../definitions/source.js';

/** The declarations of a project below sql/. */
export interface Project {
  readonly sources: readonly Source[];
  readonly models: readonly Model[];
  /** Tables that models may read and no model builds. */
  readonly loadedTables: readonly string[];
}

/**
 * Reads all declarations of a project.
 *
 * @param root - The project's root.
 * @param schemas - What its schemas are called.
 * @throws DaybookError `SOURCE_INVALID` and `MODEL_INVALID`.
 */
export async function readProject(root: string, schemas: Schemas): Promise<Project> {
  const sources = await readSources(root, schemas.loaded);
  const loadedTables = [...sources.map(sourceTable), reportParameter(schemas.loaded)];
  return { sources, loadedTables, models: await readModels(root, loadedTables, schemas) };
}
