// The declaration of a route: pattern, readers, file in a static copy, and how its response is made.

import type { RequestHandler } from 'express';
import type { PreparedResponse } from '../../http/prepared-response.js';
import type { Audience } from '../access/audience.js';

/** Who may read what is at an address, where people sign in. */
export const readersMeaning = {
  everybody: 'Everybody: it says nothing of what is published.',
  selection: 'Everybody: it holds only what its reader may read.',
  home: 'The same; where nothing is public, those who have signed in.',
  notebook: 'Those who may read the notebook of `:slug`.',
  operators:
    'Those of `internals` who have signed in as members of a group of `DAYBOOK_OPERATORS`; where nobody signs in, nobody.',
  internals: 'Those who may read the pages of pipeline and data (`DAYBOOK_DATA_VISIBILITY`).',
} as const;

/** One of {@link readersMeaning}. */
export type Readers = keyof typeof readersMeaning;

/** A request to a route. */
export interface RouteRequest {
  /** The pattern's parameters, decoded. */
  readonly params: Readonly<Partial<Record<string, string>>>;
  readonly query: Readonly<Record<string, unknown>>;
  /** The audience of the principal. */
  readonly audience: Audience;
}

interface Address {
  /** The path below the dashboard's root, as an Express pattern. */
  readonly pattern: string;
  /** What is there, in a few words, as the documentation lists it. */
  readonly holds: string;
  /** Default: nobody. */
  readonly readers?: Readers;
  /** Whether the machine token is accepted. */
  readonly isForMachines?: boolean;
}

/** An address of a page or a file. */
export interface ContentRoute extends Address {
  /** The file in a static copy: `page`: the path with `.html`; `plain`: the path. Default: none. */
  readonly file?: 'page' | 'plain';
  /** Makes the response; undefined: 404. */
  readonly make: (
    request: RouteRequest,
  ) => PreparedResponse | undefined | Promise<PreparedResponse | undefined>;
}

/** An address whose response cannot be prepared: a form, a stream. */
export interface HandlerRoute extends Address {
  /** Default `get`, with HEAD. */
  readonly method?: 'get' | 'post';
  readonly handlers: readonly RequestHandler[];
}

/** A row of the table of addresses, by which the router, authorization and static copies work. */
export type Route = ContentRoute | HandlerRoute;

/** A run's number, within Postgres's range; undefined for any other text. */
export function runNumber(text: string | undefined): string | undefined {
  return text !== undefined && /^\d{1,18}$/.test(text) ? text : undefined;
}

/** A number of few digits, such as a figure's; undefined for any other text. */
export function smallNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,6}$/.test(text) ? Number(text) : undefined;
}
