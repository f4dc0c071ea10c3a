import type { BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { expect, type TestContext } from 'vitest';
import { requireBrowser } from '../requirement.js';
import { leavePage, newOwnPage, takePage } from './kept-pages.js';

/** What a page did that no page may do. */
export interface Incidents {
  /** Dialogs, uncaught errors, errors and warnings in the console, policy violations. */
  readonly problems: string[];
  /** Requests to other places than the page's own. */
  readonly foreign: string[];
}

/** How a page is opened: as the browser may, and whether it shows by itself what is published later. */
export interface OpenPageOptions extends BrowserContextOptions {
  /**
   * Whether the page follows what is published, as it does for its readers. Not by default: a page that loads
   * itself anew while a test leads it elsewhere aborts the test's navigation.
   */
  readonly isLive?: boolean;
}

/** What never says anything stands in for the stream of publications. */
async function withoutPublications(session: BrowserContext): Promise<void> {
  await session.addInitScript('window.EventSource = class extends EventTarget { close() {} }');
}

/**
 * A page in a context of its own that notes what goes wrong on it; leaves the test out where there is
 * no browser. Requests to other places are noted; none of them leaves this machine.
 *
 * @param home - Where the page comes from: other addresses are foreign.
 */
export async function openPage(
  context: TestContext,
  home: string,
  { isLive = false, ...options }: OpenPageOptions = {},
): Promise<Page & { incidents: Incidents }> {
  const executablePath = requireBrowser(context);
  const { viewport, colorScheme, javaScriptEnabled = true, ...others } = options;
  const origins = new Set<string>();
  // Whatever else is asked for holds for a context as long as it lives.
  const isKept = !isLive && Object.keys(others).length === 0;
  const own = isKept
    ? await takePage(executablePath, javaScriptEnabled, withoutPublications)
    : await newOwnPage(executablePath, { javaScriptEnabled, ...others });
  context.onTestFinished(() =>
    isKept ? leavePage(own, javaScriptEnabled, origins) : own.session.close(),
  );
  if (!isLive && !isKept) await withoutPublications(own.session);
  const { page } = own;
  await page.setViewportSize(viewport ?? { width: 1280, height: 720 });
  await page.emulateMedia({
    media: null,
    colorScheme: colorScheme ?? 'light',
    reducedMotion: 'reduce',
  });
  const incidents: Incidents = { problems: [], foreign: [] };
  page.on('dialog', (dialog) => {
    incidents.problems.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('pageerror', (error) => incidents.problems.push(`error: ${error.message}`));
  page.on('console', (message) => {
    // Beside what is no page, like JSON, the browser itself asks for a picture that nobody named.
    if (message.location().url.endsWith('/favicon.ico')) return;
    if (['error', 'warning', 'trace'].includes(message.type())) {
      incidents.problems.push(`${message.type()}: ${message.text()}`);
    }
  });
  page.on('request', (request) => {
    const url = request.url();
    if (url.startsWith('http')) origins.add(new URL(url).origin);
    if (url.startsWith(home) || url.startsWith('data:') || url.startsWith('blob:')) return;
    incidents.foreign.push(url.slice(0, 200));
  });
  return Object.assign(page, { incidents });
}

/** Nothing happened on a page that must not. */
export function expectNoIncidents({ incidents }: { incidents: Incidents }): void {
  expect(incidents).toEqual({ problems: [], foreign: [] });
}

/** Scrolls through a page, so that everything on it came into view once, and back. */
export async function scrollThrough(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    for (let y = 0; y < document.body.scrollHeight; y += innerHeight / 2) {
      scrollTo(0, y);
      await frame();
      await frame();
    }
    scrollTo(0, 0);
  });
}
