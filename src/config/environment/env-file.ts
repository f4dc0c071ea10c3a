// The environment of a process, and the project's `.env` file.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';

import { ConfigError } from '../../errors.js';

/** The process's environment; unset variables are undefined. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Adds the project's `.env` to the environment: Docker Compose reads that file, so the same settings apply to
 * commands. Variables set outside of the file win.
 *
 * @param root - The project's root, absolute.
 * @throws ConfigError when the file exists and cannot be read.
 */
export function withEnvFile(env: Environment, root: string): Environment {
  const file = join(root, '.env');
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return env;
    throw new ConfigError([`.env: cannot be read (${String(code)}); make it yours, or remove it`]);
  }
  // A byte order mark would be part of the first name.
  const added = parseEnv(text.replace(/^\uFEFF/, ''));
  return { ...added, ...env };
}
