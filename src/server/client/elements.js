// DOM elements: made by name, or from trees of SVG.

/**
 * @template {keyof HTMLElementTagNameMap} Name
 * @param {Name} name
 * @param {Record<string, string>} [attributes]
 * @param {readonly (Node | string)[]} [children]
 */
export function element(name, attributes = {}, children = []) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

const svg = 'http://www.w3.org/2000/svg';

/** A tree of SVG as nodes: text stays text. @param {import('hast').Element} tree @returns {SVGElement} */
export function svgNode({ tagName, properties, children }) {
  const node = document.createElementNS(svg, tagName);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined) continue;
    node.setAttribute(attributeName(name), [value].flat().join(' '));
  }
  for (const child of children) {
    if (child.type === 'element') node.append(svgNode(child));
    else if (child.type === 'text') node.append(child.value);
  }
  return node;
}

/** @param {string} name */
function attributeName(name) {
  if (name === 'className') return 'class';
  return name === 'viewBox' ? name : name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
