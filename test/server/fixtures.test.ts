import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { DaybookError } from '../../src/errors.js';
import { parseNotebook } from '../../src/nbformat/read-notebook.js';
import { loadAssets } from '../../src/server/parts/assets.js';
import { selfContainedPage } from '../../src/server/export/self-contained.js';
import { requireShared } from '../requirement.js';

/** What may be said of a notebook that is refused. */
const reasons = /^The notebook (?:breaks its format:\n {2}- \/|has format \d+, not 4)/;

test('every notebook of other kernels and tools becomes a page, or ends with a clear message', async (context) => {
  const folder = requireShared(context, 'fixtures/notebooks');
  const assets = await loadAssets();
  const names = readdirSync(folder).filter((name) => name.endsWith('.ipynb'));
  expect(names.length).toBeGreaterThan(60);
  const refused: string[] = [];
  for (const name of names) {
    const text = readFileSync(join(folder, name), 'utf8');
    try {
      const page = await selfContainedPage(parseNotebook(text, name), name, assets);
      expect(page).toMatch(/^<!doctype html><html lang="en">/);
      expect(page).toMatch(/<\/html>$/);
    } catch (error) {
      if (!(error instanceof DaybookError)) throw new Error(name, { cause: error });
      expect(error.message).toMatch(reasons);
      refused.push(name);
    }
  }
  expect(refused).toEqual([
    'nbf_no_minor.ipynb',
    'nbf_v3_no_metadata.ipynb',
    'nbf_v3_no_worksheets.ipynb',
    'nbf_v4_5_bad_kernelspec.ipynb',
  ]);
});
