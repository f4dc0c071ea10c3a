// Bundling of the project file and other TypeScript modules of a project.

import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import type { SourceMapPayload } from 'node:module';
import { join } from 'node:path';
import { writeAtomically } from '../../files/atomic-write.js';
import { linkModules } from './link-modules.js';

/** A module of the project as one script, with its imports from the project. */
export interface Bundle {
  /** SHA-256 of each of its files, by path; the bundle is valid while they are unchanged. */
  readonly files: Readonly<Record<string, string>>;
  readonly code: string;
  readonly map: SourceMapPayload;
}

/** A module of the project, and where its bundle is cached. */
export interface ProjectModule {
  /** The project's root, absolute: messages have relative paths. */
  readonly root: string;
  /** The file relative to the root. */
  readonly file: string;
  /** DAYBOOK_HOME, absolute; not created. */
  readonly home: string;
}

/**
 * Bundles a module of the project, or returns its cached bundle.
 *
 * @throws ConfigError with file, line and column of what cannot be read.
 */
export async function bundleProjectModule(module: ProjectModule): Promise<Bundle> {
  return (await keptBundle(module)) ?? (await makeBundle(module));
}

async function makeBundle(module: ProjectModule): Promise<Bundle> {
  // Most commands find a bundle and read no compiler.
  const { transpile } = await import('./transpile.js');
  const { texts, code, map } = await linkModules(module, transpile);
  const files = Object.fromEntries([...texts].map(([file, text]) => [file, digest(text)]));
  const bundle = { files, code, map };
  await keepBundle(module, bundle);
  return bundle;
}

function digest(content: Buffer | string): string {
  return createHash('sha256').update(content).digest('hex');
}

/** The cached bundle, if none of its files has changed. */
async function keptBundle(module: ProjectModule): Promise<Bundle | undefined> {
  try {
    const bundle = JSON.parse(await readFile(keptAs(module), 'utf8')) as Bundle;
    for (const [file, before] of Object.entries(bundle.files)) {
      if (digest(await readFile(file)) !== before) return undefined;
    }
    return bundle;
  } catch {
    // A missing, unreadable or truncated bundle is made again.
    return undefined;
  }
}

async function keepBundle(module: ProjectModule, bundle: Bundle): Promise<void> {
  try {
    if (!(await stat(module.home)).isDirectory()) return;
    await writeAtomically(keptAs(module), JSON.stringify(bundle));
  } catch {
    // Without write access the bundle is made each time.
  }
}

/** Increase it when bundles are made or run otherwise: older ones are ignored then. */
const bundleVersion = 2;

function keptAs({ home, root, file }: ProjectModule): string {
  const key = JSON.stringify([bundleVersion, join(root, file)]);
  const name = createHash('sha256').update(key).digest('hex').slice(0, 12);
  return join(home, `module-${name}.json`);
}
