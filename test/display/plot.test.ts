import { expect, test } from 'vitest';
import { plotlyType } from '../../src/chart/figure/figure.js';
import { plotBundle } from '../../src/display/plot.js';

const bundle = plotBundle({
  title: 'Churn < 1 %',
  caption: 'Hollow: incomplete.',
  alt: 'Two bars.',
  data: [{ type: 'bar', x: ['2019-01-01', '2019-02-01'], y: [1n, Number.NaN] }],
  layout: { yaxis: { title: { text: 'Customers' } }, meta: { mine: 1 } },
  source: 'gold.monthly_churn',
});

test('a figure is an object that JSON can hold, with its words where pages find them', () => {
  expect(bundle[plotlyType]).toEqual({
    data: [{ type: 'bar', x: ['2019-01-01', '2019-02-01'], y: [1, null] }],
    layout: {
      yaxis: { title: { text: 'Customers' } },
      title: {
        text: 'Churn &lt; 1 %',
        subtitle: { text: 'Hollow: incomplete.' },
        ...{ x: 0, xref: 'paper', xanchor: 'left' },
        ...{ y: 0.97, yref: 'container', yanchor: 'top', pad: { b: 12 }, automargin: true },
      },
      meta: {
        mine: 1,
        daybook: {
          title: 'Churn < 1 %',
          caption: 'Hollow: incomplete.',
          alt: 'Two bars.',
          source: 'gold.monthly_churn',
        },
      },
    },
  });
});

test('a front end that cannot draw it shows a picture, words and data', () => {
  const html = bundle['text/html'] as string;
  expect(html).toMatch(/^<figure class="daybook-figure"><p><strong>Churn &lt; 1 %<\/strong><\/p>/);
  expect(html).toMatch(
    /<small>Customers<\/small><\/div><img src="data:image[^"]+" alt="Two bars\."/,
  );
  expect(html).toContain(
    '<figcaption><p>Hollow: incomplete.</p><p>Source: <code>gold.monthly_churn</code></p></figcaption>' +
      '<details><summary>Data</summary><table',
  );
  expect(html).toContain('<th scope="row">January 2019</th><td class="number">1</td>');
  expect(html).toContain('<th scope="row">February 2019</th><td class="number null">–</td>');
  expect(bundle['text/plain']).toBe(
    'Churn < 1 %\nHollow: incomplete.\nTwo bars.\nSource: gold.monthly_churn',
  );
});

test('where there is no picture, its words and data stand open', () => {
  const html = plotBundle({
    title: 'Flows',
    alt: 'Most stay.',
    data: [
      {
        type: 'sankey',
        node: { label: ['a', 'b'] },
        link: { source: [0], target: [1], value: [2] },
      },
    ],
  })['text/html'] as string;
  expect(html).not.toContain('<img');
  expect(html).toContain('<p>Most stay.</p>');
  expect(html).toContain('<details open><summary>Data</summary>');
  expect(html).toContain('<th scope="row">a</th><td>b</td><td class="number">2</td>');
});

test('what is large is thinned, its table is cut, and what is too large is told in words', () => {
  const dots = (length: number) => {
    const x = Array.from({ length }, (_, index) => index);
    const y = x.map((value) => (value * 7919) % 1000);
    return plotBundle({ title: 'Dots', data: [{ x, y, mode: 'markers' }] })['text/html'] as string;
  };
  expect(dots(200)).toContain('<img');
  expect(dots(200)).toContain('the first 100 of 200 rows');
  // The picture has the points that can be told apart, as that of a line has.
  expect(dots(20_000)).toContain('<img');
  expect(dots(20_000).length).toBeLessThan(60_000);
  expect(dots(60_000)).toBe('<figure class="daybook-figure"><p><strong>Dots</strong></p></figure>');
});

test('a line of many points is drawn in few', () => {
  const y = Array.from({ length: 40_000 }, (_, index) => Math.sin(index / 3000) + (index % 7));
  const html = plotBundle({ title: 'Line', data: [{ y, mode: 'lines' }] })['text/html'] as string;
  expect(html).toContain('<img');
  expect(html.length).toBeLessThan(60_000);
});

test('the title stands in for a missing description', () => {
  const figure = plotBundle({ title: 'T', data: [] })[plotlyType];
  expect(figure).toMatchObject({ layout: { meta: { daybook: { title: 'T', alt: 'T' } } } });
  expect(plotBundle({ title: 'T', data: [] })['text/plain']).toBe('T');
});

test('plotly gets a long caption in lines, with every word', () => {
  const caption = `${'word '.repeat(60)}${'x'.repeat(150)} < end`;
  const { layout } = plotBundle({ title: 'T', caption, data: [] })[plotlyType] as {
    layout: { title: { subtitle: { text: string } } };
  };
  const lines = layout.title.subtitle.text.split('<br>');
  expect(lines.join(' ')).toBe(caption.replace('<', '&lt;'));
  expect(lines.map((line) => line.length)).toEqual([99, 99, 99, 150, 8]);
});

test('a series of a type that plotly does not know is an error that says what is meant', () => {
  const plotOf = (type: string, name?: string) => () =>
    plotBundle({
      title: 'T',
      data: [
        { type: 'bar', x: ['a'], y: [1] },
        { type, ...(name === undefined ? {} : { name }) },
      ],
    });
  expect(plotOf('baar', 'New')).toThrow(
    new TypeError('Series 2 (“New”): plotly knows no charts of type “baar”; is “bar” meant?'),
  );
  expect(plotOf('scattermapbox')).toThrow(
    new TypeError(
      'Series 2: plotly has no charts of type “scattermapbox” any more; “scattermap” took their place',
    ),
  );
  expect(plotOf('scattermap')).not.toThrow();
});

test('times in milliseconds reach every front end as text', () => {
  const figure = plotBundle({
    title: 'T',
    data: [{ x: [0, 86_400_000], y: [1, 2] }],
    layout: { xaxis: { type: 'date' } },
  })['application/vnd.plotly.v1+json'] as { data: unknown[] };
  expect(figure.data[0]).toEqual({ x: ['1970-01-01', '1970-01-02'], y: [1, 2] });
});
