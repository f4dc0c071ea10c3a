// Advice for modules that are not found.

import {
  installCommand,
  optionalPackages,
  type OptionalPackageName,
} from '../files/optional-package.js';

/** Whether a specifier is one of Daybook's modules, like `daybook/pipeline`. */
export function isOwnModule(specifier: string): boolean {
  return specifier.startsWith('daybook/');
}

/**
 * What to import in the place of a name of before version 0.2.
 *
 * @returns A sentence; undefined: the name is none of those.
 */
export function renamedImport(specifier: string): string | undefined {
  const name = /^@daybook\/(pipeline|display)$/.exec(specifier)?.[1];
  return name === undefined
    ? undefined
    : `"${specifier}" is called "daybook/${name}" now: change the import.`;
}

/** What TypeScript says of a module that is not found, with the way to it where we know one. */
export function withModuleHint(message: string): string {
  const specifier =
    /^Cannot find module (?:or type declarations for side-effect import of )?'([^']+)'/.exec(
      message,
    )?.[1] ?? '';
  const hint = renamedImport(specifier) ?? installation(specifier);
  return hint === undefined ? message : `${message}\n  ${hint}`;
}

function installation(specifier: string): string | undefined {
  if (!Object.hasOwn(optionalPackages, specifier)) return undefined;
  return `Run in the project's folder: ${installCommand(specifier as OptionalPackageName)}`;
}
