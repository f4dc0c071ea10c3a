// The links of exported pages, for `daybook test`.

import { readdir, readFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import type { Element, Root } from 'hast';
import { fromHtml } from 'hast-util-from-html';
import { visit } from 'unist-util-visit';

/** What the links of a folder of pages are found to be. */
export interface CheckedLinks {
  readonly pages: number;
  readonly links: number;
  /** A line for each that leads nowhere: the page, the link's words, and why. */
  readonly broken: readonly string[];
}

/**
 * Follows the links of exported pages to each other: files have to be there, and places within them. Links of
 * notebooks to what is no page have lost their address by then. Other servers are not asked.
 *
 * @param folder - What `exportSite` has written.
 */
export async function checkLinks(folder: string): Promise<CheckedLinks> {
  const files = (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) =>
      posix.normalize(join(parentPath, name).slice(folder.length + 1)),
    );
  const pages = new Map<string, Page>();
  for (const file of files.filter((name) => name.endsWith('.html'))) {
    pages.set(file, readPage(fromHtml(await readFile(join(folder, file), 'utf8'))));
  }
  const known = new Set(files);
  const broken: string[] = [];
  let links = 0;
  for (const [file, page] of pages) {
    for (const { href, words } of page.links) {
      if (href !== undefined && /^(?:[a-z][a-z+.-]*:|\/\/)/i.test(href)) continue;
      links += 1;
      const problem = linkProblem(href, file, known, pages);
      // The page of a notebook shows what that of its newest run shows.
      const name = file.replace(/\/runs\/[^/]+\.html$/, '.html');
      if (problem !== undefined) broken.push(`${name}: "${words}" ${problem}`);
    }
  }
  return { pages: pages.size, links, broken: [...new Set(broken)].sort() };
}

interface Page {
  readonly links: readonly { readonly href: string | undefined; readonly words: string }[];
  readonly ids: ReadonlySet<string>;
}

function readPage(tree: Root): Page {
  const ids = new Set<string>();
  const links: { href: string | undefined; words: string }[] = [];
  visit(tree, 'element', (node: Element) => {
    const { id, href } = node.properties;
    if (typeof id === 'string') ids.add(id);
    if (node.tagName !== 'a') return;
    links.push({ href: typeof href === 'string' ? href : undefined, words: wordsOf(node) });
  });
  return { ids, links };
}

function wordsOf(node: Element): string {
  let words = '';
  visit(node, 'text', ({ value }) => {
    words += value;
  });
  return words.trim().replaceAll(/\s+/g, ' ').slice(0, 60);
}

/** Why a link leads nowhere; undefined: it leads somewhere. */
function linkProblem(
  href: string | undefined,
  file: string,
  files: ReadonlySet<string>,
  pages: ReadonlyMap<string, Page>,
): string | undefined {
  if (href === undefined)
    return 'leads to no page: links of notebooks lead to other notebooks or to the web';
  const [address = '', fragment = ''] = href.split('#');
  const [path = ''] = address.split('?');
  const target = path === '' ? file : posix.join(posix.dirname(file), decodeURIComponent(path));
  if (!files.has(target)) return `leads to ${target}, which is not there`;
  const place = decodeURIComponent(fragment);
  if (place === '' || pages.get(target)?.ids.has(place) !== false) return undefined;
  return `leads to #${place}, which ${target} does not have`;
}
