import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Response } from 'express';
import { everybody, type Audience } from '../access/audience.js';
import type { Viewer } from '../access/sessions.js';
import type { TrustedProxies } from '../../http/trusted-proxies.js';

/** What the server knows of who asks. */
export interface Asker {
  readonly viewer: Viewer | undefined;
  readonly audience: Audience;
}

/** Where the dashboard is, and whose word on that counts. */
export interface ExchangePlace {
  /** The path below which a proxy shows the dashboard; empty: none. */
  readonly basePath: string;
  readonly proxies: TrustedProxies;
}

/** One request, its answer, and what is known of both before anything answers. */
export class Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** `X-Request-Id` of the answer; in all logs. */
  readonly id = randomUUID();
  /** Who sent it: a client, or a proxy whose word nobody has asked to believe. */
  readonly address: string;
  /** The client reaches the dashboard by https. */
  readonly isHttps: boolean;
  /** The address that was asked for: path and query. */
  readonly asked: string;
  /** The same below the dashboard's root. */
  readonly url: string;
  /** Who asks; everybody where nobody signs in. */
  asker: Asker = { viewer: undefined, audience: everybody };
  /** How many bytes of body the answer announced. */
  bytes = 0;

  constructor(
    request: IncomingMessage,
    response: ServerResponse,
    { basePath, proxies }: ExchangePlace,
  ) {
    this.request = request;
    this.response = response;
    this.address = proxies.clientOf(request);
    this.isHttps = proxies.isHttps(request);
    this.asked = request.url ?? '/';
    this.url = belowBasePath(this.asked, basePath);
  }

  /** {@link url} without its query. */
  get path(): string {
    const end = this.url.indexOf('?');
    return end < 0 ? this.url : this.url.slice(0, end);
  }
}

/** Takes the base path off an address. A proxy that takes it off itself is right, too. */
function belowBasePath(url: string, basePath: string): string {
  if (basePath === '' || !url.startsWith(basePath)) return url;
  const rest = url.slice(basePath.length);
  return /^(?:[/?]|$)/.test(rest) ? rest.replace(/^\/?/, '/') : url;
}

/** Lets express know an exchange: its routes are below the root, and find it by {@link exchangeOf}. */
export function bindExchange(exchange: Exchange): void {
  const { request, response, asked, url } = exchange;
  Object.assign(request, { originalUrl: asked, url });
  Object.assign(response, { locals: { exchange } });
}

/** The exchange that an answer of express belongs to. */
export function exchangeOf(response: Response): Exchange {
  return response.locals['exchange'] as Exchange;
}
