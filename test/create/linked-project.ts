import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { createDaybook, type TemplateName } from 'create-daybook';
import { root } from '../database.js';
import { temporaryFolder } from '../temporary-folder.js';

/** Makes a project of a template in a temporary folder, in which `daybook` is this repository; returns its folder. */
export async function createLinkedProject(template: TemplateName): Promise<string> {
  const cwd = temporaryFolder();
  const project = join(cwd, 'x');
  await createDaybook(['x', '--template', template, '--no-install'], {
    ...{ cwd, env: {}, isInteractive: false },
    out: () => undefined,
    err: () => undefined,
  });
  mkdirSync(join(project, 'node_modules'));
  symlinkSync(root, join(project, 'node_modules/daybook'), 'dir');
  return project;
}
