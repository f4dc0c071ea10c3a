// @module-tag heavy
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { root } from '../database.js';
import { optionalPackages } from '../../src/files/optional-package.js';

interface Manifest {
  readonly version: string;
  readonly private?: boolean;
  readonly license: string;
  readonly dependencies: Record<string, string>;
}

const manifestOf = (folder: string) =>
  JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;

/** What is published, in the order in which it is. */
const packages = [
  { name: 'daybook', folder: root, mostBytes: 3e6 },
  { name: 'create-daybook', folder: join(root, 'create-daybook'), mostBytes: 1e6 },
];

describe.each(packages)('the tarball of $name', ({ name, folder, mostBytes }) => {
  let place: string;
  let tarball: Buffer;
  beforeAll(async () => {
    place = mkdtempSync(join(tmpdir(), 'daybook-tarball-'));
    const args = ['pack', folder, '--json', '--ignore-scripts', '--pack-destination', place];
    const { stdout } = await promisify(execFile)('npm', args, { cwd: root, maxBuffer: 1e8 });
    const [{ filename }] = JSON.parse(stdout) as [{ filename: string }];
    tarball = readFileSync(join(place, filename));
  });
  afterAll(() => {
    rmSync(place, { recursive: true, force: true });
  });

  test('is small, free, and names a version that can be published', () => {
    const { version, license, private: isPrivate } = manifestOf(folder);
    expect(tarball.length).toBeLessThan(mostBytes);
    expect(version).toMatch(/^\d+\.\d+\.\d+(-[\w.]+)?$/);
    expect(version).toBe(manifestOf(root).version);
    expect(license).toBe('MIT');
    expect(isPrivate).toBeUndefined();
  });

  test('has nothing that publint would change', async () => {
    const { buffer } = tarball;
    const copy = buffer.slice(tarball.byteOffset, tarball.byteOffset + tarball.byteLength);
    const { messages } = await publint({ pack: { tarball: copy as ArrayBuffer } });
    expect(messages.filter(({ type }) => type !== 'suggestion')).toEqual([]);
  });

  test('has types wherever it has code, and they agree', async () => {
    const result = await checkPackage(createPackageFromTarballData(tarball));
    if (!result.types) throw new Error('it has no types');
    const found = result.problems
      // There is no `require` condition: Node.js from 20.19 on requires ES modules.
      .filter(({ kind }) => kind !== 'CJSResolvesToESM')
      // The tables of a project that has none (scripts/lead-to-tables.js).
      .filter(
        (one) => !('moduleSpecifier' in one && one.moduleSpecifier.endsWith('/daybook-env.js')),
      )
      // tslab imports only what notebooks do.
      .filter(
        (one) =>
          !(name !== 'daybook' && 'resolutionKind' in one && one.resolutionKind === 'node10'),
      );
    expect(found).toEqual([]);
  });
});

test('nothing that is installed with it is under a licence that asks for more than a notice', () => {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<
      string,
      { license?: string; dev?: boolean; link?: boolean; devOptional?: boolean }
    >;
  };
  const licences = new Set(
    Object.entries(lock.packages)
      .filter(
        ([path, { dev, devOptional, link }]) =>
          path.startsWith('node_modules/') && !dev && !devOptional && !link,
      )
      .map(([, { license }]) => license ?? 'none'),
  );
  const free =
    /^\(?(MIT|ISC|0BSD|BSD-[23]-Clause|Apache-2\.0|BlueOak-1\.0\.0|CC0-1\.0|Python-2\.0|Unlicense)\b/;
  // As published, see docs/decisions.md: libzmq, and the layout of diagrams.
  const weakCopyleft = ['EPL-2.0', 'MIT AND MPL-2.0'];
  expect([...licences].filter((one) => !free.test(one) && !weakCopyleft.includes(one))).toEqual([]);
});

test('what a project may ask for beside it is no dependency of it', () => {
  const { dependencies } = manifestOf(root);
  for (const name of Object.keys(optionalPackages)) expect(dependencies).not.toHaveProperty(name);
  expect(statSync(join(root, 'LICENSE')).size).toBeGreaterThan(0);
});
