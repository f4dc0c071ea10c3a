import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import type { SourceMapPayload } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { writeAtomically } from '../files/atomic-write.js';
import { ConfigError } from '../errors.js';

/** A module of the project as one script, with all that it imports from files of the project. */
export interface Bundle {
  /** SHA-256 of each of these files, by its path; the bundle is right as long as they are. */
  readonly files: Readonly<Record<string, string>>;
  readonly code: string;
  readonly map: SourceMapPayload;
}

/** Where a module of the project is, and where what was made of it is kept. */
export interface ProjectModule {
  /** The project's root, absolute: messages name files below it. */
  readonly root: string;
  /** The file below the root. */
  readonly file: string;
  /** DAYBOOK_HOME, absolute; what is not there is not made. */
  readonly home: string;
}

/**
 * Bundles a module of the project, or finds the bundle that is kept of it.
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
      // TypeScript's own way to name a file of TypeScript.
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

/** What the bundler says, at its places and without the colours of a terminal. */
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

/** An error of the bundler; its columns count from 0. */
interface BundleError {
  readonly message: string;
  readonly loc?: { readonly file: string; readonly line: number; readonly column: number };
}

/** A file of the project as messages name it. */
export function below({ root }: ProjectModule, file: string): string {
  return relative(root, file).replaceAll('\\', '/');
}

/** What an error says, in one line: the bundler draws, and Node.js goes on with who asked. */
export function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split('\n', 1)[0] ?? '';
}

function digest(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

/** The bundle of a run before, if none of its files has changed. */
async function keptBundle(module: ProjectModule): Promise<Bundle | undefined> {
  try {
    const bundle = JSON.parse(await readFile(keptAs(module), 'utf8')) as Bundle;
    for (const [file, before] of Object.entries(bundle.files)) {
      if (digest(await readFile(file)) !== before) return undefined;
    }
    return bundle;
  } catch {
    // It is not there, or nobody may read it, or it was cut short: it is made again.
    return undefined;
  }
}

async function keepBundle(module: ProjectModule, bundle: Bundle): Promise<void> {
  try {
    if (!(await stat(module.home)).isDirectory()) return;
    await writeAtomically(keptAs(module), JSON.stringify(bundle));
  } catch {
    // Whoever may only read there bundles each time.
  }
}

/** Raise it when bundles are made or run otherwise: those of before are not taken then. */
const bundleVersion = 1;

function keptAs({ home, root, file }: ProjectModule): string {
  const key = JSON.stringify([bundleVersion, join(root, file)]);
  const name = createHash('sha256').update(key).digest('hex').slice(0, 12);
  return join(home, `module-${name}.json`);
}
