// This folder reads the notebooks of a run: the files (this file), each with its values (parameterize-sources.ts), those
// of the dashboard (published-variants.ts), and the order that they ask for (notebook-order.ts).
import { basename, dirname, join, relative, sep } from 'node:path';
import { readdir, stat } from 'node:fs/promises';
import type { Environment } from '../../config/config.js';
import { DaybookError, describeError } from '../../errors.js';
import { findKernelspec, type Kernelspec } from '../../jupyter/kernelspec.js';
import { notebookPlace } from '../../nbformat/notebook-place.js';
import type { Notebook } from '../../nbformat/notebook.js';
import { readNotebook } from '../../nbformat/read-notebook.js';
import type { NotebookFailure } from '../document/failure.js';
import { kernelName } from '../document/execution-metadata.js';
import type { ParameterValue } from '../parameters/parameter-type.js';

/** The folder of the published notebooks, below the project's root. */
const collectionFolder = 'notebooks';

/**
 * The notebooks that paths mean: files as they are, folders with all notebooks in them.
 *
 * @param paths - Absolute; none: the whole collection.
 * @param root - The project's root, absolute.
 * @returns Absolute paths, each once.
 * @throws DaybookError `NOTEBOOK_NOT_FOUND` naming what is not there.
 */
async function findNotebooks(paths: readonly string[], root: string): Promise<string[]> {
  if (paths.length === 0) return notebooksIn(join(root, collectionFolder));
  const found = await Promise.all(
    paths.map(async (path) => {
      const stats = await stat(path).catch((cause: unknown) => {
        throw new DaybookError('NOTEBOOK_NOT_FOUND', 'There is no such notebook or folder', {
          where: path,
          cause,
        });
      });
      return stats.isDirectory() ? notebooksIn(path) : [path];
    }),
  );
  return [...new Set(found.flat())];
}

/** All notebooks below a folder; none where it is missing. Hidden folders hold Jupyter's copies. */
async function notebooksIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true }).catch(() => []);
  return entries
    .filter((entry) => entry.endsWith('.ipynb'))
    .filter(
      (entry) => !entry.split(sep).some((part) => part.startsWith('.') || part === 'node_modules'),
    )
    .sort()
    .map((entry) => join(folder, entry));
}

/** A notebook of a run. */
export interface NotebookSource {
  /** The file, absolute. */
  readonly file: string;
  /** The file as a path from the project's root, with slashes; absolute if it lies elsewhere. */
  readonly path: string;
  /** Its name in addresses: the file's name without `.ipynb`, and the variant. */
  readonly slug: string;
  /** What its values are called that are not those in the file, like `--QC`; empty: there are none. */
  readonly variant: string;
  /** These values in words, for its title: `province QC`. */
  readonly variantTitle: string;
  /** The values that are not those in the file, by name. */
  readonly changed: Readonly<Record<string, ParameterValue>>;
  /** The parameters that it runs with, but for secret ones. */
  readonly parameters: Readonly<Record<string, ParameterValue>>;
  /** Values that must not be seen anywhere. */
  readonly secrets: readonly string[];
  /** The variables of the environment that they are read from. */
  readonly secretNames: readonly string[];
  /** What can be run; a failure when the file is no notebook or its kernel is unknown. */
  readonly content:
    | {
        readonly notebook: Notebook;
        readonly spec: Kernelspec;
      }
    | { readonly failure: NotebookFailure };
}

/**
 * Reads the notebooks of a run. The whole collection comes in the order of its positions, then names;
 * paths that were given keep their order.
 *
 * @param paths - Absolute; none: the whole collection.
 * @throws DaybookError `NOTEBOOK_NOT_FOUND` when a path is not there or a folder holds none.
 */
export async function readSources(
  paths: readonly string[],
  root: string,
  env: Environment,
): Promise<NotebookSource[]> {
  const files = await findNotebooks(paths, root);
  if (files.length === 0 && paths.length > 0) {
    throw new DaybookError('NOTEBOOK_NOT_FOUND', 'There is no notebook in that folder', {
      where: paths.join(', '),
    });
  }
  const sources = await Promise.all(files.map((file) => readSource(file, root, env)));
  return paths.length > 0 ? sources : sources.sort(byPosition);
}

async function readSource(file: string, root: string, env: Environment): Promise<NotebookSource> {
  const below = relative(root, file).split(sep).join('/');
  const path = below.startsWith('../') ? file : below;
  const slug = basename(file, '.ipynb');
  const base = {
    ...{ file, path, slug, variant: '', variantTitle: '' },
    ...{ changed: {}, parameters: {}, secrets: [], secretNames: [] },
  };
  try {
    const notebook = await readNotebook(file, path);
    const spec = await findKernelspec(kernelName(notebook), { env });
    return { ...base, content: { notebook, spec } };
  } catch (error) {
    return { ...base, content: { failure: readFailure(error) } };
  }
}

/** Why a notebook cannot be run; whatever is wrong with it, the others can. */
export function readFailure(error: unknown): NotebookFailure {
  if (!(error instanceof DaybookError)) {
    return { kind: 'notebook', ename: 'NotebookUnreadable', evalue: describeError(error) };
  }
  const evalue = [error.message, error.hint].filter((part) => part !== undefined).join('\n');
  const kind = error.code === 'KERNEL_UNKNOWN' ? 'kernel' : 'notebook';
  return { kind, ename: error.code, evalue };
}

/** Where a notebook without a position stands: after those that have one. */
export const lastPosition = 2 ** 31 - 1;

function byPosition(one: NotebookSource, other: NotebookSource): number {
  const position = ({ content }: NotebookSource) =>
    'spec' in content ? (notebookPlace(content.notebook).position ?? lastPosition) : lastPosition;
  return position(one) - position(other) || (one.path < other.path ? -1 : 1);
}

/**
 * Where each executed notebook is written: to the file, if the output is one, else to a file of its
 * name in the folder; notebooks of the collection keep their place in it.
 *
 * @param output - Absolute; ends in `.ipynb` if it is a file.
 * @throws DaybookError `USAGE` when two notebooks would be written to one file.
 */
export function outputFiles(
  output: string | undefined,
  sources: readonly NotebookSource[],
  root: string,
): Map<NotebookSource, string> {
  const files = new Map<NotebookSource, string>();
  if (output === undefined) return files;
  const taken = new Map<string, NotebookSource>();
  for (const source of sources) {
    const inCollection = relative(join(root, collectionFolder), source.file);
    const plain = inCollection.startsWith('..') ? basename(source.file) : inCollection;
    const name = plain.replace(/\.ipynb$/, `${source.variant}.ipynb`);
    const file = output.endsWith('.ipynb') ? output : join(output, name);
    const other = taken.get(file);
    if (other !== undefined) {
      throw new DaybookError(
        'USAGE',
        `${other.path} and ${source.path} would both be written to it`,
        {
          where: file,
          hint: '--output a folder, and notebooks of different names',
        },
      );
    }
    taken.set(file, source);
    files.set(source, file);
  }
  return files;
}

/** How reports name a notebook: its path, with its variant. */
export function labelOf({ path, variant }: NotebookSource): string {
  return path + variant;
}

/** The folder that a notebook's kernel runs in. */
export function folderOf(source: NotebookSource): string {
  return dirname(source.file);
}
