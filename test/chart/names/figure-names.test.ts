import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isFigureId, nameFigures, type NameSource } from '../../../src/chart/names/figure-names.js';
import { namedOutputs, pairFigures } from '../../../src/chart/names/output-names.js';
import { metricBundle } from '../../../src/display/metric.js';
import { plotBundle } from '../../../src/display/plot.js';
import { tableBundle } from '../../../src/display/table.js';
import { code, display, notebookOf } from '../../server/published.js';

const titled = (title: string | undefined, id?: string): NameSource => ({
  ...{ kind: 'chart', id, title },
});
const namesOf = (...titles: (string | undefined)[]) =>
  nameFigures(titles.map((one) => titled(one)));

test.each([
  ['Churn by month', 'churn-by-month'],
  ['Churn peaked in May 2019 at 9.2 %', 'churn-peaked-in-may-2019-at-9-2'],
  ['Clients à Québec : l’été', 'clients-a-quebec-lete'],
  ['İstanbul ΩMEGA', 'istanbul-ωmega'],
  ['売上 2019 年', '売上-2019-年'],
  ['हिन्दी', 'हिन्दी'],
  ['2019', 'chart-2019'],
  ['9.2 % left', 'chart-9-2-left'],
  ['../../etc/passwd', 'etc-passwd'],
  ['a\r\nSet-Cookie: x=1', 'a-set-cookie-x-1'],
  ['\u202Egnp.exe "; filename=x', 'gnp-exe-filename-x'],
  ['long '.repeat(40), 'long-long-long-long-long-long-long-long-long-long-long-long'],
  ['x'.repeat(100), 'x'.repeat(60)],
  ['', 'chart--1'],
  ['– … –', 'chart--1'],
  [undefined, 'chart--1'],
])('the name of %j is %s', (title, name) => {
  expect(namesOf(title)).toEqual([name]);
});

test('equal titles are numbered among themselves, what has none by its kind', () => {
  expect(namesOf('Churn', 'Other', 'churn!', undefined, 'CHURN', 'Churn 2', undefined)).toEqual([
    ...['churn', 'other', 'churn--2', 'chart--1', 'churn--3', 'churn-2', 'chart--2'],
  ]);
});

test('an id is the name, before and behind figures whose titles would be the same', () => {
  const figures = [titled('Churn'), titled('Lost', 'churn'), titled('Churn'), titled('A', '../x')];
  expect(nameFigures(figures)).toEqual(['churn--2', 'churn', 'churn--3', 'a']);
  // What no check has looked at.
  expect(nameFigures([titled('A', 'x'), titled('B', 'x')])).toEqual(['x', 'x--2']);
});

test.each(['churn', 'churn-2019', 'a', 'a'.repeat(60)])('%s is an id', (id) => {
  expect(isFigureId(id)).toBe(true);
});

test.each([
  ...['', 'A', '1', '2-a', '-a', 'a-', 'a--2', 'a_b', 'a.b', 'a/b', '..', 'a b', 'é', 'a\n', 'ａ'],
  'a'.repeat(61),
])('%j is none', (id) => {
  expect(isFigureId(id)).toBe(false);
});

const title = fc.oneof(
  fc.constantFrom('Churn', 'churn', 'Churn 2', 'chart', '2', '', 'Été', '../x', undefined),
  fc.string({ unit: 'grapheme', maxLength: 80 }),
);
const source = fc.record({
  kind: fc.constantFrom('chart', 'table', 'metric'),
  id: fc.option(fc.constantFrom('churn', 'churn-2', 'x', 'A/B', 'chart'), { nil: undefined }),
  title,
}) as fc.Arbitrary<NameSource>;

test('each name is there once, begins with a letter, and is one part of an address', () => {
  fc.assert(
    fc.property(fc.array(source, { maxLength: 30 }), (figures) => {
      const names = nameFigures(figures);
      expect(new Set(names).size).toBe(figures.length);
      for (const name of names) expect(name).toMatch(/^\p{L}[\p{L}\p{M}\p{N}-]*$/u);
    }),
  );
});

test('a figure that is added anywhere leaves the names of all with other titles', () => {
  const figures = fc.array(title, { maxLength: 12 });
  fc.assert(
    fc.property(figures, fc.string({ maxLength: 30 }), fc.nat(), (titles, added, at) => {
      const [own] = namesOf(added);
      const base = (name: string) => name.replace(/--\d+$/, '');
      const place = at % (titles.length + 1);
      const before = namesOf(...titles);
      const after = namesOf(...titles.slice(0, place), added, ...titles.slice(place));
      after.splice(place, 1);
      const isOther = (name: string) => base(name) !== base(own ?? '');
      expect(after.filter(isOther)).toEqual(before.filter(isOther));
    }),
  );
});

const chart = (title: string, id?: string) =>
  display(plotBundle({ ...(id === undefined ? {} : { id }), title, data: [{ x: [1], y: [2] }] }));
const named = (...args: Parameters<typeof notebookOf>) => [
  ...namedOutputs(notebookOf(...args)).values(),
];

test('charts, tables and cards have names, of notebooks from before, too', () => {
  const rows = [{ month: 'Jan', churned: 5 }];
  const old = {
    'text/html': tableBundle(rows, { caption: 'A < B' })['text/html'],
    'text/plain': '',
  };
  const found = named([
    code('1', [
      chart('Churn', 'churn-rate'),
      display({
        'application/vnd.plotly.v1+json': '{"data":[{"y":[1]}],"layout":{"title":"Old"}}',
      }),
      display(tableBundle(rows, { caption: 'By month' })),
      display(tableBundle(rows, { id: 'months' })),
      display(tableBundle(rows)),
      display(old),
      display(metricBundle({ label: 'Active', value: 1 })),
      display(metricBundle({ id: 'lost', label: 'Lost', value: 1 })),
      display({ 'text/html': '<table><caption>Foreign</caption></table>' }),
      display({ 'text/plain': 'x' }),
    ]),
  ]);
  expect(found.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
    ...['chart churn-rate', 'chart old', 'table by-month', 'table months', 'table table--1'],
    ...['table a-b', 'metric active', 'metric lost'],
  ]);
});

test('figures of two runs are the same by name, else by their place in the cell', () => {
  const cells = (...titles: string[]) => [
    code(
      '1',
      titles.map((one) => chart(one)),
    ),
  ];
  const [first] = cells('Churn peaked at 9 %', 'Active', 'Gone');
  const [second] = cells('New', 'Active', 'Churn peaked at 8 %');
  if (first === undefined || second === undefined) throw new Error('no cells');
  const before = named([first]);
  const after = named([{ ...second, id: first.id }]);
  expect([...pairFigures(before, after)]).toEqual([
    ['churn-peaked-at-9', 'new'],
    ['active', 'active'],
    ['gone', 'churn-peaked-at-8'],
  ]);
  // Of another cell nothing is known.
  expect([...pairFigures(before, named([second]))]).toEqual([['active', 'active']]);
});
