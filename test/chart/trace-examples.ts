import type { JsonObject } from '../../src/nbformat/notebook.js';

/** A small figure of a kind of trace, and what its table holds. */
interface TraceExample {
  readonly trace: JsonObject;
  readonly columns: readonly string[];
  /** Its rows; of those with more than three, their first. */
  readonly rows: readonly (readonly unknown[])[];
  /** Traces that it stands on. */
  readonly on?: readonly JsonObject[];
}

const xyz = { x: [0, 1, 0, 1], y: [0, 0, 1, 1], z: [0, 1, 2, 3] };
const carpet = {
  type: 'carpet',
  carpet: 'c',
  a: [1, 2],
  b: [3, 4],
  y: [
    [1, 2],
    [2, 4],
  ],
};
const corner = [0, 0, 0];
const prices = { x: ['2024-01-01'], open: [1], high: [4], low: [0], close: [3] };
const pricesTable = {
  columns: ['x', 'open', 'high', 'low', 'close'],
  rows: [['2024-01-01', 1, 4, 0, 3]],
};
const pointsOf = (names: readonly string[], values: readonly number[]) => ({
  trace: Object.fromEntries(names.map((name, at) => [name, [values[at] ?? 0, 9]])),
  columns: names,
  rows: [[...values], names.map(() => 9)],
});
const parts = {
  trace: { labels: ['all', 'a'], parents: ['', 'all'], values: [3, 3] },
  columns: ['Label', 'Parent', 'Value'],
  rows: [
    ['all', '', 3],
    ['a', 'all', 3],
  ],
};
const slices = {
  trace: { labels: ['a', 'b'], values: [1, 2] },
  columns: ['Label', 'Value'],
  rows: [
    ['a', 1],
    ['b', 2],
  ],
};
const cells = {
  trace: {
    x: ['p', 'q'],
    y: ['r', 's'],
    z: [
      [1, 2],
      [3, null],
    ],
  },
  columns: ['', 'p', 'q'],
  rows: [
    ['r', 1, 2],
    ['s', 3, null],
  ],
};
const dimensions = {
  trace: {
    dimensions: [
      { label: 'length', values: [1, 2] },
      { label: 'mass', values: [3, 4] },
    ],
  },
  columns: ['length', 'mass'],
  rows: [
    [1, 3],
    [2, 4],
  ],
};
const xy = pointsOf(['x', 'y'], [1, 2]);
const arrows = ['x', 'y', 'z', 'u', 'v', 'w'];

/** One for every kind of trace that plotly draws, and for those that it drew once. */
export const traceExamples: Readonly<Record<string, TraceExample>> = {
  area: pointsOf(['r', 't'], [1, 2]),
  bar: xy,
  barpolar: pointsOf(['r', 'theta'], [1, 2]),
  box: { trace: { y: [1, 2, 3] }, columns: ['y'], rows: [[1], [2], [3]] },
  candlestick: { trace: prices, ...pricesTable },
  carpet: {
    trace: carpet,
    columns: ['y', 'a', 'b'],
    rows: [
      [1, 1, 3],
      [2, 2, 3],
      [2, 1, 4],
      [4, 2, 4],
    ],
  },
  choropleth: {
    trace: { locations: ['CAN', 'USA'], z: [1, 2] },
    columns: ['Location', 'Value'],
    rows: [
      ['CAN', 1],
      ['USA', 2],
    ],
  },
  choroplethmap: {
    trace: { locations: ['CAN'], z: [1], geojson: { type: 'FeatureCollection', features: [] } },
    columns: ['z', 'locations'],
    rows: [[1, 'CAN']],
  },
  choroplethmapbox: {
    trace: { locations: ['CAN'], z: [1] },
    columns: ['z', 'locations'],
    rows: [[1, 'CAN']],
  },
  cone: pointsOf(arrows, [1, 2, 3, 4, 5, 6]),
  contour: cells,
  contourcarpet: {
    trace: {
      carpet: 'c',
      a: [1, 2],
      b: [3, 4],
      z: [
        [1, 2],
        [3, 4],
      ],
    },
    columns: ['z', 'a', 'b'],
    rows: [
      [1, 1, 3],
      [2, 2, 3],
      [3, 1, 4],
      [4, 2, 4],
    ],
    on: [carpet],
  },
  contourgl: cells,
  densitymap: pointsOf(['z', 'lat', 'lon'], [1, 2, 3]),
  densitymapbox: pointsOf(['z', 'lat', 'lon'], [1, 2, 3]),
  funnel: {
    trace: { y: ['seen', 'bought'], x: [9, 4] },
    columns: ['y', 'x'],
    rows: [
      ['seen', 9],
      ['bought', 4],
    ],
  },
  funnelarea: slices,
  heatmap: cells,
  heatmapgl: cells,
  histogram: { trace: { x: [1, 1, 2] }, columns: ['x'], rows: [[1], [1], [2]] },
  histogram2d: xy,
  histogram2dcontour: xy,
  icicle: parts,
  image: {
    trace: {
      z: [
        [
          [1, 2, 3],
          [4, 5, 6],
        ],
      ],
    },
    columns: ['x', 'y', 'Colour 1', 'Colour 2', 'Colour 3'],
    rows: [
      [0, 0, 1, 2, 3],
      [1, 0, 4, 5, 6],
    ],
  },
  indicator: {
    trace: { mode: 'number+delta', value: 42, delta: { reference: 40 }, title: { text: 'Answer' } },
    columns: ['Measure', 'Value', 'Reference'],
    rows: [['Answer', 42, 40]],
  },
  isosurface: pointsOf(['x', 'y', 'z', 'value'], [1, 2, 3, 4]),
  mesh3d: {
    trace: { ...xyz, i: [0], j: [1], k: [2] },
    columns: ['x', 'y', 'z', 'i', 'j', 'k'],
    rows: [
      [0, 0, 0, null, null, null],
      [1, 0, 1, null, null, null],
      [0, 1, 2, null, null, null],
      [1, 1, 3, null, null, null],
      [null, null, null, 0, 1, 2],
    ],
  },
  ohlc: { trace: prices, ...pricesTable },
  parcats: dimensions,
  parcoords: dimensions,
  pie: slices,
  pointcloud: xy,
  quiver: pointsOf(['x', 'y', 'u', 'v'], [1, 2, 3, 4]),
  sankey: {
    trace: { node: { label: ['a', 'b'] }, link: { source: [0], target: [1], value: [3] } },
    columns: ['From', 'To', 'Value'],
    rows: [['a', 'b', 3]],
  },
  scatter: xy,
  scatter3d: pointsOf(['x', 'y', 'z'], [1, 2, 3]),
  scattercarpet: {
    trace: { carpet: 'c', a: [1, 2], b: [3, 4] },
    columns: ['a', 'b'],
    rows: [
      [1, 3],
      [2, 4],
    ],
    on: [carpet],
  },
  scattergeo: pointsOf(['lat', 'lon'], [45, -75]),
  scattergl: xy,
  scattermap: pointsOf(['lat', 'lon'], [45, -75]),
  scattermapbox: pointsOf(['lat', 'lon'], [45, -75]),
  scatterpolar: pointsOf(['r', 'theta'], [1, 2]),
  scatterpolargl: pointsOf(['r', 'theta'], [1, 2]),
  scattersmith: pointsOf(['real', 'imag'], [1, 2]),
  scatterternary: pointsOf(['a', 'b', 'c'], [1, 2, 3]),
  splom: dimensions,
  streamtube: {
    trace: {
      ...Object.fromEntries(arrows.map((name, at) => [name, [at, 1]])),
      starts: { x: [0], y: [0], z: [0] },
    },
    columns: [...arrows, 'start x', 'start y', 'start z'],
    rows: [
      [0, 1, 2, 3, 4, 5, null, null, null],
      [1, 1, 1, 1, 1, 1, null, null, null],
      [null, null, null, null, null, null, ...corner],
    ],
  },
  sunburst: parts,
  surface: {
    trace: {
      z: [
        [1, 2],
        [3, 4],
      ],
    },
    columns: ['', '0', '1'],
    rows: [
      [0, 1, 2],
      [1, 3, 4],
    ],
  },
  table: {
    trace: {
      header: { values: ['K', 'V'] },
      cells: {
        values: [
          ['a', 'b'],
          [1, 2],
        ],
      },
    },
    columns: ['K', 'V'],
    rows: [
      ['a', 1],
      ['b', 2],
    ],
  },
  treemap: parts,
  violin: { trace: { y: [1, 2, 3] }, columns: ['y'], rows: [[1], [2], [3]] },
  volume: pointsOf(['x', 'y', 'z', 'value'], [1, 2, 3, 4]),
  waterfall: {
    trace: { x: ['a', 'b'], y: [1, 1], measure: ['relative', 'total'] },
    columns: ['x', 'y', 'measure'],
    rows: [
      ['a', 1, 'relative'],
      ['b', 1, 'total'],
    ],
  },
};
