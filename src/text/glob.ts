/** What stands for any characters in a pattern, and what for any one character. */
const wildcards = { '*': '[^]*', '?': '[^]' };

/**
 * A pattern with wildcards as a regular expression for the whole of a text.
 *
 * @param known - The wildcards of the pattern; every other character stands for itself.
 */
export function globPattern(pattern: string, known: '*' | '*?'): RegExp {
  const source = pattern.replace(/[\\^$.+()|[\]{}*?]/g, (character) =>
    known.includes(character) ? wildcards[character as keyof typeof wildcards] : `\\${character}`,
  );
  return new RegExp(`^${source}$`);
}
