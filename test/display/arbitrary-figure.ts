import fc from 'fast-check';
import type { JsonValue } from '../../src/display/mime-bundle.js';

const hostileText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    ...[
      '<script>alert(1)</script>',
      '"><img src=x onerror=alert(1)>',
      "'/><script/>",
      '&#0;',
      ']]>',
    ],
    ...['\ud800', '\u0000', '\uffff', '%', '#', '</text>', '</style><svg onload=alert(1)>', ''],
  ),
);
const value = fc.oneof(
  fc.double(),
  fc.constantFrom('2019-01-01', '2019-02-01', '2019-02-30', null, 1e308, -1e308, 5e-324, 0),
  hostileText,
);
const values = fc.array(value, { maxLength: 12 });
// Most have numbers where a picture needs them.
const measures = fc.oneof(fc.array(fc.double(), { maxLength: 12 }), fc.array(fc.integer()), values);
const trace = fc.record(
  {
    type: fc.constantFrom('bar', 'bar', 'scatter', 'scatter', 'pie', 'heatmap', 'box'),
    name: hostileText,
    x: values,
    y: measures,
    labels: values,
    values,
    mode: fc.constantFrom('lines', 'markers', 'lines+markers'),
    orientation: fc.constantFrom('v', 'v', 'h'),
    marker: fc.record({ color: fc.oneof(hostileText, fc.array(hostileText)) }),
    line: fc.record({ color: hostileText, dash: fc.constantFrom('dot', 'solid') }),
  },
  { requiredKeys: ['y'] },
);
const axis = fc.record({ title: fc.record({ text: hostileText }), tickformat: hostileText });
/** Figures of any kind, with texts that would break out. */
export const figure = fc.record({
  data: fc.array(trace, { minLength: 1, maxLength: 3 }),
  layout: fc.record(
    {
      xaxis: axis,
      yaxis: axis,
      barmode: fc.constantFrom('stack', 'group', 'overlay'),
      title: fc.record({ text: hostileText }),
      meta: fc.record({
        daybook: fc.record({ title: hostileText, caption: hostileText, alt: hostileText }),
      }),
    },
    { requiredKeys: [] },
  ),
});

/** As front ends get it: JSON knows no NaN. */
export const sent = (given: object) => JSON.parse(JSON.stringify(given)) as JsonValue;
