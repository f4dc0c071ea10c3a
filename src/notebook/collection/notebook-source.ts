// This folder reads the notebooks of a run: the files (this file), each with its values (parameterize-sources.ts), those
// of the dashboard (published-variants.ts), and the order that they ask for (notebook-order.ts).
import { basename, dirname, join, relative, sep } from 'node:path';
import { readdir, stat } from 'node:fs/promises';
import type { Environment } from '../../config/environment/env-file.js';
import { DaybookError, describeError } from '../../errors.js';
import { findKernelspec, type Kernelspec } from '../../jupyter/kernelspec.js';
import { listingMetadata } from '../../nbformat/listing-metadata.js';
import type { Notebook } from '../../nbformat/notebook.js';
import type { ChoiceParameter, ChosenValues } from '../../publication/choice-values.js';
import { readNotebook } from '../../nbformat/read-notebook.js';
import type { NotebookFailure } from '../document/failure.js';
import { kernelName } from '../document/execution-metadata.js';
import type { ParameterValue } from '../parameters/parameter-type.js';

/** The folder of the published notebooks, below the project's root. */
const collectionFolder = 'notebooks';

/**
 * Resolves paths to notebooks: files as they are, folders to all notebooks in them.
 *
 * @param paths - Absolute; none: the whole collection.
 * @param root - The project's root, absolute.
 * @returns Absolute paths, each once.
 * @throws DaybookError `NOTEBOOK_NOT_FOUND` naming what is missing.
 */
export async function findNotebooks(paths: readonly string[], root: string): Promise<string[]> {
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

/** All notebooks below a folder; none where it is missing. Hidden folders contain Jupyter's copies. */
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

/** A choice among those of its notebook. */
export interface ChosenSource {
  /** The cell that declares what may be chosen, from 1. */
  readonly declaring: number;
  readonly values: ChosenValues;
  /** Whether the types of the notebook are the same for each choice, so that one check stands for all. */
  readonly isOneType: boolean;
}

/** A notebook of a run. */
export interface NotebookSource {
  /** The file, absolute. */
  readonly file: string;
  /** The path from the project's root, with slashes; absolute outside of the project. */
  readonly path: string;
  /** The name in addresses: the file's name without `.ipynb`, and the variant. */
  readonly slug: string;
  /** The suffix for values that differ from those in the file, like `--QC`; empty: none differs. */
  readonly variant: string;
  /** These values in words, for the title: `province QC`. */
  readonly variantTitle: string;
  /** The values that differ from those in the file, by name. */
  readonly changed: Readonly<Record<string, ParameterValue>>;
  /** The parameters of the run, without secret ones. */
  readonly parameters: Readonly<Record<string, ParameterValue>>;
  /** What its readers may choose; absent: nothing. */
  readonly choices?: readonly ChoiceParameter[];
  /** The combination that it is of a notebook with choices, by the notebook's name; absent: none. */
  readonly state?: { readonly of: string; readonly values: ChosenValues };
  /** How it and the notebook's other choices are run together; absent: it has none. */
  readonly chosen?: ChosenSource;
  /** Secret values, which must not appear anywhere. */
  readonly secrets: readonly string[];
  /** The environment variables of the secrets. */
  readonly secretNames: readonly string[];
  /** The parsed notebook; a failure when the file is invalid or its kernel is unknown. */
  readonly content:
    | {
        readonly notebook: Notebook;
        readonly spec: Kernelspec;
      }
    | { readonly failure: NotebookFailure };
}

/**
 * Reads the notebooks of a run. The whole collection is sorted by position, then name; given paths keep their
 * order.
 *
 * @param paths - Absolute; none: the whole collection.
 * @throws DaybookError `NOTEBOOK_NOT_FOUND` when a path is missing or a folder has no notebook.
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

/** The failure of a notebook that cannot be read; the others can be run. */
export function readFailure(error: unknown): NotebookFailure {
  if (!(error instanceof DaybookError)) {
    return { kind: 'notebook', ename: 'NotebookUnreadable', evalue: describeError(error) };
  }
  const evalue = [error.message, error.hint].filter((part) => part !== undefined).join('\n');
  const kind = error.code === 'KERNEL_UNKNOWN' ? 'kernel' : 'notebook';
  return { kind, ename: error.code, evalue };
}

/** The position of a notebook without one: last. */
export const lastPosition = 2 ** 31 - 1;

function byPosition(one: NotebookSource, other: NotebookSource): number {
  const position = ({ content }: NotebookSource) =>
    'spec' in content ? (listingMetadata(content.notebook).position ?? lastPosition) : lastPosition;
  return position(one) - position(other) || (one.path < other.path ? -1 : 1);
}

/**
 * The output file of each executed notebook: the given file, or a file of its name in the given folder; notebooks
 * of the collection keep their subfolder.
 *
 * @param output - Absolute; ends in `.ipynb` if it is a file.
 * @throws DaybookError `USAGE` when two notebooks have one output file.
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
        `${labelOf(other)} and ${labelOf(source)} would both be written to it`,
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

/** A notebook's name in reports: its path, with its variant. */
export function labelOf({ path, variant }: NotebookSource): string {
  return path + variant;
}

/** The working folder of a notebook's kernel. */
export function folderOf(source: NotebookSource): string {
  return dirname(source.file);
}
