import { randomUUID } from 'node:crypto';
import type { Element } from 'hast';
import { relocate } from './relocate.js';
import type { FinishedHtml } from './finished-node.js';
import { toHtml } from './to-html.js';

/** Stands for the address of a link while elements are written; content cannot know it. */
const mark = randomUUID();
const markedLink = ` href="${mark}"`;

/** Writes elements, but for the addresses of their links to other pages of the dashboard. */
export function finishHtml(elements: readonly Element[]): FinishedHtml {
  const links: string[] = [];
  const marked = relocate({ type: 'root', children: [...elements] }, (path) => {
    links.push(path);
    return mark;
  });
  return { type: 'finished', html: toHtml(marked).split(markedLink), links };
}

/**
 * The same with the code of all cells unfolded. Text and values of attributes hold no `<` and `"` that
 * are not escaped, so that what begins a fold is one.
 */
export function withCodeUnfolded({ html, ...rest }: FinishedHtml): FinishedHtml {
  const unfold = (text: string) =>
    text.replace(/<details class="code" id="code-\d+"/g, (start) => `${start} open`);
  return { ...rest, html: html.map(unfold) };
}
