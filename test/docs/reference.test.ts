import { join } from 'node:path';
import { expect, test } from 'vitest';
import { referencePages } from '../../scripts/reference/reference-pages.js';
import { root } from '../database.js';

const pages = referencePages(root).map(({ file, make }) => [file, make] as const);

test.each(pages)('docs/reference/%s is what the code says', async (file, make) => {
  await expect(await make()).toMatchFileSnapshot(join(root, 'docs', 'reference', file));
});
