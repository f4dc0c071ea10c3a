// A headless browser without network, for PDF files and preview images.

import type { Browser, BrowserContext, Page } from 'playwright-core';

/** Serves the files of a page by path below its root, like `/assets/a.css`; undefined: none. */
export type PageFiles = (path: string) => Promise<Buffer | undefined>;

/** The size of an image in pixels. */
export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/** The limits of a browser. */
export interface BrowserLimits {
  /** The timeout of a page, in milliseconds: one with hundreds of charts draws them all. */
  readonly pageMs: number;
  /** How long charts may take to be drawn, in milliseconds. */
  readonly drawingMs: number;
  /** The memory of a page's scripts, in megabytes. */
  readonly heapMb: number;
}

const defaultLimits: BrowserLimits = { pageMs: 120_000, drawingMs: 20_000, heapMb: 1024 };

/** No host has this name (RFC 2606), so a request that is not intercepted fails. */
const origin = 'http://daybook.invalid';

/** A proxy that does not exist, for requests that would bypass the interception. */
const nowhere = { server: 'http://127.0.0.1:9', bypass: '<-loopback>' };

const switches = [
  '--disable-gpu',
  '--disable-quic',
  '--disable-dev-shm-usage',
  '--force-webrtc-ip-handling-policy=disable_non_proxied_udp',
  '--host-resolver-rules=MAP * ~NOTFOUND',
  '--renderer-process-limit=1',
];

/**
 * A browser that prints and draws our pages and reaches nothing else: each request is answered from the given
 * files or refused, whether to a host, to this machine or to a file. Its profile is a temporary folder.
 */
export class ClosedBrowser {
  readonly #browser: Browser;
  readonly #limits: BrowserLimits;

  private constructor(browser: Browser, limits: BrowserLimits) {
    this.#browser = browser;
    this.#limits = limits;
  }

  /**
   * Starts a headless browser.
   *
   * @param program - See `findBrowser`.
   * @throws An error that says why it did not start.
   */
  static async open(program: string, given: Partial<BrowserLimits> = {}): Promise<ClosedBrowser> {
    const limits = { ...defaultLimits, ...given };
    // Loaded on demand: few commands draw anything.
    const { chromium } = await import('playwright-core');
    const browser = await chromium.launch({
      executablePath: program,
      // As root Chromium runs only without its sandbox.
      chromiumSandbox: process.getuid?.() !== 0,
      args: [...switches, `--js-flags=--max-old-space-size=${limits.heapMb}`],
      proxy: nowhere,
      // An empty environment: pages must not read passwords or tokens.
      env: {},
      handleSIGINT: false,
      handleSIGTERM: false,
      handleSIGHUP: false,
    });
    return new ClosedBrowser(browser, limits);
  }

  /** Ends the browser at once. */
  close(): Promise<void> {
    return this.#browser.close();
  }

  /**
   * Prints a page with its charts.
   *
   * @param path - Below the root of the files, like `/notebooks/churn.html`.
   * @returns The PDF.
   * @throws When the page cannot be printed in time; the browser is unusable then.
   */
  print(path: string, files: PageFiles): Promise<Buffer> {
    return this.#onPage({ width: 1200, height: 800 }, files, async (page) => {
      await page.goto(origin + path, { waitUntil: 'load' });
      await this.#drawCharts(page);
      return page.pdf({ preferCSSPageSize: true, printBackground: true });
    });
  }

  /**
   * Draws a page without files and scripts.
   *
   * @returns A PNG of that size.
   * @throws As {@link print} does.
   */
  draw(html: string, size: PictureSize): Promise<Buffer> {
    const path = '/page.html';
    const files: PageFiles = (asked) =>
      Promise.resolve(asked === path ? Buffer.from(html) : undefined);
    return this.#onPage(
      size,
      files,
      async (page) => {
        await page.goto(origin + path, { waitUntil: 'load' });
        return page.screenshot({ type: 'png' });
      },
      false,
    );
  }

  async #onPage(
    viewport: PictureSize,
    files: PageFiles,
    work: (page: Page) => Promise<Buffer>,
    javaScriptEnabled = true,
  ): Promise<Buffer> {
    const context = await this.#browser.newContext({
      viewport,
      javaScriptEnabled,
      acceptDownloads: false,
      serviceWorkers: 'block',
    });
    await close(context, files);
    const page = await context.newPage();
    page.setDefaultTimeout(this.#limits.pageMs);
    const made = await inTime(work(page), this.#limits.pageMs);
    await context.close();
    return made;
  }

  /** Charts are drawn when they come into view. */
  async #drawCharts(page: Page): Promise<void> {
    const charts = page.locator('.chart-area');
    const count = await charts.count();
    for (let index = 0; index < count; index += 1) {
      await charts.nth(index).scrollIntoViewIfNeeded();
    }
    await page
      .locator('.chart-area:not(.drawn)')
      .first()
      .waitFor({ state: 'detached', timeout: this.#limits.drawingMs })
      // Charts that are not drawn by then have their picture or table.
      .catch(() => undefined);
  }
}

/** Answers requests of a page from its files, and refuses others. */
async function close(context: BrowserContext, files: PageFiles): Promise<void> {
  await context.routeWebSocket(/./, (socket) => socket.close());
  await context.route(/./, async (route) => {
    const url = new URL(route.request().url());
    const body =
      url.origin === origin && route.request().method() === 'GET'
        ? await files(decodeURIComponent(url.pathname))
        : undefined;
    await (body === undefined
      ? route.abort('blockedbyclient')
      : route.fulfill({ body, contentType: contentType(url.pathname) }));
  });
}

const contentTypes: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  json: 'application/json',
  png: 'image/png',
};

function contentType(path: string): string {
  return contentTypes[/\.(\w+)$/.exec(path)?.[1] ?? ''] ?? 'application/octet-stream';
}

/** @throws Error on timeout, as when a page's script never ends. */
async function inTime<T>(work: Promise<T>, milliseconds: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`the page took longer than ${milliseconds / 1000} s`));
    }, milliseconds);
  });
  // A later failure is ignored.
  work.catch(() => undefined);
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
