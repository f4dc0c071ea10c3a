/** What notebooks import by name from Daybook, like `daybook/pipeline`. */
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

/** The message of TypeScript's error 2307, with the new name where an old one is not found. */
export function withNewName(message: string): string {
  const specifier = /'(@daybook\/\w+)'/.exec(message)?.[1];
  const advice = specifier === undefined ? undefined : renamedImport(specifier);
  return advice === undefined ? message : `${message}\n  ${advice}`;
}
