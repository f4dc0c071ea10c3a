// The bar of a page's controls: what its reader may choose, as links that work without script.

import type { Element } from 'hast';
import { h } from 'hastscript';

/** A value of a control, and the page that shows it. */
export interface ControlOption {
  readonly label: string;
  /** The path of its page; undefined: there is none. */
  readonly href: string | undefined;
  readonly isCurrent: boolean;
}

/** A control whose values are pages. */
export interface LinkControl {
  /** The name in addresses. */
  readonly name: string;
  readonly label: string;
  readonly options: readonly ControlOption[];
  /** Whether they are always a list that opens. Default: where they are many. */
  readonly isList?: boolean;
}

/** The most values, and the most characters in all of them, that stand side by side. */
const mostSegments = 6;
const mostCharacters = 60;

/** The bar of controls; nothing without any. What the page's script adds stands in it, too. */
export function controlBar(controls: readonly Element[]): Element | undefined {
  if (controls.length === 0) return undefined;
  return h('section', { className: 'control-bar', ariaLabel: 'Choices' }, [...controls]);
}

/**
 * A control of links. Few values stand side by side; many are a list that opens, in which the page's script lets
 * people search.
 */
export function linkControl({ name, label, options, isList = false }: LinkControl): Element {
  const current = options.find(({ isCurrent }) => isCurrent);
  const links = h(
    'ul',
    { className: 'control-options' },
    options.map((option) =>
      h('li', [
        h(
          'a',
          { href: option.href, ariaCurrent: option.isCurrent ? 'true' : undefined },
          shownLabel(option.label),
        ),
      ]),
    ),
  );
  const length = options.reduce((sum, option) => sum + option.label.length, 0);
  const isShort = !isList && options.length <= mostSegments && length <= mostCharacters;
  return h('div', { className: 'control', role: 'group', ariaLabel: label, dataControl: name }, [
    h('span', { className: 'control-label', ariaHidden: 'true' }, label),
    isShort
      ? links
      : h('details', { className: 'control-list' }, [
          h('summary', current === undefined ? 'Choose' : shownLabel(current.label)),
          links,
        ]),
  ]);
}

/** An empty text has a label, too. */
function shownLabel(label: string): string {
  return label.trim() === '' ? '(empty)' : label;
}

/** The space that the page's script fills with filter controls; it is reserved, so that nothing moves. */
export function filterRoom(): Element {
  return h('div', { className: 'filter-room' });
}
