// Parsing of HTML from notebook outputs.

import type { ElementContent, Properties, Root, RootContent } from 'hast';
import { h, s } from 'hastscript';
import { html as html5, parseFragment, type DefaultTreeAdapterMap } from 'parse5';

type ParsedNode = DefaultTreeAdapterMap['childNode'];
type ParsedElement = DefaultTreeAdapterMap['element'];

/** Parses a fragment of HTML, however deep, as a browser without script would. */
export function parseHtml(html: string): Root {
  const root: Root = { type: 'root', children: [] };
  const fragment = parseFragment(html, { scriptingEnabled: false });
  const pending: { parsed: readonly ParsedNode[]; content: RootContent[] }[] = [
    { parsed: fragment.childNodes, content: root.children },
  ];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    for (const node of next.parsed) {
      if ('tagName' in node) {
        // The content of a `template` is not rendered, and not among its children.
        const { tagName, childNodes } = node;
        const children: ElementContent[] = [];
        next.content.push({ type: 'element', tagName, properties: propertiesOf(node), children });
        if (childNodes.length > 0) pending.push({ parsed: childNodes, content: children });
      } else if ('value' in node) {
        next.content.push({ type: 'text', value: node.value });
      }
    }
  }
  return root;
}

/** Attributes with the names and types of hast, which hastscript takes. */
function propertiesOf({ attrs, namespaceURI }: ParsedElement): Properties {
  if (attrs.length === 0) return {};
  const given = attrs
    .map(({ prefix, name, value }) => [prefix ? `${prefix}:${name}` : name, value] as const)
    .filter(([name]) => !(name in Object.prototype));
  const make = namespaceURI === html5.NS.SVG ? s : h;
  return make('x', Object.fromEntries(given)).properties;
}
