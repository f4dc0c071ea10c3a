// Which notebooks have a page on the dashboard, and at which address.

import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { PublishedPage } from '../../publication/published-pages.js';
import type { NotebookSource } from '../collection/notebook-source.js';
import { describeValues } from '../collection/parameterize-sources.js';

/** Notebooks below this folder are run, but never published. */
const unpublishedFolder = 'exploration/';

/** The input of {@link PageAddresses}. */
export interface AddressOptions {
  /** The project's root, absolute. */
  readonly root: string;
  /** The notebooks of the run. */
  readonly sources: readonly NotebookSource[];
  /** The published pages. */
  readonly pages: readonly PublishedPage[];
  /** Whether values without a page get one. */
  readonly newPages: boolean;
}

/** The addresses of a run's notebooks on the dashboard. */
export class PageAddresses {
  readonly #options: AddressOptions;
  readonly #pages: ReadonlyMap<string, PublishedPage>;

  constructor(options: AddressOptions) {
    this.#options = options;
    this.#pages = new Map(options.pages.map((page) => [page.slug, page]));
  }

  /** Whether the notebook is published. */
  isPublished({ path, slug, variant, state }: NotebookSource): boolean {
    const isOwn = variant === '' || state !== undefined || this.#options.newPages;
    // The pages of choices are renewed by runs of all of them, never by a trial.
    const hasPage = isOwn || this.#pages.get(slug)?.choiceOf === null;
    return hasPage && !path.startsWith(unpublishedFolder);
  }

  /** Why a notebook cannot be published: another one has its address; undefined: it can. */
  conflict(source: NotebookSource): string | undefined {
    if (!this.isPublished(source)) return undefined;
    const { sources } = this.#options;
    const first = sources.find((other) => other.slug === source.slug && this.isPublished(other));
    const known = this.#pages.get(source.slug);
    if (first !== undefined && first !== source) {
      return first.path === source.path ? sameAddress(source, first.changed) : sameName(first.path);
    }
    if (known === undefined) return undefined;
    if (known.path !== source.path && this.#isThere(known)) return sameName(known.path);
    return known.parameters !== null && isOther(source.changed, known.parameters)
      ? sameAddress(source, known.parameters)
      : undefined;
  }

  #isThere({ path, project }: PublishedPage): boolean {
    return existsSync(resolve(project ?? this.#options.root, path));
  }
}

function sameName(path: string): string {
  return `${path} has the same name, which is its address on the dashboard: rename one of the two`;
}

/** Whether a page belongs to other values. */
function isOther(
  values: NotebookSource['changed'],
  page: NonNullable<PublishedPage['parameters']>,
) {
  return Object.entries(values).some(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(page[name]),
  );
}

function sameAddress(
  { slug }: NotebookSource,
  values: NonNullable<PublishedPage['parameters']>,
): string {
  const words = describeValues(values as NotebookSource['changed']);
  return `its page would be ${slug}, which is that of ${words}: choose values that differ in letters or digits`;
}
