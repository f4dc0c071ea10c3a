// Patterns with `*` and `?`.

/** The expressions of wildcards. */
const wildcards = { '*': '[^]*', '?': '[^]' };

/**
 * A pattern as a regular expression for a whole text.
 *
 * @param known - The wildcards; every other character stands for itself.
 */
export function globPattern(pattern: string, known: '*' | '*?'): RegExp {
  const source = pattern.replace(/[\\^$.+()|[\]{}*?]/g, (character) =>
    known.includes(character) ? wildcards[character as keyof typeof wildcards] : `\\${character}`,
  );
  return new RegExp(`^${source}$`);
}
