// Saves a chart as it is drawn now as PNG, with its title, what is filtered and its source; as SVG where no server has it.

/** As many pixels for each of the page's. */
const density = 2;
const [margin, lineHeight] = [16, 20];

/** Attributes of SVG that the stylesheet sets. */
const looks = [
  ...['fill', 'fill-opacity', 'stroke', 'stroke-width', 'stroke-opacity', 'stroke-dasharray'],
  ...['stroke-linecap', 'stroke-linejoin', 'opacity', 'color', 'text-anchor'],
  ...['font-family', 'font-size', 'font-weight', 'paint-order', 'display'],
];

/**
 * A picture of the server's or the filters' drawing that needs no stylesheet.
 *
 * @param {SVGSVGElement} picture
 */
function wholePicture(picture) {
  const { width, height } = picture.viewBox.baseVal;
  const copy = /** @type {SVGSVGElement} */ (picture.cloneNode(true));
  const copies = copy.querySelectorAll('*');
  for (const [index, element] of picture.querySelectorAll('*').entries()) {
    const style = getComputedStyle(element);
    for (const look of looks) copies[index]?.setAttribute(look, style.getPropertyValue(look));
    copies[index]?.removeAttribute('class');
  }
  for (const name of ['class', 'aria-hidden', 'focusable']) copy.removeAttribute(name);
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  copy.setAttribute('width', String(width));
  copy.setAttribute('height', String(height));
  return { width, height, text: new XMLSerializer().serializeToString(copy) };
}

/**
 * What a chart shows now: plotly's drawing where there is one.
 *
 * @param {Element} chart
 * @returns {Promise<{ width: number, height: number, text: string } | undefined>}
 */
async function drawingOf(chart) {
  const plot = chart.querySelector('.drawn > .chart-plot');
  const { Plotly } =
    /** @type {{ Plotly?: { toImage(plot: Element, options: object): Promise<string> } }} */ (
      /** @type {unknown} */ (window)
    );
  if (plot !== null && Plotly !== undefined) {
    const { width, height } = plot.getBoundingClientRect();
    const address = await Plotly.toImage(plot, { format: 'svg', width, height });
    return { width, height, text: decodeURIComponent(address.slice(address.indexOf(',') + 1)) };
  }
  const picture = chart.querySelector('.chart-picture > .picture');
  return picture instanceof SVGSVGElement ? wholePicture(picture) : undefined;
}

/** The words around a chart, above and below it. @param {Element} chart */
function wordsOf(chart) {
  /** @param {string} selector */
  const text = (selector) => chart.querySelector(selector)?.textContent.trim() ?? '';
  const source = [
    // The end of its sentence; other parts follow.
    text('.figure-source').replace(/\.$/, ''),
    document.documentElement.dataset['source'] ?? '',
    location.protocol === 'file:' ? '' : location.host + location.pathname + location.search,
  ];
  return {
    title: text('.figure-title'),
    above: [text('.figure-filter'), text('.axis-name')].filter(Boolean),
    source: source.filter(Boolean).join(' · '),
  };
}

/** An image of SVG, from an address that the page's policy allows. @param {string} text */
async function imageOf(text) {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  await image.decode();
  return image;
}

/**
 * Text in lines of a width.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {string} text
 * @param {number} width
 */
function linesOf(context, text, width) {
  /** @type {string[]} */
  const lines = [];
  for (const word of text.split(/\s+/).filter(Boolean)) {
    const joined = `${lines.at(-1) ?? ''} ${word}`;
    if (lines.length > 0 && context.measureText(joined).width <= width) {
      lines[lines.length - 1] = joined;
    } else lines.push(word);
  }
  return lines;
}

/** @param {Element} chart @returns {Promise<Blob | null>} */
async function pngOf(chart) {
  const drawing = await drawingOf(chart);
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d');
  if (drawing === undefined || context === null) return null;
  const image = await imageOf(drawing.text);
  const { title, above, source } = wordsOf(chart);
  const style = getComputedStyle(chart);
  const family = style.fontFamily;
  const soft = getComputedStyle(chart.querySelector('.figure-foot') ?? chart).color;
  const parts = [
    { text: title, font: `600 16px ${family}`, color: style.color },
    ...above.map((text) => ({ text, font: `13px ${family}`, color: soft })),
  ];
  const end = { text: source, font: `12px ${family}`, color: soft };
  const lines = (/** @type {typeof end} */ part) => {
    context.font = part.font;
    return linesOf(context, part.text, drawing.width).map((text) => ({ ...part, text }));
  };
  const [head, foot] = [parts.flatMap(lines), lines(end)];
  const top = margin + head.length * lineHeight + (head.length > 0 ? 8 : 0);
  canvas.width = Math.round((drawing.width + 2 * margin) * density);
  canvas.height = Math.round(
    (top + drawing.height + 8 + foot.length * lineHeight + margin) * density,
  );
  context.scale(density, density);
  context.fillStyle = getComputedStyle(document.documentElement).backgroundColor;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(image, margin, top, drawing.width, drawing.height);
  const write = (/** @type {typeof head} */ texts, /** @type {number} */ from) => {
    for (const [index, { text, font, color }] of texts.entries()) {
      Object.assign(context, { font, fillStyle: color });
      context.fillText(text, margin, from + index * lineHeight + 15);
    }
  };
  write(head, margin);
  write(foot, top + drawing.height + 8);
  return new Promise((resolve) => {
    canvas.toBlob(resolve, 'image/png');
  });
}

/** @param {Element} chart @returns {Promise<Blob | null>} */
async function svgOf(chart) {
  const drawing = await drawingOf(chart);
  return drawing === undefined ? null : new Blob([drawing.text], { type: 'image/svg+xml' });
}

const link = document.createElement('a');

/** @param {Blob} content @param {string} name */
function save(content, name) {
  // The one before is saved by now; this one may still be read.
  URL.revokeObjectURL(link.href);
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
}

const isServed = document.querySelector('script[data-events]') !== null;

for (const menu of document.querySelectorAll('figure.chart .figure-files')) {
  const chart = menu.closest('figure.chart');
  const room = menu.querySelector('li');
  if (chart === null || room === null) continue;
  const name = decodeURIComponent(chart.id.replace(/^figure-/, '')) || 'chart';
  const label = menu
    .querySelector('summary')
    ?.getAttribute('aria-label')
    ?.replace(/^Save /, '');
  /** @param {string} form @param {(chart: Element) => Promise<Blob | null>} make */
  const addButton = (form, make) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = form;
    button.setAttribute('aria-label', `${form} of ${label ?? name}`);
    button.addEventListener('click', async () => {
      const content = await make(chart);
      if (content !== null) save(content, `${name}.${form.toLowerCase()}`);
    });
    room.append(button, ' ');
  };
  if (chart.querySelector('.chart-picture') !== null && !isServed) {
    // The file of a copy knows no filters.
    menu.querySelector('a[download$=".svg"]')?.remove();
    addButton('SVG', svgOf);
  }
  addButton('PNG', pngOf);
}
