// Draws the charts of a page with plotly, each when it comes into view, in the place of its picture.

/**
 * @typedef {{ data: object[], layout: Record<string, any> }} Figure
 * @typedef {{
 *   newPlot(element: HTMLElement, data: object[], layout: object, config: object): Promise<unknown>,
 *   relayout(element: HTMLElement, layout: object): Promise<unknown>,
 *   react(element: HTMLElement, data: object[], layout: object, config: object): Promise<unknown>,
 * }} Plotly
 */

const config = { displayModeBar: false, responsive: true, scrollZoom: false, showTips: false };

/** @type {Promise<Plotly> | undefined} */
let loading;

/**
 * Loads plotly once, with the outlines of the page's maps; where they stand in the page itself, they
 * are there already.
 *
 * @returns {Promise<Plotly>}
 */
function loadPlotly() {
  loading ??= (async () => {
    const global = /** @type {{ Plotly?: Plotly }} */ (/** @type {unknown} */ (window));
    const maps = [...document.querySelectorAll('template[data-map]')];
    const addresses = [
      ...maps.map((map) => map.getAttribute('data-map') ?? ''),
      ...(global.Plotly === undefined
        ? [document.querySelector('script[data-plotly]')?.getAttribute('data-plotly') ?? '']
        : []),
    ];
    await Promise.all(addresses.map(loadScript));
    if (global.Plotly === undefined) throw new Error('plotly did not load');
    return global.Plotly;
  })();
  return loading;
}

/** Resolves when a script has run, or could not be had. @param {string} address */
function loadScript(address) {
  return new Promise((resolve) => {
    const script = document.createElement('script');
    script.src = address;
    script.addEventListener('load', resolve);
    script.addEventListener('error', resolve);
    document.head.append(script);
  });
}

/** Reads colours of the stylesheet as they are in the current theme. */
function readTokens() {
  const probe = document.createElement('span');
  probe.hidden = true;
  document.body.append(probe);
  /** @param {string} name */
  const color = (name) => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  const tokens = {
    paper: color('paper'),
    ink: color('ink'),
    soft: color('ink-soft'),
    rule: color('rule'),
    strong: color('rule-strong'),
    series: [1, 2, 3, 4, 5, 6, 7, 8].map((number) => color(`series-${number}`)),
    sequential: [color('sequential-low'), color('sequential-high')],
    diverging: [color('diverging-low'), color('diverging-middle'), color('diverging-high')],
    font: getComputedStyle(document.body).fontFamily,
  };
  probe.remove();
  return tokens;
}

/** A scale of colours in plotly's notation. @param {string[]} colors */
function colorScale(colors) {
  return colors.map((color, index) => [index / (colors.length - 1), color]);
}

/** The look of all charts, made of the page's tokens. */
function template() {
  const { paper, ink, soft, rule, strong, series, sequential, diverging, font } = readTokens();
  const axis = {
    automargin: true,
    color: soft,
    gridcolor: rule,
    linecolor: strong,
    tickcolor: strong,
    zerolinecolor: strong,
    zerolinewidth: 1,
    title: { font: { size: 12, color: soft }, standoff: 8 },
    tickfont: { size: 12, color: soft },
  };
  const scale = colorScale(sequential);
  const bar = { outlinewidth: 0, thickness: 12, title: { font: { size: 12, color: soft } } };
  return {
    layout: {
      colorway: series,
      colorscale: { sequential: scale, sequentialminus: scale, diverging: colorScale(diverging) },
      font: { family: font, size: 12, color: ink },
      paper_bgcolor: 'rgba(0,0,0,0)',
      plot_bgcolor: 'rgba(0,0,0,0)',
      hoverlabel: {
        bgcolor: paper,
        bordercolor: strong,
        font: { family: font, size: 12, color: ink },
        align: 'left',
      },
      hovermode: 'closest',
      bargap: 0.24,
      margin: { l: 8, r: 12, t: 8, b: 8, pad: 4 },
      xaxis: { ...axis, showgrid: false },
      yaxis: { ...axis },
      annotationdefaults: { font: { size: 12, color: soft }, arrowcolor: soft },
      shapedefaults: { line: { color: strong, width: 1 } },
      coloraxis: { colorbar: { outlinewidth: 0, ticklen: 4, thickness: 12 } },
      geo: {
        bgcolor: 'rgba(0,0,0,0)',
        coastlinecolor: strong,
        countrycolor: strong,
        lakecolor: paper,
        landcolor: rule,
        showframe: false,
        subunitcolor: strong,
      },
      polar: { bgcolor: 'rgba(0,0,0,0)', angularaxis: axis, radialaxis: axis },
    },
    data: {
      bar: [
        {
          marker: { line: { width: 0 }, pattern: { fillmode: 'replace', size: 6, solidity: 0.3 } },
        },
      ],
      scatter: [{ line: { width: 2 }, marker: { size: 6 } }],
      pie: [
        {
          marker: { line: { color: paper, width: 2 } },
          sort: false,
          direction: 'clockwise',
          textposition: 'inside',
          insidetextorientation: 'horizontal',
        },
      ],
      heatmap: [{ colorscale: scale, colorbar: bar, xgap: 1, ygap: 1 }],
      choropleth: [{ colorscale: scale, colorbar: bar }],
      sankey: [{ link: { color: rule }, node: { line: { width: 0 } } }],
    },
  };
}

/**
 * The figure's layout on this page: in the page's look, with room above the plot for the legend.
 *
 * @param {Figure} figure
 * @param {number} height
 * @param {number} width
 */
function layoutOf(figure, height, width) {
  const layout = structuredClone(figure.layout);
  const shown = figure.data.filter((trace) => !('visible' in trace) || trace.visible !== false);
  // Where there is little room for many places, plotly chooses which get a label.
  const isDense = figure.data.some(
    (trace) => 'x' in trace && !(Array.isArray(trace.x) && trace.x.length <= 6),
  );
  if (width < 520 && isDense) {
    // Months; whole numbers stay whole.
    if (typeof layout['xaxis']?.dtick === 'string') delete layout['xaxis'].dtick;
  }
  const hasLegend =
    layout['showlegend'] ??
    (shown.length > 1 || shown.some((trace) => 'type' in trace && trace.type === 'pie'));
  // Their names and numbers stand around the plot, where plotly makes no room of itself.
  const isFramed = shown.some(
    (trace) => 'type' in trace && ['parcoords', 'parcats'].includes(String(trace.type)),
  );
  return {
    ...layout,
    template: template(),
    height,
    showlegend: hasLegend,
    legend: {
      orientation: 'h',
      x: 0,
      xref: 'container',
      y: 1,
      yref: 'container',
      yanchor: 'top',
      ...layout['legend'],
    },
    margin: {
      ...(isFramed ? { l: 56, r: 56, b: 20 } : {}),
      ...layout['margin'],
      t: Math.max(isFramed ? 48 : hasLegend ? 36 : 8, Number(layout['margin']?.t ?? 0)),
    },
  };
}

/** The most characters of a line above a bar of colours on a narrow page. */
const mostInLine = 12;

/**
 * The titles of bars of colours in short lines: plotly takes the room of the longest one from the plot.
 *
 * @param {Figure} figure
 * @param {number} width
 * @returns {Figure}
 */
function withShortLines(figure, width) {
  if (width >= 520) return figure;
  const { data, layout } = structuredClone(figure);
  const holders = [...data, ...Object.values(layout)].flatMap((holder) => {
    const { colorbar, marker } = /** @type {any} */ (holder ?? {});
    return [colorbar?.title, marker?.colorbar?.title];
  });
  for (const title of holders) {
    if (typeof title?.text !== 'string' || title.text.includes('<')) continue;
    const lines = [''];
    for (const word of title.text.split(' ')) {
      const joined = `${lines.at(-1)} ${word}`.trim();
      if (joined.length <= mostInLine) lines[lines.length - 1] = joined;
      else lines.push(word);
    }
    title.text = lines.filter(Boolean).join('<br>');
  }
  return { data, layout };
}

/** Series of several panels have one colour. @param {Figure} figure @returns {Figure} */
function colored(figure) {
  const { series } = readTokens();
  const data = figure.data.map((trace) => {
    const at = /** @type {any} */ (trace).meta?.daybook?.series;
    const color = typeof at === 'number' ? series[at % series.length] : undefined;
    return color === undefined ? trace : { line: { color }, marker: { color }, ...trace };
  });
  return { ...figure, data };
}

/** @param {HTMLElement} area */
async function draw(area) {
  const source = area.parentElement?.querySelector('script.chart-figure');
  if (source == null) return;
  /** The figure that is to be shown, which filters change. @returns {Figure} */
  const current = () => withShortLines(JSON.parse(source.textContent), area.clientWidth);
  const plotly = await loadPlotly();
  // As tall as the picture that it replaces, so that nothing below moves.
  const picture = area.querySelector('.chart-picture');
  const height =
    picture === null ? Number(area.dataset['height']) : area.getBoundingClientRect().height;
  const plot = document.createElement('div');
  plot.className = 'chart-plot';
  plot.style.height = `${height}px`;
  area.append(plot);
  const layout = (/** @type {Figure} */ figure) => layoutOf(figure, height, area.clientWidth);
  const first = colored(current());
  await plotly.newPlot(plot, first.data, layout(first), config);
  area.classList.add('drawn');
  const drawAnew = () => {
    const figure = colored(current());
    void plotly.react(plot, figure.data, layout(figure), config);
  };
  document.addEventListener('daybook-theme', drawAnew);
  area.addEventListener('daybook-figure', drawAnew);
}

/** Shows the table of a chart that has no picture and cannot be drawn. @param {HTMLElement} area */
function showTable(area) {
  if (area.querySelector('.chart-picture') !== null) return;
  area.querySelector('.chart-room')?.remove();
  const table = area.parentElement?.querySelector('details.figure-data');
  if (table instanceof HTMLDetailsElement) table.open = true;
}

const observer = new IntersectionObserver(
  (entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting || !(target instanceof HTMLElement)) continue;
      observer.unobserve(target);
      draw(target).catch((error) => {
        // The picture, or the table, stays; the reason is for whoever looks for it.
        console.error(error);
        target.querySelector('.chart-plot')?.remove();
        showTable(target);
      });
    }
  },
  { rootMargin: '400px 0px' },
);

// Tables that stand in for charts without script are hidden by the stylesheet until here, so nothing moves.
for (const table of document.querySelectorAll('details.stand-in')) {
  if (table instanceof HTMLDetailsElement) table.open = false;
  table.classList.remove('stand-in');
}
// Charts of rows are drawn by the script that filters them, until somebody wants to zoom.
for (const area of document.querySelectorAll('.chart-area:not([data-of-rows])')) {
  observer.observe(area);
}
addEventListener('daybook-draw', ({ target }) => {
  if (target instanceof HTMLElement) observer.observe(target);
});
