// The cache of rendered pages: one response for each page, audience and state of the publication.

import type { Logger } from '../../logger.js';
import type { PublicationReader } from '../../publication/publication-reader.js';
import { everybody, type Audience } from '../access/audience.js';
import { BoundedCache } from '../../http/bounded-cache.js';
import { htmlResponse, type PreparedResponse } from '../../http/prepared-response.js';
import type { Assets } from './assets.js';
import type { Site } from '../../config/project/project-settings.js';
import { linkedResources } from './page-resources.js';
import { offlineBanner, problemBanner } from './banner.js';
import type { PageFrame } from './layout.js';
import { unavailableDocument } from './message-document.js';
import type { Address } from '../rendering/html/relocate.js';
import { PublicationCache, type PublicationState } from '../reading/publication-cache.js';
import { UnreachableError } from '../reading/stale-cache.js';

/** What a page is rendered from. */
export interface PageCacheOptions {
  readonly reader: PublicationReader;
  readonly assets: Assets;
  /** The report's time zone, for times of runs that record none. */
  readonly timeZone: string;
  /** Name, groups and order of the dashboard; default as without a project file. */
  readonly site?: Site | undefined;
  readonly logger: Logger;
  readonly now: () => Date;
  /** The current error in development, shown on every page. */
  readonly problem?: (() => string | undefined) | undefined;
  /** Whether a page waits until it is complete. Default: it is shown as far as it is ready. */
  readonly isPatient?: boolean;
  /** The address of each path on the page at this path. Default: unchanged. */
  readonly address?: ((page: string) => Address) | undefined;
}

/** The key of a page. */
export interface PageKey {
  /** The path below the dashboard's root. */
  readonly path: string;
  /** Audiences with the same permissions share the page. */
  readonly audience: Audience;
  /** The navigation entry that the page belongs to; default its own. */
  readonly section?: string;
  /** The query that distinguishes pages of one path, with its question mark. */
  readonly query?: string;
  /** Changes with what the page shows beside the publication. */
  readonly version?: string;
}

/** A page that still lacks parts under way. */
export interface Unfinished {
  readonly unfinished: PreparedResponse;
  /** Settles when the parts are there. */
  readonly rest: Promise<unknown>;
}

/** Renders a page for a state of the publication; may reject with `UnreachableError`. */
export type PageMaker = (
  state: PublicationState,
  frame: PageFrame,
) => Promise<PreparedResponse | Unfinished>;

/** The cache's size, in bytes before compression. */
const maxPageBytes = 64 * 1024 * 1024;

/** How long an incomplete page is cached, in milliseconds. */
const unfinishedMs = 1000;

/** States of the publication whose completed pages are remembered. */
const maxStates = 500;

/** Renders each page once for each state of the publication; an incomplete one once a second until it is complete. */
export class PageCache {
  readonly #options: PageCacheOptions;
  readonly #publication: PublicationCache;
  readonly #pages = new BoundedCache<PreparedResponse>(maxPageBytes);
  /** Addresses of pages that were incomplete in a state and have been completed, by the state's version. */
  readonly #completed = new BoundedCache<Set<string>>(maxStates);

  constructor(options: PageCacheOptions) {
    const { reader, logger, now } = options;
    this.#options = options;
    this.#publication = new PublicationCache(reader, logger, now, options.problem);
  }

  /** The last known state of the publication for an audience; undefined while there is none. */
  state(audience: Audience): Promise<PublicationState | undefined> {
    return this.#publication.current(audience);
  }

  /** Has the state read again: something may have been published. */
  expire(): void {
    this.#publication.expire();
  }

  /** A version that changes with the state, and when an incomplete page is completed: clients reload then. */
  async liveVersion(audience: Audience): Promise<string | undefined> {
    const version = (await this.state(audience))?.version;
    return version && `${version} ${this.#completed.get(version)?.size ?? 0}`;
  }

  /**
   * A page from the cache, or rendered by `make`.
   *
   * @param place - The page's key.
   * @param make - May reject with `UnreachableError`; the page then says that it cannot be shown.
   */
  async page(place: PageKey, make: PageMaker): Promise<PreparedResponse> {
    const state = await this.state(place.audience);
    if (state === undefined) {
      return htmlResponse(503, unavailableDocument(this.bareFrame(place.audience)));
    }
    // The version is equal for audiences that read the same. Addresses contain no spaces.
    const url = place.path + (place.query ?? '');
    const key = `${url} ${state.version} ${place.version ?? ''}`;
    const known = this.#pages.get(key);
    if (known !== undefined) return known;
    const frame = this.#frame(state, place);
    let made: PreparedResponse | Unfinished;
    try {
      made = await make(state, frame);
      if ('unfinished' in made && this.#options.isPatient === true) {
        await Promise.allSettled([made.rest]);
        made = await make(state, frame);
      }
    } catch (error) {
      // Only a read can fail because of the warehouse; every other error is a fault of ours.
      if (!(error instanceof UnreachableError)) throw error;
      return htmlResponse(503, unavailableDocument(frame));
    }
    const page = 'unfinished' in made ? made.unfinished : made;
    if (page.status === 200) this.#pages.set(key, page, page.body.bytes.length);
    if ('unfinished' in made) {
      const forget = () => {
        if (this.#pages.get(key) === page) this.#pages.delete(key);
      };
      setTimeout(forget, unfinishedMs).unref();
      void Promise.allSettled([made.rest]).then(() => {
        forget();
        const urls = this.#completed.get(state.version) ?? new Set();
        this.#completed.set(state.version, urls.add(url));
      });
    }
    return page;
  }

  /** A frame without anything of the publication. */
  bareFrame({ account }: Audience = everybody): PageFrame {
    const { assets, site, address } = this.#options;
    return {
      resources: linkedResources(assets),
      notebooks: [],
      site,
      path: '',
      address: address?.('/'),
      account,
      hasInternals: account === undefined,
    };
  }

  #frame(state: PublicationState, { path, section, audience }: PageKey): PageFrame {
    const { publication, offlineSince, problem } = state;
    const { assets, site, address, timeZone } = this.#options;
    return {
      resources: linkedResources(assets),
      notebooks: publication.notebooks,
      site,
      account: audience.account,
      hasInternals: state.seesInternals,
      path: section ?? path,
      address: address?.(path),
      notice:
        problem !== undefined
          ? problemBanner(problem)
          : offlineSince === undefined
            ? undefined
            : offlineBanner(offlineSince, timeZone),
    };
  }
}

/** A page, marked as unfinished while any of `rests` is defined; each settles when its part is there. */
export function unlessUnfinished(
  page: PreparedResponse,
  ...rests: readonly (Promise<unknown> | undefined)[]
): PreparedResponse | Unfinished {
  const open = rests.filter((rest) => rest !== undefined);
  return open.length === 0 ? page : { unfinished: page, rest: Promise.allSettled(open) };
}
