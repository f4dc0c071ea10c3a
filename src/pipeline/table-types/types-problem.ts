// Check that daybook-env.d.ts matches the models (`daybook doctor`, `daybook notebooks check`).

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../../config/config.js';
import { projectTypesFile } from '../../files/project-types.js';
import { parseProjectTypes } from '../../row-types/project-types.js';
import { readProject, type Project } from '../project/read-project.js';

/**
 * Compares the types of a project's tables with its models, without a warehouse.
 *
 * @param config - Of the project.
 * @returns The difference in a sentence; undefined: none.
 * @throws DaybookError as `readProject` does.
 */
export async function projectTypesProblem({
  root,
  project: { schemas },
}: Pick<Config, 'root' | 'project'>): Promise<string | undefined> {
  const [project, text] = await Promise.all([
    readProject(root, schemas),
    readFile(join(root, projectTypesFile), 'utf8').catch(() => undefined),
  ]);
  return typesProblem(text, project);
}

/** The difference between a file's types and the models; undefined: none. */
export function typesProblem(
  text: string | undefined,
  { models, loadedTables }: Pick<Project, 'models' | 'loadedTables'>,
): string | undefined {
  if (text === undefined) return `there is no ${projectTypesFile}`;
  const typed = parseProjectTypes(text).tables;
  const known = new Set([...models.map(({ id }) => id), ...loadedTables]);
  const changed = models.find(({ id, columns }) => {
    const names = typed.get(id)?.columns.keys();
    return names !== undefined && columns.map(({ name }) => name).join() !== [...names].join();
  });
  const [missing] = [...known].filter((id) => !typed.has(id));
  const [gone] = [...typed.keys()].filter((id) => !known.has(id));
  const difference =
    missing !== undefined
      ? `${missing} is not in it`
      : gone !== undefined
        ? `${gone} is in it, and is no table of the project`
        : changed !== undefined
          ? `${changed.id} has other columns now`
          : undefined;
  return difference && `${projectTypesFile} is not that of the models: ${difference}`;
}
