// Bundling of the project file and other TypeScript modules of a project.

import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import type { SourceMapPayload } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { writeAtomically } from '../files/atomic-write.js';
import { ConfigError } from '../errors.js';

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
  const { rolldown } = await import('rolldown');
  const path = join(module.root, module.file);
  const outcome = await (async () => {
    const bundle = await rolldown({
      input: path,
      cwd: module.root,
      platform: 'node',
      logLevel: 'silent',
      // TypeScript's convention for imports of its files.
      resolve: { extensionAlias: { '.js': ['.ts', '.js'] } },
      external: (id) => !/^[./]/.test(id) && !/^[A-Za-z]:[\\/]/.test(id),
    });
    try {
      const { output } = await bundle.generate({
        format: 'cjs',
        dir: dirname(path),
        exports: 'named',
        sourcemap: 'hidden',
        codeSplitting: false,
      });
      return output[0];
    } finally {
      await bundle.close();
    }
  })().catch((error: unknown) => {
    throw new ConfigError(bundleProblems(error, module));
  });
  const files: Record<string, string> = {};
  for (const file of outcome.moduleIds) files[file] = digest(await readFile(file));
  const bundle = { files, code: outcome.code, map: outcome.map as unknown as SourceMapPayload };
  await keepBundle(module, bundle);
  return bundle;
}

/** The bundler's errors with positions, without terminal colours. */
function bundleProblems(error: unknown, module: ProjectModule): string[] {
  const { errors = [] } = error as { errors?: readonly BundleError[] };
  const problems = errors.map(({ message, loc }) => {
    const [words = ''] = stripVTControlCharacters(message).split('\n');
    const where =
      loc === undefined ? module.file : `${below(module, loc.file)}:${loc.line}:${loc.column + 1}`;
    return `${where}: ${words.replace(/^\[[A-Z_]+\] /, '')}`;
  });
  return problems.length > 0 ? problems : [`${module.file}: ${firstLine(error)}`];
}

/** An error of the bundler; columns count from 0. */
interface BundleError {
  readonly message: string;
  readonly loc?: { readonly file: string; readonly line: number; readonly column: number };
}

/** A file relative to the project. */
export function below({ root }: ProjectModule, file: string): string {
  return relative(root, file).replaceAll('\\', '/');
}

/** The first line of an error's message: the bundler adds drawings, Node.js a stack of imports. */
export function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split('\n', 1)[0] ?? '';
}

function digest(content: Buffer): string {
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
const bundleVersion = 1;

function keptAs({ home, root, file }: ProjectModule): string {
  const key = JSON.stringify([bundleVersion, join(root, file)]);
  const name = createHash('sha256').update(key).digest('hex').slice(0, 12);
  return join(home, `module-${name}.json`);
}
