import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import { Widget } from '@lumino/widgets';
import { loadPlotly, type Figure, type Plotly } from './plotly.js';

const mimeType = 'application/vnd.plotly.v1+json';

/** What Daybook's `plot` says about its chart beside its titles, in `layout.meta.daybook`. */
interface Description {
  alt?: string;
  source?: string;
}

/** A chart that fits its cell, in the colours of the theme, with its source below. */
class PlotlyWidget extends Widget implements IRenderMime.IRenderer {
  readonly #chart = document.createElement('div');
  readonly #caption = document.createElement('figcaption');
  readonly #observers: { disconnect(): void }[] = [];
  #plotly: Plotly | undefined;

  constructor() {
    super({ node: document.createElement('figure') });
    this.addClass('daybook-chart');
    this.node.append(this.#chart, this.#caption);
  }

  async renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    // tslab sends text where other kernels send an object.
    const value = model.data[mimeType];
    const figure = (typeof value === 'string' ? JSON.parse(value) : value) as Figure;
    const plotly = await loadPlotly();
    if (this.isDisposed) return;
    this.#describe(figure);
    await plotly.react(
      this.#chart,
      // plotly writes into what it is given, and the model belongs to the notebook.
      structuredClone(figure.data),
      { ...structuredClone(figure.layout ?? {}), ...themeLayout(figure) },
      { displaylogo: false, ...figure.config },
    );
    if (this.#plotly === undefined) this.#follow(plotly, figure);
  }

  override dispose(): void {
    for (const observer of this.#observers) observer.disconnect();
    this.#plotly?.purge(this.#chart);
    super.dispose();
  }

  #describe(figure: Figure): void {
    const meta = figure.layout?.['meta'] as { daybook?: Description } | undefined;
    const { alt, source } = meta?.daybook ?? {};
    const title = figure.layout?.['title'] as { text?: string } | string | undefined;
    const name = alt ?? (typeof title === 'string' ? title : title?.text) ?? 'Chart';
    this.node.setAttribute('aria-label', name);
    this.#caption.textContent = source === undefined ? '' : `Source: ${source}`;
  }

  /** Keeps the chart as wide as its cell, and in the theme's colours. */
  #follow(plotly: Plotly, figure: Figure): void {
    this.#plotly = plotly;
    const resized = new ResizeObserver(() => {
      if (this.#chart.clientWidth > 0) void plotly.Plots.resize(this.#chart);
    });
    resized.observe(this.node);
    const themed = new MutationObserver(() => {
      void plotly.relayout(this.#chart, themeLayout(figure));
    });
    themed.observe(document.body, { attributeFilter: ['data-jp-theme-name'] });
    this.#observers.push(resized, themed);
  }
}

/** What of a layout is the page's affair, unless the figure says otherwise: its ground and its ink. */
function themeLayout(figure: Figure): Record<string, unknown> {
  const style = getComputedStyle(document.body);
  const ink = style.getPropertyValue('--jp-ui-font-color1').trim();
  const line = style.getPropertyValue('--jp-border-color2').trim();
  const axis = { gridcolor: line, linecolor: line, zerolinecolor: line };
  const theme = {
    paper_bgcolor: 'rgba(0, 0, 0, 0)',
    plot_bgcolor: 'rgba(0, 0, 0, 0)',
    autosize: true,
    font: {
      family: style.getPropertyValue('--jp-ui-font-family').trim(),
      color: ink,
      ...(figure.layout?.['font'] as object | undefined),
    },
    template: { layout: { xaxis: axis, yaxis: axis } },
  };
  return Object.fromEntries(
    Object.entries(theme).filter(([key]) => key === 'font' || !(key in (figure.layout ?? {}))),
  );
}

/** Draws plotly's figures. Safe for outputs from elsewhere too: a figure is data, not script. */
export const plotlyRenderer: IRenderMime.IExtension = {
  id: '@daybook/jupyterlab:plotly',
  rendererFactory: {
    safe: true,
    mimeTypes: [mimeType],
    defaultRank: 10,
    createRenderer: () => new PlotlyWidget(),
  },
  dataType: 'json',
};
