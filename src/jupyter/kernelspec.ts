import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { DaybookError } from '../errors.js';
import { findOptionalPackage } from '../files/optional-package.js';
import { packageFile } from '../files/package-file.js';
import { tslabKernelspec } from '../tslab/kernelspec.js';

/**
 * A kernel that can be started, as its kernelspec says
 * (https://jupyter-client.readthedocs.io/en/stable/kernels.html#kernel-specs).
 */
export interface Kernelspec {
  /** The name that notebooks ask for. */
  readonly name: string;
  readonly displayName: string;
  /** The language of its cells, like `typescript`. */
  readonly language: string;
  /** The command; `{connection_file}` and `{resource_dir}` stand for those. */
  readonly argv: readonly string[];
  /** Variables for its environment; `${NAME}` stands for one that exists. */
  readonly env: Readonly<Record<string, string>>;
  /** How it is interrupted: SIGINT, or an `interrupt_request`. */
  readonly interruptMode: 'signal' | 'message';
  /** The folder of its kernel.json; undefined: built into Daybook. */
  readonly resourceDir: string | undefined;
  /** The kernel's version, where it is known without asking the kernel. */
  readonly version?: string;
}

/** Where kernelspecs are looked for. */
export interface KernelspecSearch {
  /**
   * The environment: JUPYTER_PATH, JUPYTER_DATA_DIR, XDG_DATA_HOME, APPDATA; VIRTUAL_ENV, CONDA_PREFIX,
   * CONDA_DEFAULT_ENV, JUPYTER_PREFER_ENV_PATH.
   */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home?: string;
  readonly platform?: NodeJS.Platform;
}

/** The kernels of Daybook and of the project, on the Node.js that runs us, whatever is installed elsewhere. */
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
    // A message reaches it on every system, and whatever a cell does.
    interruptMode: 'message',
    resourceDir: undefined,
    version,
  };
}

/** The Jupyter data folders that may hold kernels, first wins. */
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

/** Whether kernels of the active environment go before the user's own, as jupyter_core decides it. */
function prefersEnvironment(env: KernelspecSearch['env']): boolean {
  const set = env['JUPYTER_PREFER_ENV_PATH'];
  if (set !== undefined)
    return !['no', 'n', 'false', 'off', '0', '0.0'].includes(set.toLowerCase());
  const isVirtual = (env['VIRTUAL_ENV'] ?? '') !== '';
  // conda's base environment is everybody's.
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

/** Every kernel that can be started: the built-in ones, then those installed, by name. */
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
 * The kernel of this name.
 *
 * @throws DaybookError `KERNEL_UNKNOWN` that names the kernels there are; `PACKAGE_MISSING` for tslab where the
 *   project has none.
 */
export async function findKernelspec(name: string, search: KernelspecSearch): Promise<Kernelspec> {
  // A built-in kernel needs no look at the disk, and no installed one takes its place.
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

/** The kernelspec of one folder; undefined when there is none that could be started. */
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
