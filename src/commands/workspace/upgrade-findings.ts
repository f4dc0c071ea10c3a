// Checks of `daybook doctor` after an upgrade: versions, and what of the project is of an older one.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { missingFiles } from 'create-daybook';
import type { Pool } from 'pg';
import { renamedImport } from '../../cells/missing-module.js';
import type { Config } from '../../config/config.js';
import { projectFile, readProjectFields } from '../../config/project/project-file.js';
import { packageVersion } from '../../files/package-file.js';
import { findNotebooks } from '../../notebook/collection/notebook-source.js';
import { lastVersionChange } from '../../warehouse/schema/engine-version.js';
import type { Finding } from './finding.js';

/** Which Daybook this is, which one wrote to the warehouse before, and what came with the change. */
export async function checkVersion(reader: Pool): Promise<Finding> {
  const finding = { name: 'version', required: false };
  const own = packageVersion();
  const change = await lastVersionChange(reader);
  if (change !== undefined && change.version !== own) {
    return {
      ...{ ...finding, ok: false },
      detail: `this is ${own}, and ${change.version} wrote to the warehouse last`,
      mend: `npx daybook up --once  brings a warehouse along that is older; for a newer one: npm install daybook@${change.version}`,
    };
  }
  if (change?.before === undefined) return { ...finding, ok: true, detail: own };
  const { since, before, migrations } = change;
  const applied = migrations.length === 0 ? '' : `; it applied ${migrations.join(', ')}`;
  return {
    ...{ ...finding, ok: true },
    detail: `${own} since ${since}, ${before ?? 'an earlier one'} before${applied}`,
  };
}

/** Notebooks that import a module by a name that it had before. */
export async function checkImports(root: string): Promise<Finding> {
  const finding = { name: 'imports', required: false };
  const folders = ['notebooks', 'exploration'].map((name) => join(root, name));
  const found = await Promise.all(
    folders.map((folder) => findNotebooks([folder], root).catch(() => [])),
  );
  const outdated: string[] = [];
  for (const path of found.flat()) {
    const text = await readFile(path, 'utf8').catch(() => '');
    const names = new Set(text.match(/(?<=\b(?:from|import)\s*\(?\\?['"])@daybook\/\w+/g));
    for (const name of names) {
      const advice = renamedImport(name);
      if (advice !== undefined) outdated.push(`${path.slice(root.length + 1)}: ${advice}`);
    }
  }
  return outdated.length === 0
    ? { ...finding, ok: true, detail: 'the modules have their names of today' }
    : {
        ...{ ...finding, ok: false, detail: outdated.join('; ') },
        mend: 'npx daybook notebooks check  looks at all that notebooks import',
      };
}

/** Which fields of the project file are used, and which there are beside these. */
export async function checkProjectFile({ root, home }: Config): Promise<Finding> {
  const { used, unused } = await readProjectFields(root, home);
  const more = unused.length === 0 ? '' : `; there are also ${unused.join(', ')}`;
  const said = used.length === 0 ? 'says nothing' : `says ${used.join(', ')}`;
  return {
    ...{ name: 'project file', required: false, ok: true },
    detail: `${projectFile} ${said}${more}`,
  };
}

/** Which files a new project has that this one has not; a team may want none of them. */
export async function checkProjectFiles(root: string): Promise<Finding> {
  const missing = await missingFiles(root);
  return {
    ...{ name: 'project files', required: false, ok: true },
    detail:
      missing.length === 0
        ? 'all that a new project has'
        : `a new project has ${missing.join(', ')}, too: npx daybook init adds what is missing`,
  };
}
