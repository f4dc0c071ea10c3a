import type { RequestHandler } from 'express';
import type { PreparedResponse } from '../../http/prepared-response.js';
import type { Audience } from '../access/audience.js';

/** Who may read what is at an address, where people sign in. */
export const readersMeaning = {
  everybody: 'Everybody: it says nothing of what is published.',
  selection: 'Everybody: it holds only what its reader may read.',
  home: 'The same; where nothing is public, those who have signed in.',
  notebook: 'Those who may read the notebook of `:slug`.',
  internals: 'Those who may read the pages of pipeline and data (`DAYBOOK_DATA_VISIBILITY`).',
} as const;

/** One of {@link readersMeaning}. */
export type Readers = keyof typeof readersMeaning;

/** What is asked for at an address. */
export interface RouteRequest {
  /** The parameters of the pattern, decoded. */
  readonly params: Readonly<Partial<Record<string, string>>>;
  readonly query: Readonly<Record<string, unknown>>;
  /** Who asks. */
  readonly audience: Audience;
}

interface Address {
  /** The address below the dashboard's root, as Express takes it. */
  readonly pattern: string;
  /** What is there, in a few words, as the documentation lists it. */
  readonly holds: string;
  /** Who may read it. Nobody where a route does not say. */
  readonly readers?: Readers;
  /** Machines may ask for it with their token. */
  readonly isForMachines?: boolean;
}

/** An address that holds a page or a file. */
export interface ContentRoute extends Address {
  /** Which file it is in a static copy: `page`, that of its path with `.html`; `plain`, that of its path. Default: none. */
  readonly file?: 'page' | 'plain';
  /** Makes what is there; undefined: nothing is. */
  readonly make: (
    request: RouteRequest,
  ) => PreparedResponse | undefined | Promise<PreparedResponse | undefined>;
}

/** An address of which a response cannot be made beforehand: a form, a stream. */
export interface HandlerRoute extends Address {
  /** Default `get`, with HEAD. */
  readonly method?: 'get' | 'post';
  readonly handlers: readonly RequestHandler[];
}

/** A row of the table of addresses, which HTTP, authorization and static copies go by. */
export type Route = ContentRoute | HandlerRoute;

/** The number of a run, within what the warehouse takes for one; undefined: it is none. */
export function runNumber(text: string | undefined): string | undefined {
  return text !== undefined && /^\d{1,18}$/.test(text) ? text : undefined;
}

/** A number of few digits, as of a figure; undefined: it is none. */
export function smallNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,6}$/.test(text) ? Number(text) : undefined;
}
