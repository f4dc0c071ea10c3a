import type { Logger } from '../../logger.js';
import type { PublicationReader } from '../../publication/publication-reader.js';
import { everybody, type Audience } from '../access/audience.js';
import { BoundedCache } from '../../http/bounded-cache.js';
import { htmlResponse, type PreparedResponse } from '../../http/prepared-response.js';
import type { Assets } from './assets.js';
import type { Site } from '../../config/project-settings.js';
import { linkedResources } from './page-resources.js';
import { offlineBanner, problemBanner } from './banner.js';
import type { PageFrame } from './layout.js';
import { unavailableDocument } from './message-document.js';
import type { Address } from '../rendering/html/relocate.js';
import { PublicationCache, type PublicationState } from '../reading/publication-cache.js';
import { UnreachableError } from '../reading/reachable.js';

/** What pages are made of. */
export interface PageCacheOptions {
  readonly reader: PublicationReader;
  readonly assets: Assets;
  /** The report's zone, for times that no pipeline run gives a zone. */
  readonly timeZone: string;
  /** What the dashboard is called, and how it is sorted; default as without a project file. */
  readonly site?: Site | undefined;
  readonly logger: Logger;
  readonly now: () => Date;
  /** What is wrong with what is worked on, in development. */
  readonly problem?: (() => string | undefined) | undefined;
  /** Whether a page is awaited until it lacks nothing. Default: it is shown as it is. */
  readonly isPatient?: boolean;
  /** Where the paths on the page at this path are found. Default: where they say. */
  readonly address?: ((page: string) => Address) | undefined;
}

/** Which page, and for whom. */
export interface PagePlace {
  /** Its path below the dashboard's root. */
  readonly path: string;
  /** Who sees it; those who see the same share it. */
  readonly audience: Audience;
  /** The entry of the workspace's list that it belongs to; its own when undefined. */
  readonly section?: string;
  /** The query that tells it from other pages of this path, with its question mark. */
  readonly query?: string;
}

/** A page that lacks what is still being made. */
export interface Unfinished {
  readonly unfinished: PreparedResponse;
  /** Settles when that is there. */
  readonly rest: Promise<unknown>;
}

/** Makes a page of a state of the publication; may reject with `UnreachableError`. */
export type PageMaker = (
  state: PublicationState,
  frame: PageFrame,
) => Promise<PreparedResponse | Unfinished>;

/** The pages that are kept, in bytes before compression. */
const maxPageBytes = 64 * 1024 * 1024;

/** How long a page that lacks something is shown before it is made again, in milliseconds. */
const unfinishedMs = 1000;

/** States of the publication of which it is known which pages were made again. */
const maxStates = 500;

/**
 * Makes each page once for every state of the publication; one that lacks something, once a second until that
 * is there.
 */
export class PageCache {
  readonly #options: PageCacheOptions;
  readonly #publication: PublicationCache;
  readonly #pages = new BoundedCache<PreparedResponse>(maxPageBytes);
  /** Addresses of the pages that were unfinished in a state, and are no more, by the state's version. */
  readonly #completed = new BoundedCache<Set<string>>(maxStates);

  constructor(options: PageCacheOptions) {
    const { reader, logger, now } = options;
    this.#options = options;
    this.#publication = new PublicationCache(reader, logger, now, options.problem);
  }

  /** What is published, as last seen by an audience; undefined while nothing is known. */
  state(audience: Audience): Promise<PublicationState | undefined> {
    return this.#publication.current(audience);
  }

  /** Changes whenever a page may show something else: with the state, and once what a page lacked is there. */
  async liveVersion(audience: Audience): Promise<string | undefined> {
    const version = (await this.state(audience))?.version;
    return version && `${version} ${this.#completed.get(version)?.size ?? 0}`;
  }

  /**
   * A page as it was made before in this state of the publication, or made by `make`.
   *
   * @param place - Which one.
   * @param make - May reject with `UnreachableError`; then a page says that it cannot be shown.
   */
  async page(place: PagePlace, make: PageMaker): Promise<PreparedResponse> {
    const state = await this.state(place.audience);
    if (state === undefined) {
      return htmlResponse(503, unavailableDocument(this.bareFrame(place.audience)));
    }
    // Of audiences that see the same of a state, the version is the same. Addresses hold no spaces.
    const url = place.path + (place.query ?? '');
    const key = `${url} ${state.version}`;
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
      // Only reading can fail for want of the warehouse; everything else is a fault.
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

  /** A frame that says nothing of the publication. */
  bareFrame({ account }: Audience = everybody): PageFrame {
    const { assets, site, address } = this.#options;
    return {
      resources: linkedResources(assets, undefined),
      notebooks: [],
      site,
      path: '',
      address: address?.('/'),
      account,
      hasInternals: account === undefined,
    };
  }

  #frame(state: PublicationState, { path, section, audience }: PagePlace): PageFrame {
    const { publication, offlineSince, problem } = state;
    const { assets, site, address, timeZone } = this.#options;
    return {
      resources: linkedResources(assets, undefined),
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

/** A page that shows what is still being made, as far as `rests` are not undefined: they settle when it is there. */
export function unlessUnfinished(
  page: PreparedResponse,
  ...rests: readonly (Promise<unknown> | undefined)[]
): PreparedResponse | Unfinished {
  const open = rests.filter((rest) => rest !== undefined);
  return open.length === 0 ? page : { unfinished: page, rest: Promise.allSettled(open) };
}
