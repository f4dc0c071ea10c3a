import {
  chromium,
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  type Page,
} from 'playwright-core';
import { browserArguments } from '../requirement.js';

let browser: Promise<Browser> | undefined;

/**
 * No name but this machine's is found. To stop each request and let it go on instead would hold pages up, and keep
 * the browser from using its cache.
 */
const ownMachineAlone =
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost';

/** The browser of all files that follow each other in this process; vitest waits for its end before it ends the process. */
function sharedBrowser(executablePath: string): Promise<Browser> {
  if (browser === undefined) {
    browser = chromium.launch({ executablePath, args: [...browserArguments, ownMachineAlone] });
    const { __vitest_worker__: worker } = globalThis as unknown as {
      __vitest_worker__: { onCleanup(end: () => Promise<unknown>): void };
    };
    worker.onCleanup(async () => (await browser)?.close());
  }
  return browser;
}

/** A page alone in a context of its own. */
export interface OwnPage {
  readonly session: BrowserContext;
  readonly page: Page;
}

/** A page in a context that nobody had before. */
export async function newOwnPage(
  executablePath: string,
  options: BrowserContextOptions,
): Promise<OwnPage> {
  const session = await (await sharedBrowser(executablePath)).newContext(options);
  return { session, page: await session.newPage() };
}

/** Pages that tests have left, by whether scripts run: the process of a new one takes half a second of processor time. */
const kept = new Map<boolean, OwnPage>();

/** A page that was left by its last test as if it were new, or a new one. */
export async function takePage(
  executablePath: string,
  isScripted: boolean,
  prepare: (session: BrowserContext) => Promise<void>,
): Promise<OwnPage> {
  const found = kept.get(isScripted);
  kept.delete(isScripted);
  if (found !== undefined) return found;
  const made = await newOwnPage(executablePath, { javaScriptEnabled: isScripted });
  await prepare(made.session);
  return made;
}

/**
 * Keeps a page for the next test: empty, with nothing stored, and nobody listens to it.
 *
 * @param origins - Where it has been.
 */
export async function leavePage(
  { session, page }: OwnPage,
  isScripted: boolean,
  origins: ReadonlySet<string>,
): Promise<void> {
  page.removeAllListeners();
  if (kept.has(isScripted) || session.pages().length !== 1) return session.close();
  try {
    await page.goto('about:blank');
    const devtools = await session.newCDPSession(page);
    for (const origin of origins) {
      await devtools.send('Storage.clearDataForOrigin', { origin, storageTypes: 'all' });
    }
    await devtools.detach();
    await session.clearCookies();
    kept.set(isScripted, { session, page });
  } catch {
    // It was closed, or has crashed.
    await session.close();
  }
}
