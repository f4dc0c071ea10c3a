// Kernelspecs: the built-in kernels, and those installed for Jupyter.

import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { DaybookError } from '../errors.js';
import { findOptionalPackage } from '../files/optional-package.js';
import { packageFile } from '../files/package-file.js';
import { tslabKernelspec } from '../tslab/kernelspec.js';

/** A kernelspec (https://jupyter-client.readthedocs.io/en/stable/kernels.html#kernel-specs). */
export interface Kernelspec {
  /** The name in notebooks. */
  readonly name: string;
  readonly displayName: string;
  /** The language of its cells, like `typescript`. */
  readonly language: string;
  /** The command, with the placeholders `{connection_file}` and `{resource_dir}`. */
  readonly argv: readonly string[];
  /** Additional environment variables; `${NAME}` is replaced by an existing one. */
  readonly env: Readonly<Record<string, string>>;
  /** The method of interruption: SIGINT, or an `interrupt_request`. */
  readonly interruptMode: 'signal' | 'message';
  /** The folder of its kernel.json; undefined: built into Daybook. */
  readonly resourceDir: string | undefined;
  /** The kernel's version, where it is known without starting the kernel. */
  readonly version?: string;
}

/** Where to search for kernelspecs. */
export interface KernelspecSearch {
  /**
   * The environment: JUPYTER_PATH, JUPYTER_DATA_DIR, XDG_DATA_HOME, APPDATA; VIRTUAL_ENV, CONDA_PREFIX,
   * CONDA_DEFAULT_ENV, JUPYTER_PREFER_ENV_PATH.
   */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home?: string;
  readonly platform?: NodeJS.Platform;
}

/** The built-in kernels, on the current Node.js, whatever is installed elsewhere. */
function builtInKernelspecs(): Kernelspec[] {
  const hasTslab = findOptionalPackage('tslab') !== undefined;
  return [daybookKernelspec(), ...(hasTslab ? [tslabKernelspec()] : [])];
}

/** Daybook's own kernel (src/kernel/). */
export function daybookKernelspec(): Kernelspec {
  const { version } = createRequire(import.meta.url)(packageFile('package.json')) as {
    version: string;
  };
  const main = packageFile('dist/kernel/main.js');
  return {
    name: 'daybook',
    displayName: 'TypeScript (Daybook)',
    language: 'typescript',
    argv: [process.execPath, main, '--connection-file', '{connection_file}'],
    env: {},
    // A message works on every system, and in every state of a cell.
    interruptMode: 'message',
    resourceDir: undefined,
    version,
  };
}

/** Jupyter's data folders in order of precedence. */
export function jupyterDataFolders(search: KernelspecSearch): string[] {
  const { env, home = homedir(), platform = process.platform } = search;
  const listed = (env['JUPYTER_PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const programData = env['PROGRAMDATA'];
  const system =
    platform === 'win32'
      ? programData === undefined
        ? []
        : [join(programData, 'jupyter')]
      : ['/usr/local/share/jupyter', '/usr/share/jupyter'];
  const user = userDataFolder(env, home, platform);
  const active = [env['VIRTUAL_ENV'], env['CONDA_PREFIX']]
    .filter((folder) => folder !== undefined && folder !== '')
    .map((folder) => join(folder ?? '', 'share', 'jupyter'));
  const nearer = prefersEnvironment(env) ? [...active, user] : [user, ...active];
  return [...new Set([...listed, ...nearer, ...system])];
}

/** Whether kernels of the active environment precede the user's own, as in jupyter_core. */
function prefersEnvironment(env: KernelspecSearch['env']): boolean {
  const set = env['JUPYTER_PREFER_ENV_PATH'];
  if (set !== undefined)
    return !['no', 'n', 'false', 'off', '0', '0.0'].includes(set.toLowerCase());
  const isVirtual = (env['VIRTUAL_ENV'] ?? '') !== '';
  // conda's base environment is shared by everybody.
  return isVirtual || env['CONDA_DEFAULT_ENV'] !== 'base';
}

function userDataFolder(
  env: KernelspecSearch['env'],
  home: string,
  platform: NodeJS.Platform,
): string {
  const set = env['JUPYTER_DATA_DIR'];
  if (set !== undefined && set !== '') return set;
  if (platform === 'darwin') return join(home, 'Library', 'Jupyter');
  if (platform === 'win32') return join(env['APPDATA'] ?? home, 'jupyter');
  return join(env['XDG_DATA_HOME'] ?? join(home, '.local', 'share'), 'jupyter');
}

/** All available kernels: the built-in ones, then the installed ones by name. */
export async function listKernelspecs(search: KernelspecSearch): Promise<Kernelspec[]> {
  const found = new Map(builtInKernelspecs().map((spec) => [spec.name, spec]));
  for (const folder of jupyterDataFolders(search)) {
    for (const name of await entries(join(folder, 'kernels'))) {
      if (found.has(name.toLowerCase())) continue;
      const spec = await readKernelspec(join(folder, 'kernels', name), name);
      if (spec !== undefined) found.set(name.toLowerCase(), spec);
    }
  }
  return [...found.values()];
}

/**
 * The kernel of a name.
 *
 * @throws DaybookError `KERNEL_UNKNOWN` that names the available kernels; `PACKAGE_MISSING` for tslab where the
 *   project has none.
 */
export async function findKernelspec(name: string, search: KernelspecSearch): Promise<Kernelspec> {
  // Built-in kernels need no file, and installed ones cannot replace them.
  const builtIn = builtInKernelspecs().find((spec) => spec.name === name.toLowerCase());
  if (builtIn !== undefined) return builtIn;
  const specs = await listKernelspecs(search);
  const spec = specs.find((candidate) => candidate.name.toLowerCase() === name.toLowerCase());
  if (spec !== undefined) return spec;
  if (name.toLowerCase() === 'tslab') return tslabKernelspec();
  throw new DaybookError('KERNEL_UNKNOWN', `There is no kernel "${name}"`, {
    hint: `Kernels here: ${specs.map((candidate) => candidate.name).join(', ')}. Choose one of them for the notebook, or install the kernel.`,
  });
}

async function entries(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch {
    return []; // a data folder without kernels
  }
}

/** The kernelspec of a folder; undefined when there is no valid one. */
async function readKernelspec(folder: string, name: string): Promise<Kernelspec | undefined> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(join(folder, 'kernel.json'), 'utf8'));
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const fields = value as Record<string, unknown>;
  const argv = fields['argv'];
  if (!Array.isArray(argv) || argv.length === 0 || !argv.every(isString)) return undefined;
  const env = Object.entries((fields['env'] ?? {}) as Record<string, unknown>).filter(
    (entry): entry is [string, string] => isString(entry[1]),
  );
  return {
    name,
    displayName: isString(fields['display_name']) ? fields['display_name'] : name,
    language: isString(fields['language']) ? fields['language'] : '',
    argv,
    env: Object.fromEntries(env),
    interruptMode: fields['interrupt_mode'] === 'message' ? 'message' : 'signal',
    resourceDir: folder,
  };
}

function isString(value: unknown): value is string {
  return typeof value === 'string';
}
