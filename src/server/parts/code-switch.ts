import type { Element } from 'hast';
import { h } from 'hastscript';

/** Folds and unfolds all code: a link without script, in place with it. */
export function codeSwitch(path: string | undefined, showsCode: boolean): Element {
  const label = showsCode ? 'Hide all code' : 'Show all code';
  return h('p', { className: 'code-switch' }, [
    path === undefined
      ? h('button', { type: 'button', hidden: true }, label)
      : h('a', { href: showsCode ? path : `${path}?code=shown` }, label),
  ]);
}
