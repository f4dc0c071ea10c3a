// Tags of cells: which hide code (`remove-input`), outputs or whole cells, place them, or change the run. A new
// cell tag is declared here.

import type { Cell } from './notebook.js';

/** A place where a tag counts: a run, or the page that is made of it. */
type TagPlace = 'run' | 'page';

/** All tags of cells that Daybook knows, in the order in which the documentation lists them. */
export const knownTags = {
  parameters: {
    of: 'run',
    meaning: 'It declares the parameters of the notebook; the first such cell counts.',
  },
  'skip-execution': { of: 'run', meaning: 'It is not run.' },
  'raises-exception': { of: 'run', meaning: 'It may fail; the run goes on.' },
  retry: { of: 'run', meaning: 'When it fails, the whole notebook is run once more.' },
  'retry-N': {
    of: 'run',
    meaning: 'When it fails, the whole notebook is run again up to N times, with N from 0 to 9.',
  },
  'remove-cell': { of: 'page', meaning: 'It is left out of the page.' },
  'remove-input': { of: 'page', meaning: 'Its code is left out.' },
  'remove-output': { of: 'page', meaning: 'Its outputs are left out.' },
  'hide-output': { of: 'page', meaning: 'Its outputs are folded.' },
  'hide-cell': { of: 'page', meaning: 'Its outputs are folded; code is folded in any case.' },
  column: { of: 'page', meaning: 'It stands beside its neighbours of the same tag.' },
  'tab:NAME': {
    of: 'page',
    meaning:
      'It stands on the leaf NAME; neighbours of such tags are leaves. On paper they follow each other.',
  },
  'full-width': { of: 'page', meaning: 'It takes all the room that there is.' },
} as const satisfies Readonly<Record<string, { readonly of: TagPlace; readonly meaning: string }>>;

/** A tag as it is written; those of {@link knownTags} with a value in capitals are read by {@link tagValue}. */
type PlainTag = Exclude<keyof typeof knownTags, 'retry-N' | 'tab:NAME'>;

/** The tags of a cell: `metadata.tags` as far as they are strings. */
export function cellTags(cell: Cell): readonly string[] {
  const tags = cell.metadata['tags'];
  return Array.isArray(tags) ? tags.filter((tag) => typeof tag === 'string') : [];
}

/** Whether a cell has a tag, written with `-` or with `_`. */
export function hasTag(cell: Cell, tag: PlainTag): boolean {
  return cellTags(cell).some((one) => isTag(one, tag));
}

/** Whether a text is this tag, written with `-` or with `_`. */
export function isTag(text: string, tag: PlainTag): boolean {
  return text === tag || text === tag.replaceAll('-', '_');
}

/** What a tag with a value says: of `retry-3` 3, of `tab:Prices` `Prices`; undefined for any other text. */
export function tagValue(text: string, tag: 'retry-N' | 'tab:NAME'): string | undefined {
  const shape = tag === 'retry-N' ? /^retry-(\d)$/ : /^tab:\s*(\S.*)$/;
  return shape.exec(text)?.[1]?.trim();
}
