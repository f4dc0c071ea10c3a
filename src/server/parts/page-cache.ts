import type { Logger } from '../../logger.js';
import type { PublicationReader } from '../../publication/publication-reader.js';
import { everybody, type Audience } from '../access/audience.js';
import { Answer, type AnswerOptions } from '../../http/prepared-response.js';
import type { Assets } from './assets.js';
import { BoundedCache } from '../../http/bounded-cache.js';
import { EncodedBody } from '../../http/encoded-body.js';
import type { Site } from '../../config/project-settings.js';
import { linkedResources } from './page-resources.js';
import { offlineBanner, problemBanner } from './banner.js';
import type { PageFrame } from './layout.js';
import { unavailableDocument } from './message-document.js';
import type { Address } from './relocate.js';
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
  readonly problem?: () => string | undefined;
  /** Whether a page is awaited until it lacks nothing. Default: it is shown as it is. */
  readonly isPatient?: boolean;
  /** Where the paths on the page at this path are found. Default: where they say. */
  readonly address?: ((page: string) => Address) | undefined;
}

/** Where a page is. */
export interface PagePlace {
  /** Its path below the dashboard's root. */
  readonly path: string;
  /** The entry of the workspace's list that it belongs to; its own when undefined. */
  readonly section?: string;
  /** The query that tells it from other pages of this path, with its question mark. */
  readonly query?: string;
}

/** A page that lacks what is still being made. */
export interface Unfinished {
  readonly unfinished: Answer;
  /** Settles when that is there. */
  readonly rest: Promise<unknown>;
}

/** Makes a page of a state of the publication; may reject with `UnreachableError`. */
export type PageMaker = (state: PublicationState, frame: PageFrame) => Promise<Answer | Unfinished>;

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
  readonly #finished: BoundedCache<Answer>;
  /** Addresses of the pages that were unfinished in a state, and are no more, by the state's version. */
  readonly #completed: BoundedCache<Set<string>>;
  readonly #audience: Audience;

  /** @param shared - Of whom this is a part: the same pages, for another audience. */
  constructor(options: PageCacheOptions, shared?: PageCache, audience: Audience = everybody) {
    const { reader, logger, now } = options;
    this.#options = options;
    this.#publication = shared
      ? shared.#publication
      : new PublicationCache(reader, logger, now, options.problem);
    this.#finished = shared ? shared.#finished : new BoundedCache<Answer>(maxPageBytes);
    this.#completed = shared ? shared.#completed : new BoundedCache<Set<string>>(maxStates);
    this.#audience = audience;
  }

  /** The pages as an audience sees them. Audiences that see the same share the finished pages. */
  for(audience: Audience): PageCache {
    return new PageCache(this.#options, this, audience);
  }

  /** Who sees the pages. */
  get audience(): Audience {
    return this.#audience;
  }

  /** What is published, as last seen; undefined while nothing is known. */
  state(): Promise<PublicationState | undefined> {
    return this.#publication.current(this.#audience);
  }

  /** Changes whenever a page may show something else: with the state, and once what a page lacked is there. */
  async liveVersion(): Promise<string | undefined> {
    const version = (await this.state())?.version;
    return version && `${version} ${this.#completed.get(version)?.size ?? 0}`;
  }

  /**
   * The page at an address that was made, and let be read by this audience, in a state that is still
   * taken for the current one. Never waits.
   *
   * @param url - Path and query below the dashboard's root.
   */
  finished(url: string): Answer | undefined {
    const state = this.#publication.fresh(this.#audience);
    return state === undefined ? undefined : this.#finished.get(keyOf(url, state));
  }

  /**
   * A page as it was made before in this state of the publication, or made by `make`.
   *
   * @param place - Where it is.
   * @param make - May reject with `UnreachableError`; then a page says that it cannot be shown.
   */
  async page(place: PagePlace, make: PageMaker): Promise<Answer> {
    const state = await this.state();
    if (state === undefined) return page(503, unavailableDocument(this.bareFrame()));
    const url = place.path + (place.query ?? '');
    const key = keyOf(url, state);
    const known = this.#finished.get(key);
    if (known !== undefined) return known;
    const frame = this.#frame(state, place);
    let made: Answer | Unfinished;
    try {
      made = await make(state, frame);
      if ('unfinished' in made && this.#options.isPatient === true) {
        await Promise.allSettled([made.rest]);
        made = await make(state, frame);
      }
    } catch (error) {
      // Only reading can fail for want of the warehouse; everything else is a fault.
      if (!(error instanceof UnreachableError)) throw error;
      return page(503, unavailableDocument(frame));
    }
    const answer = 'unfinished' in made ? made.unfinished : made;
    if (answer.status === 200) this.#finished.set(key, answer, answer.body.bytes.length);
    if ('unfinished' in made) {
      const forget = () => {
        if (this.#finished.get(key) === answer) this.#finished.delete(key);
      };
      setTimeout(forget, unfinishedMs).unref();
      void Promise.allSettled([made.rest]).then(() => {
        forget();
        const urls = this.#completed.get(state.version) ?? new Set();
        this.#completed.set(state.version, urls.add(url));
      });
    }
    return answer;
  }

  /** A frame that says nothing of the publication. */
  bareFrame(): PageFrame {
    const resources = linkedResources(this.#options.assets, undefined);
    const { account } = this.#audience;
    const address = this.#options.address?.('/');
    return {
      resources,
      notebooks: [],
      site: this.#options.site,
      path: '',
      address,
      account,
      hasBehind: account === undefined,
    };
  }

  #frame(state: PublicationState, place: PagePlace): PageFrame {
    const { publication, offlineSince, problem } = state;
    return {
      resources: linkedResources(this.#options.assets, undefined),
      notebooks: publication.notebooks,
      site: this.#options.site,
      account: this.#audience.account,
      hasBehind: state.seesBehind,
      path: place.section ?? place.path,
      address: this.#options.address?.(place.path),
      notice:
        problem !== undefined
          ? problemBanner(problem)
          : offlineSince === undefined
            ? undefined
            : offlineBanner(offlineSince, this.#options.timeZone),
    };
  }
}

/** What differs from a page of HTML. */
export type PageOptions = Partial<Pick<AnswerOptions, 'type' | 'headers'>>;

/** A finished page. */
export function page(status: number, document: string, options: PageOptions = {}): Answer {
  return new Answer(new EncodedBody(document), {
    status,
    type: 'text/html; charset=utf-8',
    // Browsers keep a copy and ask each time whether it still holds.
    cache: status === 200 ? 'no-cache' : 'no-store',
    ...options,
  });
}

/** A page that shows what is still being made, as far as `rests` are not undefined: they settle when it is there. */
export function unlessUnfinished(
  answer: Answer,
  ...rests: readonly (Promise<unknown> | undefined)[]
): Answer | Unfinished {
  const open = rests.filter((rest) => rest !== undefined);
  return open.length === 0 ? answer : { unfinished: answer, rest: Promise.allSettled(open) };
}

/** Of audiences that see the same of a state, the version is the same. Addresses hold no spaces. */
function keyOf(url: string, state: PublicationState): string {
  return `${url} ${state.version}`;
}
