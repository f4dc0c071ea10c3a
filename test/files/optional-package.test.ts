import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  installCommand,
  optionalPackages,
  packageMissing,
} from '../../src/files/optional-package.js';
import { root } from '../database.js';

const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  peerDependencies: Record<string, string>;
  peerDependenciesMeta: Record<string, { optional: boolean }>;
  devDependencies: Record<string, string>;
  overrides: Record<string, string>;
};

test('optional packages are optional peers, in the versions that the tests use', () => {
  const versions = Object.fromEntries(
    Object.entries(optionalPackages).map(([name, { version }]) => [name, version]),
  );
  expect(manifest.peerDependencies).toEqual(versions);
  const ofTests = Object.entries(versions).map(([name, version]) => [
    name,
    // A whole version, or the major one alone.
    expect.stringMatching(new RegExp(`^${version}(?:\\.|$)`)) as string,
  ]);
  expect(manifest.devDependencies).toMatchObject(Object.fromEntries(ofTests));
  for (const name of Object.keys(versions)) {
    expect(manifest.peerDependenciesMeta[name]).toEqual({ optional: true });
  }
  const { request, xlsx } = optionalPackages['danfojs-node'].overrides;
  expect(manifest.overrides).toMatchObject({ request, xlsx });
});

test('the error names the command that installs a package', () => {
  expect(installCommand('tslab')).toBe('npm install tslab@1.0.22');
  expect(packageMissing('danfojs-node', 'A data frame')).toMatchObject({
    code: 'PACKAGE_MISSING',
    exitCode: 2,
    message: 'A data frame needs danfojs-node, which is not installed',
    hint: expect.stringMatching(
      /: npm pkg set "overrides\[@tensorflow\/tfjs-node\]=npm:@tensorflow\/tfjs@3\.21\.0" .* && npm install danfojs-node@1\.2\.0$/,
    ) as string,
  });
});

test('the guides have the same commands', () => {
  const guide = readFileSync(join(root, 'docs/analyst.md'), 'utf8');
  expect(guide).toContain(`\n${installCommand('danfojs-node')}\n`);
  expect(guide).toContain(`\`${installCommand('tslab')}\``);
  expect(guide).toContain(`\`${installCommand('apache-arrow')}\``);
  const scaling = readFileSync(join(root, 'docs/scaling.md'), 'utf8');
  expect(scaling).toContain(`\`${installCommand('pg-boss')}\``);
});
