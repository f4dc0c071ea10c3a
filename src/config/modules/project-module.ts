// Running of TypeScript modules of a project.

import { createRequire, SourceMap, type SourceMapping, type SourceMapPayload } from 'node:module';
import { dirname, join } from 'node:path';
import { Script, constants } from 'node:vm';
import { ConfigError } from '../../errors.js';
import { defineConfig } from '../define-config.js';
import { below } from './link-modules.js';
import { bundleProjectModule, type ProjectModule } from './project-bundle.js';

/** The exports by name. */
export type ModuleExports = Readonly<Record<string, unknown>>;

/**
 * Runs a TypeScript module of the project, which Node.js 20 cannot: it is bundled with the project files that it
 * imports, without a type check. Packages are loaded from the project. The bundle is cached in DAYBOOK_HOME until
 * one of the files changes: bundling takes longer than many a command.
 *
 * @throws ConfigError with file, line and column where it cannot be read or run.
 */
export async function importProjectModule(module: ProjectModule): Promise<ModuleExports> {
  const path = join(module.root, module.file);
  const bundle = await bundleProjectModule(module);
  const require = createRequire(path);
  const exports: ModuleExports = {};
  try {
    const script = new Script(`((exports, require) => {${bundle.code}\n})`, {
      filename: path,
      importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    });
    const run = script.runInThisContext() as (exports: ModuleExports, require: unknown) => void;
    run(exports, (name: string): unknown =>
      // A project needs no installed copy of Daybook for its types.
      name === 'daybook/config' ? { defineConfig } : (require(name) as unknown),
    );
  } catch (error) {
    throw new ConfigError([`${thrownAt(error, module, bundle.map)}: ${firstLine(error)}`], {
      cause: error,
    });
  }
  return exports;
}

/** The position of a throw in the original file, as far as the stack shows it. */
function thrownAt(error: unknown, module: ProjectModule, map: SourceMapPayload): string {
  const path = join(module.root, module.file);
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  const frame = stack.split('\n').find((line) => line.includes(`${path}:`));
  const [, line, column] = /:(\d+):(\d+)\)?$/.exec(frame ?? '') ?? [];
  if (line === undefined || column === undefined) return module.file;
  const entry = new SourceMap(map).findEntry(Number(line) - 1, Number(column) - 1);
  const source = (entry as Partial<SourceMapping>).originalSource;
  // The loader has no file.
  if (!('originalSource' in entry) || source === undefined) return module.file;
  const file = join(dirname(path), source);
  return `${below(module.root, file)}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
}

/** The first line of an error's message: Node.js adds a stack of imports. */
function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split('\n', 1)[0] ?? '';
}
