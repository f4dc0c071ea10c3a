// Pointer and keyboard on a chart of rows: the values of a position, and a click that filters by it.

import { numberFormat } from '../../../chart/figure/format.js';
import { readAxis } from '../../../chart/figure/axis.js';
import { numberOf, readValues } from '../../../chart/figure/values.js';
import { drawRowsPicture } from '../../../chart/picture/rows-picture.js';
import { element } from '../elements.js';

/**
 * @typedef {import('../../../chart/picture/drawing/scene.js').DrawnPanel} DrawnPanel
 * @typedef {import('../../../chart/figure/figure.js').Figure} Figure
 */

/**
 * @param {HTMLElement} host
 * @param {HTMLElement} area
 * @param {import('../../../chart/rows/grammar.js').ChartGrammar} grammar
 * @param {(position: string | number) => void} pick
 */
export function answerPointer(host, area, grammar, pick) {
  const readout = element('p', { class: 'chart-readout', role: 'status', hidden: '' });
  const line = element('div', { class: 'chart-line', 'aria-hidden': 'true', hidden: '' });
  area.after(readout);
  area.tabIndex = 0;
  area.setAttribute('aria-roledescription', 'chart; arrow keys read its values, Enter chooses one');
  const format = numberFormat(grammar.format);
  /** @type {() => Figure | undefined} */
  let figureOf = () => undefined;
  /** @type {{ figure: Figure, width: number, panels: DrawnPanel[] } | undefined} */
  let drawn;
  /** @type {{ panel: number, place: number } | undefined} */
  let at;

  /** The panels as they are drawn, once somebody asks. */
  const ask = () => {
    if (drawn !== undefined) return drawn;
    const figure = figureOf();
    if (figure === undefined) return undefined;
    const narrow = area.querySelector('.picture-narrow');
    const isNarrow = narrow !== null && getComputedStyle(narrow).display !== 'none';
    const width = isNarrow ? 400 : 800;
    /** @type {DrawnPanel[]} */
    const panels = [];
    const size = { width, height: figure.height, hasAxes: true };
    drawRowsPicture(figure, size, (panel) => panels.push(panel));
    drawn = { figure, width, panels };
    return drawn;
  };

  const hide = () => {
    at = undefined;
    readout.hidden = true;
    line.remove();
  };

  /** Reads out a position. @param {number} panel @param {number} place */
  const show = (panel, place) => {
    const there = ask();
    const box = there?.panels[panel];
    const position = box?.places[place];
    if (there === undefined || box === undefined || position === undefined) return;
    at = { panel, place };
    const [along, up] = box.isLying
      ? /** @type {const} */ (['y', 'x'])
      : /** @type {const} */ (['x', 'y']);
    const values = box.traces.flatMap((index) => {
      const trace = there.figure.traces[index];
      const own = trace && readValues(trace[along])?.indexOf(position.value);
      const value =
        trace && own !== undefined && own >= 0 ? readValues(trace[up])?.[own] : undefined;
      if (value === undefined || value === null) return [];
      return [`${String(trace?.['name'] ?? '')} ${format(numberOf(value) ?? value)}`];
    });
    const axis = readAxis(
      there.figure.layout,
      `${along}axis`,
      box.places.map(({ value }) => value),
      'long',
    );
    const name = axis?.type === 'date' ? axis.format(position.value) : String(position.value ?? '');
    readout.textContent = `${name}: ${values.length === 0 ? 'no rows' : values.join(', ')}`;
    readout.hidden = false;
    const rectangle = area.querySelector('.chart-picture')?.getBoundingClientRect();
    if (rectangle === undefined) return;
    const scale = rectangle.width / there.width;
    const pixels = (/** @type {number} */ number) => `${Math.round(number * scale)}px`;
    Object.assign(line.style, {
      left: pixels(box.left + (box.isLying ? box.area.x[0] : position.at)),
      top: pixels(box.top + (box.isLying ? position.at : box.area.y[0])),
      width: box.isLying ? pixels(box.area.x[1] - box.area.x[0]) : '0',
      height: box.isLying ? '0' : pixels(box.area.y[1] - box.area.y[0]),
    });
    line.hidden = false;
    area.append(line);
  };

  /** The position under the pointer. @param {MouseEvent} event */
  const under = (event) => {
    const there = ask();
    const rectangle = area.querySelector('.chart-picture')?.getBoundingClientRect();
    if (there === undefined || rectangle === undefined) return undefined;
    const scale = there.width / rectangle.width;
    const [x, y] = [
      (event.clientX - rectangle.left) * scale,
      (event.clientY - rectangle.top) * scale,
    ];
    const panel = there.panels.findIndex(
      ({ left, top, area: box }) =>
        x >= left + box.x[0] && x <= left + box.x[1] && y >= top + box.y[0] && y <= top + box.y[1],
    );
    const box = there.panels[panel];
    if (box === undefined) return undefined;
    const along = box.isLying ? y - box.top : x - box.left;
    let place = 0;
    for (const [index, one] of box.places.entries()) {
      const best = box.places[place];
      if (best && Math.abs(one.at - along) < Math.abs(best.at - along)) place = index;
    }
    return { panel, place };
  };

  const choose = () => {
    const value = at && ask()?.panels[at.panel]?.places[at.place]?.value;
    if (value !== undefined && value !== null) pick(value);
  };

  area.addEventListener('pointermove', (event) => {
    if (area.classList.contains('drawn')) return;
    const found = under(event);
    if (found === undefined) hide();
    else if (found.panel !== at?.panel || found.place !== at.place) show(found.panel, found.place);
  });
  area.addEventListener('pointerleave', hide);
  area.addEventListener('blur', hide);
  area.addEventListener('click', (event) => {
    if (area.classList.contains('drawn')) return;
    const found = under(event);
    if (found === undefined) return;
    show(found.panel, found.place);
    choose();
  });
  area.addEventListener('keydown', (event) => {
    if (event.target !== area) return;
    const steps = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
    const step = steps[/** @type {keyof typeof steps} */ (event.key)];
    if (event.key === 'Enter' && at !== undefined) choose();
    else if (event.key === 'Escape') hide();
    else if (event.key === 'Home' || event.key === 'End') {
      const panels = ask()?.panels ?? [];
      const panel = event.key === 'Home' ? 0 : panels.length - 1;
      show(panel, event.key === 'Home' ? 0 : (panels[panel]?.places.length ?? 1) - 1);
      event.preventDefault();
    } else if (step !== undefined) {
      const panels = ask()?.panels ?? [];
      const [panel, place] =
        at === undefined ? [0, step > 0 ? 0 : -1] : [at.panel, at.place + step];
      const count = panels[panel]?.places.length ?? 0;
      if (place < 0 && panel > 0) show(panel - 1, (panels[panel - 1]?.places.length ?? 1) - 1);
      else if (place >= count && panel + 1 < panels.length) show(panel + 1, 0);
      else show(panel, Math.max(0, Math.min(count - 1, place)));
      event.preventDefault();
    }
  });

  // Zooming and the like are plotly's, which is loaded when somebody wants it.
  const zoom = element('button', { type: 'button', class: 'figure-zoom' }, ['Zoom']);
  zoom.addEventListener('click', () => {
    hide();
    zoom.remove();
    area.dispatchEvent(new Event('daybook-draw', { bubbles: true }));
  });
  if (
    host.querySelector('script.chart-figure') !== null &&
    (document.querySelector('script[data-plotly]') !== null || 'Plotly' in window)
  ) {
    host.querySelector('.figure-foot')?.append(zoom);
  }

  return {
    /** Answers for another figure. @param {() => Figure | undefined} next */
    follow: (next) => {
      figureOf = next;
      drawn = undefined;
      hide();
    },
  };
}
