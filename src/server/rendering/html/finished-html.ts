// HTML that is serialised once and put into many pages: only the addresses of its links are left open.

import { randomUUID } from 'node:crypto';
import type { Element } from 'hast';
import { relocate } from './relocate.js';
import type { FinishedHtml } from './finished-node.js';
import { toHtml } from './to-html.js';

/** The placeholder of a link's address; random, so that no content can contain it. */
const mark = randomUUID();
const markedLink = ` href="${mark}"`;

/** Serialises elements, with the addresses of links to other pages left open. */
export function finishHtml(elements: readonly Element[]): FinishedHtml {
  const links: string[] = [];
  const marked = relocate({ type: 'root', children: [...elements] }, (path) => {
    links.push(path);
    return mark;
  });
  return { type: 'finished', html: toHtml(marked).split(markedLink), links };
}

/**
 * The same HTML with all code unfolded. Text and attribute values contain no unescaped `<` or `"`, so every match
 * is a real tag.
 */
export function withCodeUnfolded({ html, ...rest }: FinishedHtml): FinishedHtml {
  const unfold = (text: string) =>
    text.replace(/<details class="code" id="code-\d+"/g, (start) => `${start} open`);
  return { ...rest, html: html.map(unfold) };
}
