import type { JsonObject } from '../../../src/nbformat/notebook.js';

/** A figure of each kind that the server draws. */
interface PictureExample {
  readonly data: readonly JsonObject[];
  readonly layout?: JsonObject;
}

/** A number of a sequence that looks like chance and is always the same. */
export function noise(index: number): number {
  const value = Math.sin(index * 12.9898) * 43758.5453;
  return value - Math.floor(value);
}

/** Numbers around a middle, like a bell. */
function bell(count: number, from: number): number[] {
  return Array.from({ length: count }, (_, index) => {
    const sum = [1, 2, 3, 4].reduce((total, part) => total + noise(from + index * 4 + part), 0);
    return Math.round(sum * 250) / 10;
  });
}

const days = Array.from({ length: 20 }, (_, index) =>
  new Date(Date.UTC(2024, 0, 1 + index)).toISOString().slice(0, 10),
);
const months = ['2024-01-01', '2024-02-01', '2024-03-01', '2024-04-01', '2024-05-01'];
const provinces = ['ON', 'QC', 'BC', 'AB'];
const closes = days.map((_, index) => 50 + Math.round(noise(index) * 200) / 10 + index);
const opens = closes.map((close, index) => close + Math.round((noise(index + 99) - 0.5) * 80) / 10);
const prices = {
  x: days,
  open: opens,
  close: closes,
  high: closes.map((close, index) => Math.max(close, opens[index] ?? 0) + 2),
  low: closes.map((close, index) => Math.min(close, opens[index] ?? 0) - 3),
};

/** A square degree. */
function square(west: number, south: number): JsonObject {
  const [east, north] = [west + 1, south + 1];
  const ring = [
    [west, south],
    [west, north],
    [east, north],
    [east, south],
    [west, south],
  ];
  return { type: 'Polygon', coordinates: [ring] };
}

/** One for each kind, with what is special of it. */
export const pictureExamples: Readonly<Record<string, PictureExample>> = {
  'bar-logarithmic': {
    data: [{ type: 'bar', x: provinces, y: [12_000, 3400, 150, 8] }],
    layout: { yaxis: { type: 'log' } },
  },
  'second-axis': {
    data: [
      { type: 'bar', name: 'Customers', x: months, y: [20, 31, 44, 52, 61] },
      { name: 'Churn', x: months, y: [0.12, 0.1, 0.08, 0.09, 0.05], yaxis: 'y2' },
    ],
    layout: {
      yaxis: { title: { text: 'Customers' } },
      yaxis2: { title: { text: 'Churn' }, overlaying: 'y', side: 'right', tickformat: '.0%' },
    },
  },
  'small-multiples': {
    data: provinces.map((name, index) => ({
      name,
      x: months,
      y: months.map((_, at) => Math.round(noise(index * 9 + at) * 90)),
      xaxis: index === 0 ? 'x' : `x${index + 1}`,
      yaxis: index === 0 ? 'y' : `y${index + 1}`,
    })),
    layout: { grid: { rows: 2, columns: 2, pattern: 'independent' } },
  },
  area: {
    data: ['Basic', 'Plus', 'Max'].map((name, index) => ({
      name,
      stackgroup: 'one',
      x: months,
      y: months.map((_, at) => Math.round(noise(index * 7 + at) * 40) + 10),
    })),
  },
  'area-between': {
    data: [
      { name: 'Low', mode: 'lines', x: months, y: [1, 2, 2, 3, 2] },
      { name: 'High', mode: 'lines', fill: 'tonexty', x: months, y: [4, 5, 7, 6, 8] },
    ],
  },
  step: {
    data: ['hv', 'vh', 'hvh', 'vhv', 'spline'].map((shape, index) => ({
      name: shape,
      mode: 'lines',
      line: { shape },
      x: [1, 2, 3, 4],
      y: [1, 3, 2, 4].map((value) => value + index * 5),
    })),
  },
  bubble: {
    data: [
      {
        mode: 'markers',
        x: [1, 2, 3, 4, 5],
        y: [10, 14, 9, 16, 12],
        marker: {
          size: [400, 900, 100, 1600, 250],
          sizemode: 'area',
          sizeref: 1,
          color: [1, 5, 3, 9, 7],
          colorbar: { title: { text: 'Age' } },
        },
      },
    ],
  },
  histogram: {
    data: [
      { type: 'histogram', name: 'Before', x: bell(200, 1) },
      { type: 'histogram', name: 'After', x: bell(150, 500) },
    ],
    layout: { xaxis: { title: { text: 'Days' } } },
  },
  'histogram-of-dates': {
    data: [
      { type: 'histogram', x: Array.from({ length: 80 }, (_, at) => days[(at * at) % 20] ?? '') },
    ],
  },
  box: {
    data: ['Basic', 'Plus'].map((name, index) => ({
      type: 'box',
      name,
      x: Array.from({ length: 120 }, (_, at) => provinces[at % 3] ?? ''),
      y: [...bell(118, index * 1000), 160, 3],
    })),
    layout: { boxmode: 'group' },
  },
  'box-lying': {
    data: ['Short', 'Long'].map((name, index) => ({ type: 'box', name, x: bell(40, index * 77) })),
  },
  violin: {
    data: ['Basic', 'Plus', 'Max'].map((name, index) => ({
      type: 'violin',
      name,
      y: bell(90, index * 400).map((value) => value + index * 12),
      box: { visible: true },
    })),
  },
  heatmap: {
    data: [
      {
        type: 'heatmap',
        x: ['to ON', 'to QC', 'to BC'],
        y: ['from ON', 'from QC', 'from BC'],
        z: [
          [null, 7, 2],
          [4, null, 9],
          [1, 3, null],
        ],
      },
    ],
    layout: { yaxis: { autorange: 'reversed' } },
  },
  'heatmap-diverging': {
    data: [
      {
        type: 'heatmap',
        zmid: 0,
        z: Array.from({ length: 12 }, (_, row) =>
          Array.from({ length: 24 }, (__, column) => Math.sin(row / 2) * Math.cos(column / 3) * 10),
        ),
      },
    ],
  },
  histogram2d: {
    data: [{ type: 'histogram2d', x: bell(300, 3), y: bell(300, 2000) }],
  },
  waterfall: {
    data: [
      {
        type: 'waterfall',
        x: ['Start', 'New', 'Lost', 'Back', 'End'],
        y: [100, 60, -40, 12, null],
        measure: ['absolute', 'relative', 'relative', 'relative', 'total'],
      },
    ],
  },
  funnel: {
    data: [{ type: 'funnel', y: ['Seen', 'Asked', 'Tried', 'Bought'], x: [1200, 640, 310, 120] }],
  },
  candlestick: { data: [{ type: 'candlestick', ...prices }] },
  ohlc: { data: [{ type: 'ohlc', ...prices }] },
  indicator: {
    data: [
      {
        type: 'indicator',
        mode: 'number+delta',
        value: 1204,
        title: { text: 'Customers' },
        delta: { reference: 1100 },
        domain: { row: 0, column: 0 },
      },
      {
        type: 'indicator',
        mode: 'number+delta+gauge',
        value: 42,
        number: { suffix: ' %' },
        title: { text: 'Share' },
        delta: { reference: 60, relative: true },
        gauge: { axis: { range: [0, 100] }, threshold: { value: 80 } },
        domain: { row: 0, column: 1 },
      },
    ],
    layout: { grid: { rows: 1, columns: 2 } },
  },
  ...Object.fromEntries(
    ['treemap', 'icicle', 'sunburst'].map((type) => [
      type,
      {
        data: [
          {
            type,
            labels: ['Canada', 'Ontario', 'Québec', 'Toronto', 'Ottawa', 'Montréal', 'Alberta'],
            parents: ['', 'Canada', 'Canada', 'Ontario', 'Ontario', 'Québec', 'Canada'],
            values: [0, 5, 10, 60, 30, 45, 25],
          },
        ],
      },
    ]),
  ),
  radar: {
    data: ['Basic', 'Plus'].map((name, index) => ({
      type: 'scatterpolar',
      name,
      fill: 'toself',
      r: [3, 4, 2, 5, 1, 3].map((value, at) => (at % 2 === index ? value + 1 : value)),
      theta: ['Speed', 'Price', 'Quality of the service', 'Support', 'Reach', 'Speed'],
    })),
    layout: {
      polar: { gridshape: 'linear', angularaxis: { rotation: 90, direction: 'clockwise' } },
    },
  },
  'polar-points': {
    data: [
      {
        type: 'scatterpolar',
        mode: 'markers',
        r: bell(40, 9).map(Math.abs),
        theta: Array.from({ length: 40 }, (_, at) => at * 9),
        marker: { color: bell(40, 50), size: bell(40, 70).map((value) => Math.abs(value) / 4) },
      },
    ],
    layout: { polar: { hole: 0.2 } },
  },
  'polar-radians': {
    data: [
      {
        type: 'scatterpolargl',
        mode: 'lines',
        thetaunit: 'radians',
        r: Array.from({ length: 60 }, (_, at) => 2 + Math.sin(at / 3)),
        theta: Array.from({ length: 60 }, (_, at) => at / 9.5),
      },
    ],
  },
  'wind-rose': {
    data: ['Weak', 'Strong'].map((name, index) => ({
      type: 'barpolar',
      name,
      r: Array.from({ length: 8 }, (_, at) => 4 + Math.round(noise(index * 9 + at) * 10)),
      theta: ['N', 'NE', 'E', 'SE', 'S', 'SW', 'W', 'NW'],
    })),
    layout: { polar: { angularaxis: { direction: 'clockwise' } } },
  },
  'polar-set-places': {
    data: [
      {
        type: 'barpolar',
        thetaunit: 'gradians',
        theta: [0, 100],
        r: [2, 3],
        width: [50, 20],
        base: 1,
      },
      { type: 'barpolar', theta: [180], r: [4], width: 30, offset: [0] },
      {
        type: 'scatterpolar',
        mode: 'lines',
        fill: 'toself',
        r: [1, 1, 1, 1],
        theta0: 0,
        dtheta: 90,
      },
      {
        type: 'scatterpolar',
        mode: 'lines',
        fill: 'tonext',
        r: [2, 3, 2, 2, 9, 1],
        theta: [0, 90, 180, 270, 300, null],
      },
      { type: 'scatterpolar', mode: 'markers', r: [1, 2, 3], subplot: 'polar2' },
    ],
    layout: {
      polar: {
        barmode: 'overlay',
        bargap: 0,
        domain: { x: [0, 0.5] },
        radialaxis: { range: [0, 5], angle: 45 },
        angularaxis: {
          direction: 'clockwise',
          tickvals: [0, 90, 180, 270, 'none'],
          ticktext: ['North', 'East', 'South'],
        },
      },
      polar2: {
        domain: { x: [0.5, 1] },
        radialaxis: { visible: false },
        angularaxis: { showticklabels: false },
      },
    },
  },
  'map-of-countries': {
    data: [
      {
        type: 'choropleth',
        locations: ['CAN', 'USA', 'BRA', 'FRA', 'AUS', 'nowhere', 'RUS', null],
        z: [31, 120, 44, 8, 15, 99, null, 3],
        colorbar: { title: { text: 'Customers' } },
      },
    ],
  },
  'map-by-names': {
    data: [
      {
        type: 'choropleth',
        locationmode: 'country names',
        locations: ['France', 'Germany', 'United Kingdom', 'Nowhere at all'],
        z: [3, -2, 1, 9],
        colorscale: 'RdBu',
        zmid: 0,
        showscale: false,
      },
    ],
    layout: { geo: { scope: 'europe' } },
  },
  'map-of-states': {
    data: [
      {
        type: 'choropleth',
        locationmode: 'USA-states',
        locations: ['CA', 'TX', 'NY', 'AK', 'ON'],
        z: [1, 2, 3, 4, 5],
        colorscale: [
          [0, '#ffffff'],
          [1, 'rgb(200, 30, 30)'],
        ],
      },
    ],
    layout: { geo: { scope: 'usa' } },
  },
  'map-of-own-outlines': {
    data: [
      {
        type: 'choropleth',
        locations: ['west', 7],
        z: [1, 2],
        featureidkey: 'properties.name',
        geojson: {
          type: 'FeatureCollection',
          features: [
            { type: 'Feature', properties: { name: 'west' }, geometry: square(-75, 45) },
            { type: 'Feature', properties: { name: 7 }, geometry: square(-74, 45) },
            { type: 'Feature', properties: { name: 'empty' }, geometry: null },
            { type: 'Feature', properties: {}, geometry: square(-73, 45) },
          ],
        },
      },
    ],
    layout: { geo: { fitbounds: 'locations', projection: { type: 'mercator' } } },
  },
  'map-of-points': {
    data: [
      {
        type: 'scattergeo',
        name: 'Customers',
        mode: 'markers+text',
        lon: [-79.4, -73.6, -123.1, null],
        lat: [43.7, 45.5, 49.3, 50],
        text: ['Toronto', 'Montréal', 'Vancouver'],
        marker: { size: [30, 20, 12], color: [1, 2, 3], colorbar: { title: { text: 'Year' } } },
      },
      {
        type: 'scattergeo',
        name: 'Way',
        mode: 'lines',
        lon: [-79.4, -73.6, -123.1],
        lat: [43.7, 45.5, 49.3],
      },
      { type: 'scattergeo', locations: ['CHN', 'NZL', 'none'], geo: 'geo2', showlegend: false },
    ],
    layout: {
      geo: { scope: 'north america', domain: { x: [0, 0.6] } },
      geo2: {
        domain: { x: [0.6, 1] },
        projection: { type: 'orthographic', rotation: { lon: 140, lat: -10 } },
      },
    },
  },
};
