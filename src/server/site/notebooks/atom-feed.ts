// `/feed.atom`: the feed of publications.

import type { Element, Root } from 'hast';
import { toHtml } from 'hast-util-to-html';
import { s } from 'hastscript';
import { defaultSite, type Site } from '../../../config/project/project-settings.js';
import type { Publication } from '../../../publication/publication.js';
import { notebookPath, runPath } from '../../paths.js';
import type { Address } from '../../rendering/html/relocate.js';

/** The newest publications as an Atom feed (RFC 4287). */
export function atomFeed(
  { notebooks }: Publication,
  address: Address,
  { title }: Site = defaultSite,
): string {
  const published = notebooks
    .flatMap(({ slug, title, summary, shown }) =>
      shown === undefined ? [] : [{ slug, title, summary, shown }],
    )
    .sort((a, b) => b.shown.finishedAt.localeCompare(a.shown.finishedAt));
  const entries = published.map(({ slug, title, summary, shown }) =>
    s('entry', [
      s('id', `urn:daybook:${encodeURIComponent(slug)}:${shown.runId}`),
      s('title', xmlText(title)),
      s('updated', shown.finishedAt),
      link('alternate', address(notebookPath(slug))),
      link('related', address(runPath(slug, shown.runId))),
      s('summary', xmlText(summary)),
    ]),
  );
  const feed = s('feed', { xmlns: 'http://www.w3.org/2005/Atom' }, [
    s('id', 'urn:daybook'),
    s('title', xmlText(title)),
    s('author', [s('name', xmlText(title))]),
    s('updated', published[0]?.shown.finishedAt ?? '1970-01-01T00:00:00Z'),
    ...entries,
  ]);
  const root: Root = { type: 'root', children: [feed] };
  const xml = toHtml(root, { space: 'svg', closeEmptyElements: true });
  // `]]>` alone is forbidden in XML text, and the HTML writer does not escape it.
  return `<?xml version="1.0" encoding="utf-8"?>\n${xml.replaceAll(']]>', ']]&#x3E;')}\n`;
}

function link(rel: string, href: string | undefined): Element {
  return s('link', { rel: [rel], href });
}

/** Removes the control characters that XML cannot contain. */
function xmlText(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '');
}
