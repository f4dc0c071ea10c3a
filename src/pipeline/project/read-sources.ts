// All sources of a project.

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DaybookError } from '../../errors.js';
import { defaultSchemas } from '../../config/project/project-settings.js';
import { readTextFile } from '../../files/text-file.js';
import { placeIn, reportParameter } from '../definitions/model.js';
import { parseSource } from './parse-source.js';
import { sourceName } from './source-schema.js';
import { sourceTable, type Source } from '../definitions/source.js';

const folder = 'sql/sources';

/**
 * Reads the declarations of all sources, one file each in sql/sources.
 *
 * @param root - The project's root.
 * @param schema - The schema of their tables.
 * @returns All of them; a new project has none.
 * @throws DaybookError `SOURCE_INVALID` with every problem of every file.
 */
export async function readSources(root: string, schema = defaultSchemas.loaded): Promise<Source[]> {
  const sources: Source[] = [];
  const problems: { where: string; message: string }[] = [];
  const files = await readdir(join(root, folder)).catch(() => []);
  for (const file of files.sort()) {
    const [, name] = /^([^.].*)\.ya?ml$/.exec(file) ?? [];
    if (name === undefined) continue;
    const path = `${folder}/${file}`;
    if (!sourceName.test(name) || sourceTable({ schema, name }) === reportParameter(schema)) {
      const message = 'a source is named by lower-case letters, digits and _, at most 63';
      problems.push({ where: path, message });
      continue;
    }
    const yaml = await readTextFile(join(root, path));
    const result = parseSource(name, yaml, schema);
    if ('source' in result) sources.push(result.source);
    else {
      for (const { offset, message } of result.problems) {
        problems.push({ where: placeIn(path, yaml, offset), message });
      }
    }
  }
  const [first] = problems;
  if (first !== undefined) {
    const lines = problems.map(({ where, message }) => `\n  - ${where}: ${message}`);
    throw new DaybookError(
      'SOURCE_INVALID',
      problems.length === 1
        ? first.message
        : `${problems.length} problems in the sources:${lines.join('')}`,
      {
        hint: 'the page "Sources" of the documentation has the rules',
        ...(lines.length === 1 && { where: first.where }),
      },
    );
  }
  return sources;
}

/**
 * What to do in a project that declares no source yet, as a new one does.
 *
 * @param schema - The schema of the tables of sources.
 */
export function declareFirst(schema: string): string {
  return `${folder} declares no source yet: a file NAME.yaml there fills the table ${schema}.NAME, like files: ['*.csv'], format: csv, columns: { id: { type: bigint } }`;
}
