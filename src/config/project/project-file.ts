// Reading of daybook.config.ts.

import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigError } from '../../errors.js';
import type { CronProblem } from '../declarations/cron-expression.js';
import { isRecord } from '../declarations/field-reader.js';
import { linePlace } from '../modules/line-place.js';
import { findThemeFiles } from '../theme/theme-files.js';
import {
  completeProject,
  defaultProject,
  projectFields,
  type ProjectSettings,
} from './project-settings.js';

/** The name of the project file at a project's root. */
export const projectFile = 'daybook.config.ts';

/**
 * Reads the project file.
 *
 * @param root - The project's root, absolute.
 * @param home - DAYBOOK_HOME, absolute.
 * @returns Its complete settings; without the file, the defaults.
 * @throws ConfigError with file, line and column of all problems.
 */
export async function readProjectFile(root: string, home: string): Promise<ProjectSettings> {
  const text = await readFile(join(root, projectFile), 'utf8').catch((error: unknown) => {
    const code = String((error as NodeJS.ErrnoException).code);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new ConfigError([`${projectFile}: cannot be read (${code})`], { cause: error });
  });
  if (text === undefined) return defaultProject;
  // Projects without the file do not load the bundler.
  const { importProjectModule } = await import('../modules/project-module.js');
  const { default: exported } = await importProjectModule({ root, file: projectFile, home });
  if (exported === undefined) {
    throw new ConfigError([`${projectFile}: must end with: export default defineConfig({ … })`]);
  }
  const completed = completeProject(exported, await cronChecker(exported));
  const found =
    'settings' in completed ? await withThemeFiles(completed.settings, root) : completed;
  if ('settings' in found) return found.settings;
  const { fieldOffset } = await import('./field-place.js');
  throw new ConfigError(
    found.problems.map(({ path, message }) => {
      const place = `${projectFile}:${linePlace(text, fieldOffset(text, path))}`;
      return `${place}: ${path.length === 0 ? 'the default export' : path.join('.')}: ${message}`;
    }),
  );
}

/** Projects without a theme read none of its files. */
async function withThemeFiles(
  settings: ProjectSettings,
  root: string,
): Promise<ReturnType<typeof completeProject>> {
  if (settings.theme === undefined) return { settings };
  const found = await findThemeFiles(settings.theme, root);
  return 'theme' in found ? { settings: { ...settings, theme: found.theme } } : found;
}

/** Projects without schedules do not load the reader of cron expressions. */
async function cronChecker(exported: unknown): Promise<CronProblem | undefined> {
  const has = isRecord(exported) && exported['schedules'] !== undefined;
  return has ? (await import('../declarations/cron-expression.js')).cronProblem : undefined;
}

/**
 * Which of the known fields the project file has.
 *
 * @param root - The project's root, absolute; a project file that is there has been read before.
 * @param home - DAYBOOK_HOME, absolute.
 */
export async function readProjectFields(
  root: string,
  home: string,
): Promise<{ readonly used: readonly string[]; readonly unused: readonly string[] }> {
  const { importProjectModule } = await import('../modules/project-module.js');
  const exports = existsSync(join(root, projectFile))
    ? await importProjectModule({ root, file: projectFile, home })
    : {};
  const settings = exports['default'] ?? {};
  return {
    used: projectFields.filter((name) => Object.hasOwn(settings, name)),
    unused: projectFields.filter((name) => !Object.hasOwn(settings, name)),
  };
}
