// The configuration of the current project, for notebooks and programs.

import { findRoot, parseConfig, readConfig, type Config } from './config.js';
import type { Environment } from './environment/env-file.js';
import { withEnvFile } from './environment/env-file.js';

/** The configuration of the project that contains the working directory. */
export function workspaceConfig(env: Environment, cwd = process.cwd()): Promise<Config> {
  const root = findRoot(cwd);
  return readConfig(withEnvFile(env, root), root);
}

/**
 * The warehouse's address for readers. A notebook's kernel may know only the reader's URL, so that its code never
 * sees the owner's.
 */
export function readerConfig(env: Environment, cwd = process.cwd()): Config {
  const databaseUrl = env['DATABASE_URL'] ?? env['DAYBOOK_READER_URL'];
  const root = findRoot(cwd);
  return parseConfig(
    withEnvFile(databaseUrl === undefined ? env : { ...env, DATABASE_URL: databaseUrl }, root),
    root,
  );
}
