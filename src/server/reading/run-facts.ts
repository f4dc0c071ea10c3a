import type { Element } from 'hast';
import type { Publication } from '../../publication/publication.js';
import { BoundedCache } from '../../http/bounded-cache.js';
import type { RenderedNotebook } from '../rendering/rendered-notebook.js';
import type { SearchEntry } from '../rendering/search-index.js';

/** What pages of other things say of a run. */
export interface RunFacts {
  /** Why its document cannot be shown; empty: it can. */
  readonly problem: string;
  readonly picture: Element | undefined;
  readonly search: readonly SearchEntry[];
  readonly namedRelations: readonly string[];
  /** The notebooks that its links name, and whether there was one of that name. */
  readonly linked: ReadonlyMap<string, boolean>;
}

/** A run that a publication shows. */
export interface ShownRun {
  readonly slug: string;
  readonly runId: string;
}

/** What is kept of runs, in characters. */
const maxCharacters = 64 * 1024 * 1024;

/** Notebooks of which the last run with facts is remembered. */
const maxNotebooks = 100_000;

/** The facts of runs; of a run without any, those of the run that was shown before it. */
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

  /** Whether the facts of a shown run are known, with links as they are now. */
  has({ slug, runId }: ShownRun, slugs: ReadonlySet<string>): boolean {
    const facts = this.#facts.get(`${slug}/${runId}`);
    return facts !== undefined && linksHold(facts.linked, slugs);
  }

  /** The facts of a shown run, or of the run shown before; undefined: neither is known. */
  get({ slug, runId }: ShownRun): RunFacts | undefined {
    const facts = this.#facts.get(`${slug}/${runId}`);
    if (facts !== undefined) {
      this.#before.set(slug, runId);
      return facts;
    }
    const before = this.#facts.get(`${slug}/${this.#before.get(slug) ?? ''}`);
    // What was wrong with that run is not wrong with this one.
    return before === undefined ? undefined : { ...before, problem: '' };
  }
}

/** The run that is shown of each notebook. */
export function shownRuns({ notebooks }: Publication): ShownRun[] {
  return notebooks.flatMap(({ slug, shown }) =>
    shown === undefined ? [] : [{ slug, runId: shown.runId }],
  );
}

/** Whether the notebooks that links name are there, or not, as they were when the links were made. */
export function linksHold(
  linked: ReadonlyMap<string, boolean> | undefined,
  slugs: ReadonlySet<string>,
): boolean {
  return [...(linked ?? [])].every(([slug, was]) => slugs.has(slug) === was);
}
