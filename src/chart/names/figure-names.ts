// Names of figures in addresses: the ids that notebooks give, and names made of titles where they give none.

/** What has a name in its notebook: a chart, a table, a card with one number. */
export type FigureKind = 'chart' | 'table' | 'metric';

/** What the name of a figure is made of. */
export interface NameSource {
  readonly kind: FigureKind;
  /** The id that the notebook gives; undefined: none. */
  readonly id: string | undefined;
  /** Its title, caption or label; undefined: none. */
  readonly title: string | undefined;
}

/** The longest name, in characters. */
const maxLength = 60;

const idPattern = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/;

/** Which texts may be an id, as messages say it. */
export const idRule = `lower-case letters, digits and single hyphens between them, a letter first, at most ${maxLength}`;

/** Whether a text may be the id of a figure: it stands in addresses and names of files as it is. */
export function isFigureId(text: string): boolean {
  return text.length <= maxLength && idPattern.test(text);
}

/**
 * The names of a notebook's figures, in their order; each is there once. An id is the name. A title becomes words
 * with hyphens; of equal ones those after the first get their number, like `churn--2`. So a figure that is added
 * anywhere leaves the names of figures with other titles as they are. Without a title it is the kind with a number,
 * like `table--1`. No id and no title makes a name with two hyphens.
 */
export function nameFigures(figures: readonly NameSource[]): string[] {
  const taken = new Set<string>();
  const copies = new Map<string, number>();
  const take = (base: string, first: string | undefined): string => {
    let copy = copies.get(base) ?? (first === undefined ? 1 : 2);
    let name = first !== undefined && !taken.has(first) ? first : undefined;
    for (; name === undefined || taken.has(name); copy += 1) {
      name = `${base}--${copy}`;
      copies.set(base, copy + 1);
    }
    taken.add(name);
    return name;
  };
  const names = figures.map(({ id }) =>
    id === undefined || !isFigureId(id) || taken.has(id) ? undefined : take(id, id),
  );
  return names.map((name, index) => {
    const figure = figures[index];
    if (name !== undefined || figure === undefined) return name ?? '';
    const { kind, id, title } = figure;
    const base = id !== undefined && isFigureId(id) ? id : nameOfTitle(title ?? '', kind);
    return base === undefined ? take(kind, undefined) : take(base, base);
  });
}

/** Latin letters lose their accents; letters and digits of other scripts stay. Undefined: it has none of them. */
function nameOfTitle(title: string, kind: FigureKind): string | undefined {
  const words = title
    .slice(0, 500)
    .toLowerCase()
    .normalize('NFKD')
    .replace(/[\u0300-\u036f'’]/g, '')
    .normalize('NFKC')
    .split(/[^\p{L}\p{M}\p{N}]+/u)
    .filter((word) => word !== '');
  // An address that begins with a digit is a figure's number.
  if (words[0] !== undefined && !/^\p{L}/u.test(words[0])) words.unshift(kind);
  let name = '';
  for (const word of words) {
    const longer = name === '' ? word : `${name}-${word}`;
    if (name !== '' && longer.length > maxLength) break;
    name = longer;
  }
  // A single long word is cut between characters.
  const cut = Array.from(name).slice(0, maxLength).join('');
  return cut === '' ? undefined : cut;
}
