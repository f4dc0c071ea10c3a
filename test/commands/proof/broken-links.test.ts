import { expect, test } from 'vitest';
import { checkLinks } from '../../../src/commands/proof/broken-links.js';
import { temporaryFolder } from '../../temporary-folder.js';

test('links lead to files and places that are there, or are named with their page', async () => {
  const folder = temporaryFolder({
    'index.html':
      '<a href="notebooks/a.html">A</a> <a href="notebooks/b%20c.html#here">B</a> ' +
      '<a href="https://example.org/x">web</a> <a href="mailto:a@example.org">mail</a> <a href="#">top</a>',
    'notebooks/a.html':
      '<a href="../index.html">home</a> <a href="gone.html">gone</a> <a href="b%20c.html#there">there</a>',
    'notebooks/b c.html':
      '<p id="here"></p><a href="#here">x</a><a>lost <b>link</b></a><a href="x.json?v=1">data</a>',
    'notebooks/x.json': '{}',
    // What a run shows is said once, of the notebook.
    'notebooks/a/runs/1.html': '<a href="../../gone.html">gone</a><a>old</a>',
  });
  expect(await checkLinks(folder)).toEqual({
    pages: 4,
    links: 11,
    broken: [
      'notebooks/a.html: "gone" leads to notebooks/gone.html, which is not there',
      expect.stringMatching(/^notebooks\/a\.html: "old" leads to no page/),
      'notebooks/a.html: "there" leads to #there, which notebooks/b c.html does not have',
      expect.stringMatching(/^notebooks\/b c\.html: "lost link" leads to no page/),
    ],
  });
});
