// Sample logs of a project: a folder or a generator.

import { copyFile, readdir, readFile, stat } from 'node:fs/promises';
import { dirname, extname, join, relative } from 'node:path';
import type { Config } from './config.js';
import { ConfigError } from '../errors.js';
import { makeFolder } from '../files/make-folder.js';
import type { SampleFile, SampleLogs } from './define-config.js';

/** The part of the configuration about sample logs. */
type SampleConfig = Pick<Config, 'root' | 'home' | 'project'>;

/**
 * The folder of sample logs of a project.
 *
 * @returns Absolute; undefined when it has none, or a module that makes them.
 * @throws ConfigError when it is missing.
 */
export async function sampleFolder({
  root,
  project: { sampleLogs: path },
}: Pick<SampleConfig, 'root' | 'project'>): Promise<string | undefined> {
  if (path === undefined) return undefined;
  const named = join(root, path);
  const isFolder = extname(path) === '';
  const found = await stat(named).catch(() => undefined);
  if (found?.isDirectory() === isFolder) return isFolder ? named : undefined;
  throw new ConfigError([
    `${path}: there is no such ${isFolder ? 'folder' : 'file'}; make it, or take sampleLogs out of daybook.config.ts`,
  ]);
}

/**
 * The generator of a project's sample logs: its module, or a copy of its folder.
 *
 * @returns Undefined when it has none.
 * @throws ConfigError when the module or folder cannot be read, or the module exports none.
 */
export async function readSampleLogs(config: SampleConfig): Promise<SampleLogs | undefined> {
  const {
    root,
    home,
    project: { sampleLogs: file },
  } = config;
  if (file === undefined) return undefined;
  const folder = await sampleFolder(config);
  if (folder !== undefined) return copyOf(folder, file);
  const { importProjectModule } = await import('./modules/project-module.js');
  const { sampleLogs } = await importProjectModule({ root, file, home });
  if (isSampleLogs(sampleLogs)) return sampleLogs;
  throw new ConfigError([
    `${file}: must export const sampleLogs: SampleLogs = { usage, description, options, prepare }`,
  ]);
}

function isSampleLogs(value: unknown): value is SampleLogs {
  if (typeof value !== 'object' || value === null) return false;
  const { usage, description, options, prepare } = value as Record<keyof SampleLogs, unknown>;
  return (
    typeof usage === 'string' &&
    typeof description === 'string' &&
    typeof options === 'object' &&
    options !== null &&
    typeof prepare === 'function'
  );
}

/** A generator that copies existing logs. */
function copyOf(folder: string, name: string): SampleLogs {
  return {
    usage: '',
    description: `Copies the sample logs of this project, the files of ${name}/.`,
    options: {},
    prepare: () => async (target, signal) => {
      const entries = await readdir(folder, { recursive: true, withFileTypes: true });
      const copied: SampleFile[] = [];
      for (const entry of entries.filter((one) => one.isFile())) {
        signal?.throwIfAborted();
        const from = join(entry.parentPath, entry.name);
        const path = relative(folder, from);
        makeFolder(dirname(join(target, path)));
        await copyFile(from, join(target, path));
        const bytes = await readFile(from);
        const lines = bytes.reduce((count, byte) => count + (byte === 10 ? 1 : 0), 0);
        copied.push({ name: path, bytes: bytes.length, lines });
      }
      return copied;
    },
  };
}
