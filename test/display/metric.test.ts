import { expect, test } from 'vitest';
import { htmlBundle } from '../../src/display/mime-bundle.js';
import { metricType } from '../../src/chart/metric/metric.js';
import { metricBundle } from '../../src/display/metric.js';

test('a metric card, and the same in HTML and plain text', () => {
  const bundle = metricBundle({
    label: 'Active <customers>',
    value: 1234n,
    unit: 'people',
    change: '12 fewer than in November',
    caption: 'December 2019',
    trend: [1, 2n, null],
  });
  expect(bundle[metricType]).toEqual({
    label: 'Active <customers>',
    value: '1,234',
    unit: 'people',
    change: '12 fewer than in November',
    caption: 'December 2019',
    trend: [1, 2, null],
  });
  expect(bundle['text/html']).toBe(
    '<p class="daybook-metric">Active &lt;customers&gt;: <strong>1,234 people</strong>' +
      '<br><small>12 fewer than in November</small><br><small>December 2019</small></p>',
  );
  expect(bundle['text/plain']).toBe(
    'Active <customers>: 1,234 people\n12 fewer than in November\nDecember 2019',
  );
});

test('no value is a dash', () => {
  expect(metricBundle({ label: 'Churn', value: null })[metricType]).toEqual({
    label: 'Churn',
    value: '–',
  });
});

test('HTML keeps its text where no tags can be shown', () => {
  expect(htmlBundle('<style>p{}</style><p>a <b>b</b></p><script>x</script>')).toEqual({
    'text/html': '<style>p{}</style><p>a <b>b</b></p><script>x</script>',
    'text/plain': 'a b',
  });
});
