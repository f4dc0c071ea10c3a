// Installation and bundling of JupyterLab at the first start of the lab.

import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { accessSync, constants, existsSync } from 'node:fs';
import { cp, readdir, readFile, rename } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import { DaybookError } from '../../errors.js';
import { makeUnfinishedFolder, removeFolder } from '../../files/unfinished-folder.js';
import { packageFile } from '../../files/package-file.js';

/** The npm workspace that names JupyterLab's packages and bundles them. */
const sources = packageFile('lab');

/** The progress of the preparation. */
export interface FrontEndProgress {
  readonly step: 'install' | 'bundle';
  /** The progress of the step, 0 to 1. */
  readonly done: number;
}

/** Options of {@link prepareFrontEnd}. */
export interface PrepareFrontEndOptions {
  /** The folder of all bundles; each has a subfolder. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly onProgress?: (progress: FrontEndProgress) => void;
  /** Aborts the preparation and removes its files. */
  readonly signal?: AbortSignal;
  /** Disposes of the build folder. Default: deletes it. */
  readonly discard?: (buildFolder: string) => Promise<void>;
}

/**
 * The folder of JupyterLab's bundle. The first time, and after a change of lab/, its packages are installed from
 * the npm registry and bundled, which takes a minute or two; afterwards no network is needed.
 *
 * @throws DaybookError `LAB_FRONT_END` when installing or bundling fails; the signal's reason when that was
 *   aborted.
 */
export async function prepareFrontEnd(options: PrepareFrontEndOptions): Promise<string> {
  const { folder, signal, discard = removeFolder } = options;
  const bundle = join(folder, await sourcesDigest());
  if (existsSync(join(bundle, 'front-end.json'))) return bundle;
  // Built elsewhere and renamed: a bundle is complete once it exists, also with concurrent builds.
  const build = await makeUnfinishedFolder(folder, 'build-');
  try {
    await cp(sources, build, { recursive: true, filter: isSource });
    await installPackages(build, options);
    await bundlePackages(build, options);
    await moveInPlace(build, bundle);
  } catch (error) {
    await removeFolder(build);
    signal?.throwIfAborted();
    throw error;
  }
  await discard(build);
  return bundle;
}

async function moveInPlace(build: string, bundle: string): Promise<void> {
  const isWhole = () => existsSync(join(bundle, 'front-end.json'));
  if (existsSync(bundle) && !isWhole()) await rename(bundle, join(build, 'half'));
  await rename(join(build, 'output'), bundle).catch((error: unknown) => {
    if (!isWhole()) throw error;
  });
}

/** Whether a path of lab/ is a source as npm publishes it, rather than what a developer has installed or set. */
function isSource(path: string): boolean {
  return !['node_modules', 'generated', '.npmrc'].includes(basename(path));
}

/** A short digest of the bundle's inputs. */
async function sourcesDigest(): Promise<string> {
  const digest = createHash('sha256');
  const files = await readdir(sources, { recursive: true, withFileTypes: true });
  const paths = files
    .filter((file) => file.isFile())
    .map((file) => join(file.parentPath, file.name))
    .filter((path) => path.slice(sources.length).split(/[/\\]/).every(isSource));
  for (const path of paths.sort()) {
    digest.update(`${path.slice(sources.length).replaceAll('\\', '/')}\n`);
    digest.update(await readFile(path));
  }
  return digest.digest('hex').slice(0, 16);
}

async function installPackages(build: string, options: PrepareFrontEndOptions): Promise<void> {
  const { env, signal, onProgress = () => undefined } = options;
  const packages = await packageFolders(build);
  onProgress({ step: 'install', done: 0 });
  // npm reports no progress to a pipe, but its packages appear one by one.
  const watch = setInterval(() => {
    const there = packages.filter((path) => existsSync(join(build, path, 'package.json')));
    if (there.length > 0) onProgress({ step: 'install', done: there.length / packages.length });
  }, 500);
  const args = [
    'ci',
    '--prefix',
    build,
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ];
  try {
    await run(build, env['npm_execpath'] ?? 'npm', args, {
      env: { ...env, ...npmCache(env, build) },
      signal,
    });
  } catch (cause) {
    const offline = /E(AI_AGAIN|NOTFOUND|CONNREFUSED|CONNRESET|NETUNREACH|TIMEDOUT)/.test(
      cause instanceof Error ? cause.message : '',
    );
    throw new DaybookError(
      'LAB_FRONT_END',
      offline
        ? 'JupyterLab is installed from the npm registry at its first use, and the registry cannot be reached'
        : 'The packages of JupyterLab cannot be installed',
      {
        cause,
        hint: offline
          ? 'Run `npx daybook lab --prepare` once with a network (or a proxy or registry in .npmrc); it works without one afterwards'
          : 'Mend what npm says, then run the command again',
      },
    );
  } finally {
    clearInterval(watch);
  }
}

/** The folders of the lock file's packages for every platform. */
async function packageFolders(build: string): Promise<string[]> {
  const lock = JSON.parse(await readFile(join(build, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { optional?: boolean }>;
  };
  return Object.entries(lock.packages)
    .filter(([path, { optional }]) => path !== '' && optional !== true)
    .map(([path]) => path);
}

/** npm's cache is in the home folder; without a writable one, as in a container, it is in the build folder. */
function npmCache(env: PrepareFrontEndOptions['env'], build: string): Record<string, string> {
  if (env['npm_config_cache'] !== undefined) return {};
  try {
    accessSync(homedir(), constants.W_OK);
    return {};
  } catch {
    return { npm_config_cache: join(build, 'npm-cache') };
  }
}

async function bundlePackages(build: string, options: PrepareFrontEndOptions): Promise<void> {
  const { env, signal, onProgress = () => undefined } = options;
  onProgress({ step: 'bundle', done: 0 });
  try {
    await run(build, join(build, 'build.js'), [join(build, 'output')], {
      env,
      signal,
      onLine: (line) => {
        if (Number(line) > 0) onProgress({ step: 'bundle', done: Number(line) });
      },
    });
  } catch (cause) {
    throw new DaybookError('LAB_FRONT_END', 'JupyterLab cannot be bundled', { cause });
  }
}

interface RunOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal | undefined;
  /** Called with each line of output. */
  readonly onLine?: (line: string) => void;
}

/** Runs a program to its end; a JavaScript file runs on the current Node.js. */
async function run(
  cwd: string,
  program: string,
  args: readonly string[],
  { env, signal, onLine = () => undefined }: RunOptions,
): Promise<void> {
  const isScript = /\.[cm]?js$/.test(program);
  const child = spawn(isScript ? process.execPath : program, isScript ? [program, ...args] : args, {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    windowsHide: true,
    signal,
    // npm is a command file on Windows, which only a shell runs.
    shell: !isScript && process.platform === 'win32',
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-16_384);
  });
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    for (const line of text.split('\n')) if (line !== '') onLine(line);
  });
  await new Promise<void>((resolve, reject) => {
    // A stopped program writes until it has ended.
    child.once('error', (error) => {
      if (child.pid === undefined || child.exitCode !== null) reject(error);
    });
    child.once('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(said.trim() || `${program} ended with exit code ${code ?? '?'}`));
    });
  });
}
