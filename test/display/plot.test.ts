import { expect, test } from 'vitest';
import { plotBundle, plotlyMimeType } from '../../src/display/plot.js';

const bundle = plotBundle({
  title: 'Churn < 1 %',
  caption: 'Hollow: incomplete.',
  alt: 'Two bars.',
  data: [{ type: 'bar', x: ['2019-01-01', '2019-02-01'], y: [1n, Number.NaN] }],
  layout: { yaxis: { title: { text: 'Customers' } }, meta: { mine: 1 } },
  source: 'gold.monthly_churn',
});

test('a figure is an object that JSON can hold, with its words where pages find them', () => {
  expect(bundle[plotlyMimeType]).toEqual({
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

test('a front end that cannot draw it shows its words', () => {
  expect(bundle['text/html']).toBe(
    '<figure class="daybook-figure"><p><strong>Churn &lt; 1 %</strong></p><figcaption>' +
      '<p>Hollow: incomplete.</p><p>Two bars.</p><p>Source: gold.monthly_churn</p>' +
      '</figcaption></figure>',
  );
  expect(bundle['text/plain']).toBe(
    'Churn < 1 %\nHollow: incomplete.\nTwo bars.\nSource: gold.monthly_churn',
  );
});

test('the title stands in for a missing description', () => {
  const figure = plotBundle({ title: 'T', data: [] })[plotlyMimeType];
  expect(figure).toMatchObject({ layout: { meta: { daybook: { title: 'T', alt: 'T' } } } });
  expect(plotBundle({ title: 'T', data: [] })['text/plain']).toBe('T');
});

test('plotly gets a long caption in lines, with every word', () => {
  const caption = `${'word '.repeat(60)}${'x'.repeat(150)} < end`;
  const { layout } = plotBundle({ title: 'T', caption, data: [] })[plotlyMimeType] as {
    layout: { title: { subtitle: { text: string } } };
  };
  const lines = layout.title.subtitle.text.split('<br>');
  expect(lines.join(' ')).toBe(caption.replace('<', '&lt;'));
  expect(lines.map((line) => line.length)).toEqual([99, 99, 99, 150, 8]);
});
