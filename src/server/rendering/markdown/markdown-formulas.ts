// Formulas in parsed markdown: placeholders become `math` code.

import type { ElementContent } from 'hast';
import type { Nodes, Paragraph, PhrasingContent, Root, RootContent, Text } from 'mdast';
import { visit } from 'unist-util-visit';
import type { MarkdownFormula, MaskedMarkdown } from './markdown-math.js';

/** Replaces the placeholders of formulas, in place, by code of the language `math`. */
export function restoreFormulas(tree: Root, { formulas, word }: MaskedMarkdown): void {
  if (formulas.size === 0) return;
  const written = (text: string) => text.replace(word, (one) => formulas.get(one)?.source ?? one);
  visit(tree, (node: Nodes) => {
    if (node.type !== 'text') restore(node, written);
    if (!('children' in node)) return;
    const parent = node as { children: RootContent[] };
    const holds = (child: RootContent) => child.type === 'text' && child.value.search(word) >= 0;
    if (!parent.children.some(holds)) return;
    parent.children = parent.children.flatMap((child): RootContent[] =>
      child.type === 'text' ? withFormulas(child, formulas, word) : [child],
    );
  });
  visit(tree, (node: Nodes) => {
    if (!('children' in node)) return;
    const parent = node as { children: RootContent[] };
    const holds = (child: RootContent) =>
      child.type === 'paragraph' && child.children.some(isDisplay);
    if (!parent.children.some(holds)) return;
    parent.children = parent.children.flatMap((child): RootContent[] =>
      child.type === 'paragraph' ? partedParagraph(child) : [child],
    );
  });
}

/** Where a placeholder cannot be a formula, as in code and addresses, the source is restored. */
function restore(node: Nodes, written: (text: string) => string): void {
  const fields = node as unknown as Record<string, unknown>;
  for (const name of ['value', 'url', 'title', 'alt', 'label', 'identifier', 'lang', 'meta']) {
    const value = fields[name];
    if (typeof value === 'string') fields[name] = written(value);
  }
}

function withFormulas(
  { value }: Text,
  formulas: ReadonlyMap<string, MarkdownFormula>,
  word: RegExp,
): PhrasingContent[] {
  const nodes: PhrasingContent[] = [];
  let position = 0;
  const addText = (end?: number) => {
    const text = value.slice(position, end);
    if (text !== '') nodes.push({ type: 'text', value: text });
  };
  for (const match of value.matchAll(word)) {
    const formula = formulas.get(match[0]);
    if (formula === undefined) continue;
    addText(match.index);
    nodes.push(formulaNode(formula));
    position = match.index + match[0].length;
  }
  addText();
  return nodes;
}

/** A formula as a code node with the classes that math.ts looks for. */
function formulaNode({ tex, isDisplay: isOwn }: MarkdownFormula): PhrasingContent {
  const children: ElementContent[] = [{ type: 'text', value: tex }];
  const className = ['language-math', isOwn ? 'math-display' : 'math-inline'];
  return {
    type: 'inlineCode',
    value: tex,
    data: { hName: 'code', hProperties: { className }, hChildren: children },
  };
}

function isDisplay(node: Nodes): boolean {
  const classes = node.data?.hProperties?.['className'];
  return node.type === 'inlineCode' && Array.isArray(classes) && classes.includes('math-display');
}

/** A paragraph, split at display formulas, which a paragraph cannot contain. */
function partedParagraph(paragraph: Paragraph): RootContent[] {
  const parts: RootContent[] = [];
  let children: PhrasingContent[] = [];
  const endPart = () => {
    const trimmed = withoutOuterBlanks(children);
    if (trimmed.length > 0) parts.push({ ...paragraph, children: trimmed });
    children = [];
  };
  for (const child of paragraph.children) {
    if (!isDisplay(child)) {
      children.push(child);
      continue;
    }
    endPart();
    // A block: its inline content is the code.
    parts.push({ ...paragraph, children: [child], data: { hName: 'pre' } });
  }
  endPart();
  return parts;
}

function withoutOuterBlanks(children: readonly PhrasingContent[]): PhrasingContent[] {
  const last = children.length - 1;
  return children
    .map((child, index) => {
      if (child.type !== 'text') return child;
      const value = index === 0 ? child.value.trimStart() : child.value;
      return { ...child, value: index === last ? value.trimEnd() : value };
    })
    .filter((child) => child.type !== 'break' && (child.type !== 'text' || child.value !== ''));
}
