// Optional packages of a project: the client of S3, apache-arrow, danfojs-node, pg-boss, tslab.

import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { DaybookError } from '../errors.js';

/**
 * What is installed only where a project asks for it, with the command that does. danfojs-node asks for a
 * library that is native and for packages that are not in the registry: the overrides name others in their place.
 */
export const optionalPackages = {
  // Any of its releases, of which there is one each day.
  '@aws-sdk/client-s3': { version: '3', overrides: {} },
  'apache-arrow': { version: '21.2.0', overrides: {} },
  'danfojs-node': {
    version: '1.2.0',
    overrides: {
      '@tensorflow/tfjs-node': 'npm:@tensorflow/tfjs@3.21.0',
      request: 'npm:@cypress/request@4.0.1',
      xlsx: 'npm:@e965/xlsx@0.20.3',
    },
  },
  'pg-boss': { version: '12.38.0', overrides: {} },
  tslab: { version: '1.0.22', overrides: {} },
} as const;

/** A package of {@link optionalPackages}. */
export type OptionalPackageName = keyof typeof optionalPackages;

/** An optional package as it is installed. */
export interface InstalledPackage {
  /** Absolute. */
  readonly folder: string;
  readonly version: string;
  /** Loads what the package itself could. */
  readonly require: NodeJS.Require;
}

/** The package that Daybook finds; undefined: the project has none. */
export function findOptionalPackage(name: OptionalPackageName): InstalledPackage | undefined {
  const require = createRequire(import.meta.url);
  // A package need not let others resolve its package.json.
  const manifest = (require.resolve.paths(name) ?? [])
    .map((folder) => join(folder, name, 'package.json'))
    .find((path) => existsSync(path));
  if (manifest === undefined) return undefined;
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string };
  return { folder: dirname(manifest), version, require: createRequire(manifest) };
}

/** The command that adds a package to a project. */
export function installCommand(name: OptionalPackageName): string {
  const { version, overrides } = optionalPackages[name];
  const set = Object.entries(overrides).map(([of, by]) => ` "overrides[${of}]=${by}"`);
  return `${set.length > 0 ? `npm pkg set${set.join('')} && ` : ''}npm install ${name}@${version}`;
}

/**
 * The error of something that wants a package which the project has not.
 *
 * @param purpose - What wants it, like `dataFrame()`.
 */
export function packageMissing(
  name: OptionalPackageName,
  purpose: string,
  cause?: unknown,
): DaybookError {
  return new DaybookError('PACKAGE_MISSING', `${purpose} needs ${name}, which is not installed`, {
    hint: `Run in the project's folder: ${installCommand(name)}`,
    cause,
  });
}
