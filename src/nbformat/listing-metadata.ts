// Position, group, permitted age and visibility of a notebook, by its metadata.

import { readVisibility, type Visibility } from '../visibility.js';
import { daybookMetadata } from './daybook-metadata.js';
import type { Notebook } from './notebook.js';

/** Where a notebook stands in a collection, as its metadata says. */
export interface ListingMetadata {
  /** `metadata.daybook.position`: where it stands among the others, a whole number. */
  readonly position: number | undefined;
  /** `metadata.daybook.group`: what it is listed under; empty: nothing. */
  readonly group: string;
  /**
   * `metadata.daybook.maxAge`, like `36 hours`: how old its data may be before the page says so;
   * undefined: any age.
   */
  readonly maxAge: string | undefined;
  /** `metadata.daybook.visibility`: who may read it; undefined: it does not say. */
  readonly visibility: Visibility | undefined;
}

/** Durations as Postgres reads them too. */
const duration = /^\d{1,6} (?:minute|hour|day|week)s?$/;

/** Reads position, group, greatest age and visibility from the metadata. */
export function listingMetadata(notebook: Notebook): ListingMetadata {
  const { position, group, maxAge, visibility } = daybookMetadata(notebook.metadata);
  // A column of Postgres type integer holds the position.
  const isPosition = Number.isInteger(position) && Math.abs(Number(position)) < 2 ** 31;
  return {
    position: isPosition ? Number(position) : undefined,
    group: typeof group === 'string' ? group.replace(/\s+/g, ' ').trim() : '',
    maxAge: typeof maxAge === 'string' && duration.test(maxAge) ? maxAge : undefined,
    visibility: readVisibility(visibility),
  };
}
