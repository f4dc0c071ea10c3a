// Texts of figures: plotly's tags, without links.

/** plotly's text tags that a page permits: styles only, no links. */
const plotlyTags = new Set(['b', 'br', 'em', 'extra', 'i', 's', 'sub', 'sup', 'u']);

/** The content of a tag between `<` and `>`: a name, and anything after it. */
const inTag = /^(\/?)([a-zA-Z][a-zA-Z0-9]*)(?:\s[^]*)?\/?$/;

/**
 * A figure's text for plotly: its few tags without their attributes, and no others. Links are excluded, so no
 * address in a figure leads anywhere.
 */
export function cleanPlotlyText(text: string): string {
  return withTags(text, (name, slash) => (plotlyTags.has(name) ? `<${slash}${name}>` : undefined));
}

/**
 * Replaces each tag of a text in one pass. Removing a tag may form another one from the text around it, as in
 * `<a<x> href="…">`; it is found, too, because the result is built up during reading, and each `>` searches the
 * result for the last open `<`.
 *
 * @param replace - The replacement of a tag; undefined removes it.
 */
function withTags(
  text: string,
  replace: (name: string, slash: string) => string | undefined,
): string {
  if (!text.includes('<')) return text;
  const parts: string[] = [];
  /** The indexes in `parts` of open `<`. */
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
      // A literal sign, which no tag can contain: earlier open ones are none.
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

/** A figure's text as a reader sees it: without tags, with plotly's entities decoded. */
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
