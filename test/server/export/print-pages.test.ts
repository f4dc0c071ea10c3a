// @module-tag heavy
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { inflateSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { loadAssets } from '../../../src/server/parts/assets.js';
import { selfContainedPage } from '../../../src/server/export/self-contained.js';
import { expectNoIncidents, openPage } from '../browser.js';
import { code, display, notebookOf } from '../published.js';

test('the head of a table stands on every sheet that it reaches, also when it can be sorted', async (context) => {
  const rows = Array.from(
    { length: 150 },
    (_, row) => `<tr><td>Row ${row}</td><td>${row}</td></tr>`,
  );
  const head = '<thead><tr><th>Name</th><th>Value</th></tr></thead>';
  const notebook = notebookOf([
    code('table(rows)', [
      display({ 'text/html': `<table>${head}<tbody>${rows.join('')}</tbody></table>` }),
    ]),
  ]);
  const html = await selfContainedPage(notebook, 'long', await loadAssets());
  const folder = await mkdtemp(join(tmpdir(), 'daybook-print-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, 'page.html');
  // Its own policy lets in no style of the test.
  await writeFile(path, html.replace(/<meta http-equiv="Content-Security-Policy"[^>]*>/, ''));
  const page = await openPage(context, pathToFileURL(path).href);
  await page.goto(pathToFileURL(path).href);
  await expect.poll(() => page.locator('thead .sort').count()).toBe(2);
  await page.addStyleTag({
    content: `
      thead .sort { color: rgb(255 0 51) !important; print-color-adjust: exact }
      tbody td { color: rgb(0 255 51) !important; print-color-adjust: exact }`,
  });
  const sheets = sheetsOf(await page.pdf());
  const isHead = (sheet: string) => sheet.includes('1 0 .2 rg');
  const isBody = (sheet: string) => sheet.includes('0 1 .2 rg');
  expect(sheets.filter(isBody).length).toBeGreaterThan(2);
  expect(sheets.filter(isHead).length).toBe(sheets.filter(isBody).length);
  expectNoIncidents(page);
});

/** What is drawn on each sheet of a PDF, as the operators of its content. */
function sheetsOf(pdf: Buffer): string[] {
  const sheets: string[] = [];
  const stream = /\/FlateDecode[^]*?stream\r?\n/g;
  const text = pdf.toString('latin1');
  for (let match = stream.exec(text); match !== null; match = stream.exec(text)) {
    const start = match.index + match[0].length;
    const end = text.indexOf('endstream', start);
    const content = inflateSync(pdf.subarray(start, end)).toString('latin1');
    if (/\brg\b/.test(content)) sheets.push(content);
  }
  return sheets;
}
