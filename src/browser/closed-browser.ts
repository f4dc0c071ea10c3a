import type { Browser, BrowserContext, Page } from 'playwright-core';

/** What a page may load: the file at a path below its root, like `/assets/a.css`; undefined: nothing. */
export type PageFiles = (path: string) => Promise<Buffer | undefined>;

/** The size of a picture, in pixels. */
export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/** What a browser may cost. */
export interface BrowserLimits {
  /** How long one page may take, in milliseconds: one with hundreds of charts draws them all. */
  readonly pageMs: number;
  /** How long is waited for charts that do not say that they are drawn, in milliseconds. */
  readonly drawingMs: number;
  /** What the scripts of a page may hold, in megabytes. */
  readonly heapMb: number;
}

const defaultLimits: BrowserLimits = { pageMs: 120_000, drawingMs: 20_000, heapMb: 1024 };

/** No host has this name (RFC 2606), so a request that is not intercepted fails. */
const origin = 'http://daybook.invalid';

/** A proxy that does not exist, for requests that would pass the interception. */
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
 * A browser that prints and draws pages of ours and reaches nothing else: each request that its pages
 * make is answered from what they were given or refused, be it to a host, to this machine or to a file.
 * Its profile is a temporary folder, gone when it is closed.
 */
export class ClosedBrowser {
  readonly #browser: Browser;
  readonly #limits: BrowserLimits;

  private constructor(browser: Browser, limits: BrowserLimits) {
    this.#browser = browser;
    this.#limits = limits;
  }

  /**
   * Starts a browser without a window.
   *
   * @param program - See `findBrowser`.
   * @throws What says why it did not start.
   */
  static async open(program: string, given: Partial<BrowserLimits> = {}): Promise<ClosedBrowser> {
    const limits = { ...defaultLimits, ...given };
    // Loaded where it is needed: few commands draw anything.
    const { chromium } = await import('playwright-core');
    const browser = await chromium.launch({
      executablePath: program,
      // As root Chromium runs without its sandbox or not at all.
      chromiumSandbox: process.getuid?.() !== 0,
      args: [...switches, `--js-flags=--max-old-space-size=${limits.heapMb}`],
      proxy: nowhere,
      // Nothing of ours is for pages to read: no password, no token.
      env: {},
      handleSIGINT: false,
      handleSIGTERM: false,
      handleSIGHUP: false,
    });
    return new ClosedBrowser(browser, limits);
  }

  /** Ends it, whatever it is doing. */
  close(): Promise<void> {
    return this.#browser.close();
  }

  /**
   * Prints a page, charts and all.
   *
   * @param path - Below the root of the files, like `/notebooks/churn.html`.
   * @returns The PDF.
   * @throws When the page cannot be printed in time; the browser is of no use then.
   */
  print(path: string, files: PageFiles): Promise<Buffer> {
    return this.#onPage({ width: 1200, height: 800 }, files, async (page) => {
      await page.goto(origin + path, { waitUntil: 'load' });
      await this.#drawCharts(page);
      return page.pdf({ preferCSSPageSize: true, printBackground: true });
    });
  }

  /**
   * Draws a page that loads nothing and runs nothing.
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
      // What is not drawn by then has its picture, or its table.
      .catch(() => undefined);
  }
}

/** Answers what pages ask for from the files, and refuses the rest. */
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

/** @throws Error when the work takes longer, as where a page's script never ends. */
async function inTime<T>(work: Promise<T>, milliseconds: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`the page took longer than ${milliseconds / 1000} s`));
    }, milliseconds);
  });
  // Its own failure after that is no news.
  work.catch(() => undefined);
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
