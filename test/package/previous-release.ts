import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from '../database.js';
import { packagesIn } from './installed.js';

const execute = promisify(execFile);

/**
 * What upgrades are tried from. A release puts its tag and version here, once it is published; until there is one it
 * is the first commit whose packages hold what runs and nothing else, under a version before today's.
 */
export const previousRelease = {
  commit: 'cd03d19',
  version: '0.1.0',
};

/** Whether the repository has the history that the previous release is built from; one without is a shallow clone. */
export async function hasPreviousRelease(): Promise<boolean> {
  const commit = `${previousRelease.commit}^{commit}`;
  return execute('git', ['cat-file', '-e', commit], { cwd: root }).then(
    () => true,
    () => false,
  );
}

/**
 * Builds the previous release with its own dependencies, as its lock file has them.
 *
 * @param folder - Exists, and is removed by whoever made it.
 * @returns The folders of its packages.
 */
export async function buildPreviousRelease(folder: string): Promise<string[]> {
  const repository = join(folder, 'previous');
  mkdirSync(repository);
  const run = (program: string, ...args: string[]) =>
    execute(program, args, { cwd: repository, maxBuffer: 1e8 });
  const tar = join(folder, 'previous.tar');
  await execute('git', ['archive', '--output', tar, previousRelease.commit], { cwd: root });
  await run('tar', '-xf', tar);
  await run('npm', 'ci', '--ignore-scripts', '--no-audit', '--no-fund');
  // It is not to be taken for today's, which may have the same number until it is released.
  const packages = packagesIn(repository);
  for (const each of packages) setVersion(join(each, 'package.json'));
  await run('npm', 'run', 'build');
  return packages;
}

function setVersion(path: string): void {
  const manifest = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
  const dependencies = manifest['dependencies'] as Record<string, string>;
  const { version } = previousRelease;
  if ('create-daybook' in dependencies) dependencies['create-daybook'] = version;
  writeFileSync(path, JSON.stringify({ ...manifest, version }));
}
