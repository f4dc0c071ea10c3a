import fc from 'fast-check';
import { expect, test } from 'vitest';
import { htmlBundle } from '../../src/display/mime-bundle.js';
import { metricType, readMetric } from '../../src/chart/metric/metric.js';
import { comparisonOf, targetOf } from '../../src/chart/metric/metric-words.js';
import { formatPercent } from '../../src/display/wording.js';
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
    number: 1234,
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

test('the number stays beside its text, with period, target and comparison', () => {
  const bundle = metricBundle({
    id: 'churn-rate',
    label: 'Churn rate',
    value: 0.0342,
    format: formatPercent,
    period: '2019-11',
    target: 0.05,
    comparison: { value: 0.023, of: 'October 2019' },
    goodDirection: 'down',
  });
  expect(bundle[metricType]).toEqual({
    id: 'churn-rate',
    label: 'Churn rate',
    value: '3.4\u00a0%',
    number: 0.0342,
    period: '2019-11',
    caption: 'November 2019',
    target: { number: 0.05, text: '5.0\u00a0%' },
    comparison: { number: 0.023, text: '2.3\u00a0%', of: 'October 2019' },
    goodDirection: 'down',
  });
  expect(bundle['text/plain'].split('\n')).toEqual([
    ...['Churn rate: 3.4\u00a0%', 'Up from 2.3\u00a0% (October 2019): worse'],
    ...['Target 5.0\u00a0%: reached', 'November 2019'],
  ]);
});

test.each([
  ['0.10', '0.10', '0.10'],
  ['12345678901234567890.5', '12345678901234567890.5', '12345678901234567890.5'],
  [9007199254740993n, '9,007,199,254,740,993', '9007199254740993'],
  ['Ontario', 'Ontario', undefined],
  ['3.4 %', '3.4 %', undefined],
  [Number.NaN, '–', undefined],
  [null, '–', undefined],
] as const)('%s is shown as %s, and its number is %s', (value, text, number) => {
  const metric = readMetric(metricBundle({ label: 'A', value })[metricType]);
  expect([metric?.value, metric?.number]).toEqual([text, number]);
});

test.each(['2019', '2019-13', 'all months', '2019-11-30', '2019-11'])(
  'the period %s in words',
  (period) => {
    const words: Record<string, string> = {
      '2019-11-30': '30 November 2019',
      '2019-11': 'November 2019',
    };
    const card = (options: object) =>
      readMetric(metricBundle({ label: 'A', value: 1, ...options })[metricType]);
    expect(card({ period })?.caption).toBe(words[period] ?? period);
    expect(card({ period, caption: 'own' })?.caption).toBe('own');
  },
);

test('without a good direction nothing is judged; without a number nothing is compared', () => {
  const card = { label: 'A', target: 5, comparison: { value: 5, of: 'May' } } as const;
  const wordsOf = (options: Parameters<typeof metricBundle>[0]) =>
    metricBundle(options)['text/plain'].split('\n').slice(1);
  expect(wordsOf({ ...card, value: 6 })).toEqual(['Up from 5 (May)', 'Target 5']);
  expect(wordsOf({ ...card, value: 5, goodDirection: 'up' })).toEqual([
    ...['The same as 5 (May)', 'Target 5: reached'],
  ]);
  expect(wordsOf({ ...card, value: 4, goodDirection: 'up' })).toEqual([
    ...['Down from 5 (May): worse', 'Target 5: not reached'],
  ]);
  expect(wordsOf({ ...card, value: null, goodDirection: 'up' })).toEqual(['5 (May)', 'Target 5']);
  const alike = { value: 9.634, format: (share: number) => share.toFixed(1) };
  expect(wordsOf({ ...card, ...alike, comparison: { value: 9.58, of: 'May' } })[0]).toBe(
    'The same as 9.6 (May)',
  );
  const missing = { value: null, of: 'May' };
  expect(wordsOf({ label: 'A', value: 1, comparison: missing, target: Number.NaN })).toEqual([]);
});

test('numbers are compared to their last digit', () => {
  const direction = (number: string, other: string) =>
    comparisonOf({
      ...{ number, value: 'shown', goodDirection: 'up' },
      comparison: { number: other, text: '', of: '' },
    })?.direction;
  expect(direction('9007199254740993', '9007199254740992.9')).toBe('up');
  expect(direction('0.10', '0.1')).toBe('same');
  expect(direction('-0.3', '-0.29')).toBe('down');
  fc.assert(
    fc.property(fc.bigInt(), fc.bigInt(), fc.nat(30), (a, b, digits) => {
      const text = (number: bigint) => {
        const all = String(number < 0n ? -number : number).padStart(digits + 1, '0');
        const whole = all.slice(0, all.length - digits);
        return `${number < 0n ? '-' : ''}${whole}${digits === 0 ? '' : `.${all.slice(-digits)}`}`;
      };
      expect(direction(text(a), text(b))).toBe(a > b ? 'up' : a < b ? 'down' : 'same');
    }),
  );
  // With exponents doubles are compared.
  const target = { number: 1e300, text: '' };
  expect(targetOf({ number: 1e301, target, goodDirection: 'up' })?.verdict).toBe('good');
});

test('what is no number in a stored card is left out', () => {
  const card = { label: 'A', value: 'x', number: {}, target: { number: 'x', text: 'x' } };
  const odd = { ...card, comparison: { number: 1, text: '1' }, goodDirection: 'left', period: 7 };
  expect(readMetric(odd)).toMatchObject({
    ...{ number: undefined, target: undefined, comparison: undefined },
    ...{ goodDirection: undefined, period: undefined },
  });
});
