// @module-tag heavy
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { develop } from '../../../src/commands/workspace/dev.js';
import { silentLogger } from '../../../src/logger.js';
import { stylesheetFolder } from '../../../src/server/parts/assets.js';
import { createTestDatabase, type TestDatabase } from '../../database.js';
import { openPage } from '../../server/browser.js';
import { notebookOf, prose, publish } from '../../server/published.js';

let database: TestDatabase;
let root: string;

beforeAll(async () => {
  database = await createTestDatabase();
  root = mkdtempSync(join(tmpdir(), 'daybook-dev-'));
  mkdirSync(join(root, 'notebooks'));
  cpSync(stylesheetFolder, join(root, 'styles'), { recursive: true });
});

afterAll(async () => {
  await database.drop();
  rmSync(root, { recursive: true, force: true });
});

test('an open page shows what is saved: a notebook, what is wrong with it, a style sheet', async (context) => {
  const file = join(root, 'notebooks', 'note.txt');
  writeFileSync(file, 'First words.');
  const ending = new AbortController();
  let printed = '';
  const served = withResolvers();
  const ended = develop(
    {
      config: { ...database.config, root, port: 0 },
      logger: silentLogger,
      signal: ending.signal,
      terminal: {
        out: (text) => {
          const url = /http:\S+/.exec(text)?.[0];
          if (url !== undefined) served.resolve(url);
        },
        err: (text) => (printed += text),
        interactive: false,
        columns: 80,
      },
    },
    // Stands for pipeline and notebooks: publishes the file's words.
    async (terminal) => {
      const words = readFileSync(file, 'utf8');
      if (words.startsWith('Wrong')) {
        terminal.err(`line 3: ${words}\n`);
        return false;
      }
      await publish(database.owner, 'note', notebookOf([prose('# Note'), prose(words)]));
      return true;
    },
    join(root, 'styles'),
  );
  try {
    const url = await served.promise;
    const page = await openPage(context, url, { isLive: true });
    await page.unrouteAll();
    await expect.poll(async () => (await fetch(`${url}/notebooks/note`)).status).toBe(200);
    await page.goto(`${url}/notebooks/note`);
    await page.getByText('First words.').waitFor();

    // As editors do that keep the old file until the new one is whole.
    writeFileSync(join(root, 'notebooks', '.note.tmp'), 'Second words.');
    renameSync(join(root, 'notebooks', '.note.tmp'), file);
    await page.getByText('Second words.').waitFor();

    writeFileSync(file, 'Wrong <b>words</b>.');
    await page.getByText('line 3: Wrong <b>words</b>.').waitFor();
    await page.getByText('Second words.').waitFor();
    expect(printed).toContain('line 3: Wrong');

    writeFileSync(file, 'Third words.');
    await page.getByText('Third words.').waitFor();
    expect(await page.getByText('What was saved last does not pass').count()).toBe(0);

    const styles = join(root, 'styles', 'base.css');
    writeFileSync(styles, `${readFileSync(styles, 'utf8')}\nh1 { letter-spacing: 7px; }\n`);
    await page.waitForFunction(
      () => getComputedStyle(document.querySelector('h1')!).letterSpacing === '7px',
    );
  } finally {
    ending.abort();
    await ended;
  }
});

/** A promise that is settled from outside; `Promise.withResolvers` is younger than Node 20. */
function withResolvers() {
  let resolve = (_value: string): void => undefined;
  const promise = new Promise<string>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
