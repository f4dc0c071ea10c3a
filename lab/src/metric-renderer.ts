import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import { Widget } from '@lumino/widgets';

const mimeType = 'application/vnd.daybook.metric+json';

/** A metric as Daybook's `metric` sends it. */
interface Metric {
  label: string;
  value: string;
  unit?: string;
  change?: string;
  caption?: string;
  trend?: (number | null)[];
}

/** One number as a card: label, value, change, what it is of, and its way there as a small line. */
class MetricWidget extends Widget implements IRenderMime.IRenderer {
  constructor() {
    super();
    this.addClass('daybook-metric');
  }

  renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    const value = model.data[mimeType];
    const metric = (typeof value === 'string' ? JSON.parse(value) : value) as Metric;
    const line = (name: string, text: string | undefined): HTMLElement[] => {
      if (text === undefined) return [];
      const element = document.createElement('div');
      element.className = name;
      element.textContent = text;
      return [element];
    };
    const measure = metric.unit === undefined ? metric.value : `${metric.value} ${metric.unit}`;
    this.node.replaceChildren(
      ...line('label', metric.label),
      ...line('value', measure),
      ...line('change', metric.change),
      ...sparkline(metric.trend ?? []),
      ...line('caption', metric.caption),
    );
    return Promise.resolve();
  }
}

/** The trend as a line without axes; a missing value leaves a gap. */
function sparkline(trend: readonly (number | null)[]): Element[] {
  const values = trend.filter((value) => value !== null);
  if (values.length < 2) return [];
  const [width, height] = [120, 24];
  const low = Math.min(...values);
  const range = Math.max(...values) - low || 1;
  const path = trend
    .map((value, index) => {
      if (value === null) return '';
      const x = (index / (trend.length - 1)) * width;
      const y = height - ((value - low) / range) * height;
      const command = (trend[index - 1] ?? null) === null ? 'M' : 'L';
      return `${command}${x.toFixed(1)} ${y.toFixed(1)}`;
    })
    .join('');
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', `-2 -2 ${width + 4} ${height + 4}`);
  svg.setAttribute('aria-hidden', 'true');
  const line = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  line.setAttribute('d', path);
  svg.append(line);
  return [svg];
}

/** Shows metric cards. */
export const metricRenderer: IRenderMime.IExtension = {
  id: '@daybook/jupyterlab:metric',
  rendererFactory: {
    safe: true,
    mimeTypes: [mimeType],
    defaultRank: 10,
    createRenderer: () => new MetricWidget(),
  },
  dataType: 'json',
};
