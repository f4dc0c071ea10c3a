// Many controls behind one button, where the page is as narrow as a phone.

import { element } from '../elements.js';

/**
 * Folds controls; the style sheet shows the button on narrow pages only, and all controls on others.
 *
 * @param {readonly HTMLElement[]} fields
 * @returns {{ parts: HTMLElement[], show: (chosen: number) => void }} `show` says how many of them are chosen.
 */
export function foldedFields(fields) {
  const list = element('div', { class: 'filter-fields', id: 'filter-fields' }, fields);
  const button = element('button', {
    ...{ type: 'button', class: 'filter-fold' },
    ...{ 'aria-expanded': 'false', 'aria-controls': list.id },
  });
  button.addEventListener('click', () => {
    button.setAttribute('aria-expanded', `${button.getAttribute('aria-expanded') !== 'true'}`);
  });
  /** @param {number} chosen */
  const show = (chosen) => {
    button.textContent = `Filters${chosen === 0 ? '' : ` (${chosen})`}`;
  };
  show(0);
  return { parts: [button, list], show };
}
