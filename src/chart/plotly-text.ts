/** The tags that plotly reads in texts, and that a page lets through: looks only, no links. */
const plotlyTags = new Set(['b', 'br', 'em', 'extra', 'i', 's', 'sub', 'sup', 'u']);

const tag = /<(\/?)([a-zA-Z][a-zA-Z0-9]*)(?:\s[^<>]*)?\/?>/g;

/**
 * Text of a figure as plotly may get it: its few tags without their attributes, and no others. Links
 * are not among them, so no address in a figure leads anywhere.
 */
export function cleanPlotlyText(text: string): string {
  if (!text.includes('<')) return text;
  return text.replace(tag, (_, slash: string, name: string) =>
    plotlyTags.has(name.toLowerCase()) ? `<${slash}${name.toLowerCase()}>` : '',
  );
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
  return text
    .replace(/<br\s*\/?>/gi, ' ')
    .replace(tag, '')
    .replace(/&(#\d{1,7}|#x[\da-f]{1,6}|[a-z]+);/gi, (entity, name: string) => {
      if (!name.startsWith('#')) return entities[name.toLowerCase()] ?? entity;
      const code = /^#x/i.test(name) ? parseInt(name.slice(2), 16) : Number(name.slice(1));
      return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : entity;
    })
    .replace(/\s+/g, ' ')
    .trim();
}
