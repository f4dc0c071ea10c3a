// The kinds of charts over two axes, by plotly's types of traces.

import { bars } from '../cartesian/bars.js';
import { boxes } from '../cartesian/boxes.js';
import { candlesticks } from '../cartesian/candlesticks.js';
import { funnels } from '../cartesian/funnel.js';
import { heatmaps, histograms2d } from '../cartesian/heatmap.js';
import { histograms } from '../cartesian/histogram.js';
import type { PlotKind } from '../axes/layer.js';
import { lines } from '../cartesian/lines/lines.js';
import { violins } from '../cartesian/violins.js';
import { waterfalls } from '../cartesian/waterfall.js';

/** The kinds by trace type. */
export const plotKinds: ReadonlyMap<string, PlotKind> = new Map([
  ['bar', bars],
  ['box', boxes],
  ['candlestick', candlesticks],
  ['funnel', funnels],
  ['heatmap', heatmaps],
  ['histogram', histograms],
  ['histogram2d', histograms2d],
  ['ohlc', candlesticks],
  ['scatter', lines],
  ['scattergl', lines],
  ['violin', violins],
  ['waterfall', waterfalls],
]);
