// What the home page, the search and other pages show of a run, without its document.

import type { Element } from 'hast';
import type { Publication } from '../../publication/publication.js';
import { BoundedCache } from '../../http/bounded-cache.js';
import type { RenderedNotebook } from '../rendering/rendered-notebook.js';
import type { SearchEntry } from '../rendering/search-index.js';

/** What other pages show of a run. */
export interface RunFacts {
  /** Why its document cannot be shown; empty: it can. */
  readonly problem: string;
  readonly picture: Element | undefined;
  readonly search: readonly SearchEntry[];
  readonly namedRelations: readonly string[];
  /** The notebooks that it links to, and whether each existed. */
  readonly linked: ReadonlyMap<string, boolean>;
}

/** A run that the publication shows. */
export interface ShownRun {
  readonly slug: string;
  readonly runId: string;
}

/** The cache's size, in characters. */
const maxCharacters = 64 * 1024 * 1024;

/** Notebooks whose last run with facts is remembered. */
const maxNotebooks = 100_000;

/** The facts of runs; for a run without facts those of the previously shown run. */
export class FactsCache {
  readonly #facts = new BoundedCache<RunFacts>(maxCharacters);
  /** The last shown run with facts, by slug. */
  readonly #before = new BoundedCache<string>(maxNotebooks);

  set({ slug, runId }: ShownRun, notebook: RenderedNotebook | undefined, problem: string): void {
    const facts = {
      problem,
      picture: notebook?.picture,
      search: notebook?.search ?? [],
      namedRelations: notebook?.namedRelations ?? [],
      linked: notebook?.linked ?? new Map<string, boolean>(),
    };
    const weight = 1000 + JSON.stringify([facts.search, facts.picture]).length;
    this.#facts.set(`${slug}/${runId}`, facts, weight);
  }

  /** Whether the facts of a shown run are known, and its links still resolve the same. */
  has({ slug, runId }: ShownRun, slugs: ReadonlySet<string>): boolean {
    const facts = this.#facts.get(`${slug}/${runId}`);
    return facts !== undefined && linksHold(facts.linked, slugs);
  }

  /** The facts of a shown run, or of the previous one; undefined: neither is known. */
  get({ slug, runId }: ShownRun): RunFacts | undefined {
    const facts = this.#facts.get(`${slug}/${runId}`);
    if (facts !== undefined) {
      this.#before.set(slug, runId);
      return facts;
    }
    const before = this.#facts.get(`${slug}/${this.#before.get(slug) ?? ''}`);
    // The previous run's problem does not apply to this one.
    return before === undefined ? undefined : { ...before, problem: '' };
  }
}

/** The shown run of each notebook. */
export function shownRuns({ notebooks }: Publication): ShownRun[] {
  return notebooks.flatMap(({ slug, shown }) =>
    shown === undefined ? [] : [{ slug, runId: shown.runId }],
  );
}

/** Whether links resolve as they did when the run was rendered. */
export function linksHold(
  linked: ReadonlyMap<string, boolean> | undefined,
  slugs: ReadonlySet<string>,
): boolean {
  return [...(linked ?? [])].every(([slug, was]) => slugs.has(slug) === was);
}
