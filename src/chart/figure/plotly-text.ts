/** The tags that plotly reads in texts, and that a page lets through: looks only, no links. */
const plotlyTags = new Set(['b', 'br', 'em', 'extra', 'i', 's', 'sub', 'sup', 'u']);

/** What stands between `<` and `>` in a tag: a name, and anything after it. */
const inTag = /^(\/?)([a-zA-Z][a-zA-Z0-9]*)(?:\s[^]*)?\/?$/;

/**
 * Text of a figure as plotly may get it: its few tags without their attributes, and no others. Links
 * are not among them, so no address in a figure leads anywhere.
 */
export function cleanPlotlyText(text: string): string {
  return withTags(text, (name, slash) => (plotlyTags.has(name) ? `<${slash}${name}>` : undefined));
}

/**
 * The text with each tag replaced, in one pass. What stands around a tag that is taken out may be a tag
 * once it is gone, like `<a<x> href="…">`: it is read as one, too, because the text is built up as it
 * is read, and each `>` looks back for the last `<` that is still open in what has been built.
 *
 * @param replace - What stands for a tag; undefined takes it out.
 */
function withTags(
  text: string,
  replace: (name: string, slash: string) => string | undefined,
): string {
  if (!text.includes('<')) return text;
  const parts: string[] = [];
  /** The places in `parts` of what begins with a `<` that nothing has ended. */
  const open: number[] = [];
  for (const [part] of text.matchAll(/<|>|[^<>]+/g)) {
    if (part === '<') open.push(parts.length);
    const start = part === '>' ? open.pop() : undefined;
    if (start === undefined) {
      parts.push(part);
      continue;
    }
    const [, slash = '', name] = inTag.exec(parts.slice(start + 1).join('')) ?? [];
    if (name === undefined) {
      // A sign of its own, which no tag can hold: what was open before it is none.
      parts.push(part);
      open.length = 0;
      continue;
    }
    const tag = replace(name.toLowerCase(), slash);
    parts.length = start;
    if (tag === undefined) continue;
    parts.push(tag);
    if (tag.includes('>')) open.length = 0;
  }
  return parts.join('');
}

const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  nbsp: '\u00a0',
};

/** Text of a figure as a reader sees it: without tags, with the entities that plotly knows decoded. */
export function plainText(text: string): string {
  return withTags(text, (name) => (name === 'br' ? ' ' : undefined))
    .replace(/&(#\d{1,7}|#x[\da-f]{1,6}|[a-z]{1,20});/gi, (entity, name: string) => {
      if (!name.startsWith('#')) return entities[name.toLowerCase()] ?? entity;
      const code = /^#x/i.test(name) ? parseInt(name.slice(2), 16) : Number(name.slice(1));
      return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : entity;
    })
    .replace(/\s+/g, ' ')
    .trim();
}
