// Visibility of notebooks: everybody, signed in, groups.

/** Who may read something: everybody, people who have signed in, or the members of any of these groups. */
export type Visibility = 'public' | 'signed-in' | readonly string[];

/** The most restrictive visibility: no group has members in it. */
export const nobody: Visibility = [];

/**
 * Reads a declared visibility: `"public"`, `"signed-in"`, the name of a group or a list of names.
 *
 * @param declared - A value of JSON or YAML; undefined and null declare nothing.
 * @returns Undefined when nothing is declared. An invalid declaration is visible to nobody: a typo must not
 *   publish anything.
 */
export function readVisibility(declared: unknown): Visibility | undefined {
  if (declared === undefined || declared === null) return undefined;
  if (declared === 'public' || declared === 'signed-in') return declared;
  const groups: unknown[] = Array.isArray(declared) ? declared : [declared];
  if (!groups.every((group) => typeof group === 'string')) return nobody;
  return groups.map((group) => group.trim()).filter((group) => group !== '');
}

/**
 * Reads a visibility that depends on a value: `{ "province": "team-{value}" }`, or a list of such groups.
 *
 * @param textOf - The value of a name as text; undefined: there is none of that name.
 * @returns Undefined: it depends on none. Nobody may see what cannot be understood: another name, several names.
 */
export function visibilityByValue(
  declared: unknown,
  textOf: (name: string) => string | undefined,
): Visibility | undefined {
  if (typeof declared !== 'object' || declared === null || Array.isArray(declared))
    return undefined;
  const [entry, ...others] = Object.entries(declared);
  const text = entry && textOf(entry[0]);
  if (entry === undefined || text === undefined || others.length > 0) return nobody;
  const groups: unknown[] = Array.isArray(entry[1]) ? entry[1] : [entry[1]];
  if (!groups.every((group) => typeof group === 'string')) return nobody;
  return groups
    .map((group) => group.replaceAll('{value}', () => text).trim())
    .filter((group) => group !== '');
}

/** Whether only members of some groups may read it. */
export function isForGroups(visibility: Visibility): boolean {
  return typeof visibility !== 'string';
}

/**
 * Whether a reader may see something of this visibility.
 *
 * @param groups - The reader's groups; undefined: not signed in.
 */
export function isVisible(visibility: Visibility, groups: readonly string[] | undefined): boolean {
  if (visibility === 'public') return true;
  if (groups === undefined) return false;
  return visibility === 'signed-in' || visibility.some((group) => groups.includes(group));
}
