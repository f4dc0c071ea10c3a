import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import { Widget } from '@lumino/widgets';
import { loadPlotly, mapsAddress, type Figure, type Plotly } from './plotly.js';

const mimeType = 'application/vnd.plotly.v1+json';

/** What Daybook's `plot` says about its chart, in `layout.meta.daybook`. */
interface Description {
  title?: string;
  caption?: string;
  alt?: string;
  source?: string;
}

/** A chart that fits its cell, in the colours of the theme, between its words. */
class PlotlyWidget extends Widget implements IRenderMime.IRenderer {
  readonly #heading = document.createElement('div');
  readonly #chart = document.createElement('div');
  readonly #caption = document.createElement('figcaption');
  readonly #observers: { disconnect(): void }[] = [];
  #plotly: Plotly | undefined;
  #figure: Figure = { data: [] };

  constructor() {
    super({ node: document.createElement('figure') });
    this.addClass('daybook-chart');
    this.#heading.className = 'heading';
    this.#chart.setAttribute('role', 'img');
    this.node.append(this.#heading, this.#chart, this.#caption);
  }

  async renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    // tslab sends text where other kernels send an object.
    const value = model.data[mimeType];
    this.#figure = (typeof value === 'string' ? JSON.parse(value) : value) as Figure;
    const plotly = await loadPlotly();
    if (this.isDisposed) return;
    this.#describe();
    await this.#draw(plotly);
    if (this.#plotly === undefined) this.#follow(plotly);
  }

  override dispose(): void {
    for (const observer of this.#observers) observer.disconnect();
    this.#plotly?.purge(this.#chart);
    super.dispose();
  }

  #draw(plotly: Plotly): Promise<unknown> {
    // plotly writes into what it is given, and the model belongs to the notebook.
    const { data, layout = {}, config } = structuredClone(this.#figure);
    // plotly breaks no lines, and lays a subtitle on its title when the theme changes.
    const own = this.#description === undefined ? layout : { ...compact, ...layout, title: '' };
    return plotly.react(
      this.#chart,
      data,
      { ...own, ...themeLayout(this.#figure) },
      // Outlines of maps are ours, too: the policy lets nothing come from elsewhere.
      { displaylogo: false, ...config, topojsonURL: mapsAddress() },
    );
  }

  get #description(): Description | undefined {
    const meta = this.#figure.layout?.['meta'] as { daybook?: Description } | undefined;
    return meta?.daybook;
  }

  #describe(): void {
    const words = this.#description;
    const line = (name: string, text: string | undefined): HTMLElement[] => {
      if (text === undefined) return [];
      const element = document.createElement('p');
      element.className = name;
      element.textContent = text;
      return [element];
    };
    this.#heading.replaceChildren(
      ...line('title', words?.title),
      ...line('caption', words?.caption),
    );
    const source = words?.source;
    this.#caption.textContent = source === undefined ? '' : `Source: ${source}`;
    const title = this.#figure.layout?.['title'] as { text?: string } | string | undefined;
    const name = words?.alt ?? (typeof title === 'string' ? title : title?.text) ?? 'Chart';
    this.#chart.setAttribute('aria-label', name);
  }

  /** Keeps the chart as wide as its cell, and in the theme's colours. */
  #follow(plotly: Plotly): void {
    this.#plotly = plotly;
    const resized = new ResizeObserver(() => {
      if (this.#chart.clientWidth > 0) void plotly.Plots.resize(this.#chart);
    });
    resized.observe(this.node);
    const themed = new MutationObserver(() => {
      void this.#draw(plotly);
    });
    themed.observe(document.body, { attributeFilter: ['data-jp-theme-name'] });
    this.#observers.push(resized, themed);
  }
}

/** A chart under words of its own needs less room around it than plotly leaves for a title. */
const compact = { height: 380, margin: { t: 24, r: 24, b: 56, l: 72 } };

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
