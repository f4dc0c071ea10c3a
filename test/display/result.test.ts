import { DataFrame, Series } from 'danfojs-node';
import { describe, expect, test } from 'vitest';
import { resultBundle } from '../../src/display/result.js';

describe('the last expression shows itself', () => {
  test('rows are a table with the types of its columns', () => {
    const bundle = resultBundle([
      { month: new Date(0), plan: 'basic', rate: 0.5, note: null },
      { month: null, plan: '<b>', rate: 2, extra: 7n },
    ]);
    const html = bundle?.['text/html'] as string;
    expect([...html.matchAll(/<small>(\w+)<\/small>/g)].map(([, type]) => type)).toEqual([
      'date',
      'text',
      'number',
      'empty',
      'bigint',
    ]);
    expect(html).toContain('&lt;b&gt;');
    expect(bundle?.['text/plain']).toContain('2 rows');
  });

  test('many rows are cut, with a note', () => {
    const rows = Array.from({ length: 1200 }, (_, n) => ({ n }));
    const bundle = resultBundle(rows);
    expect(bundle?.['text/plain']).toMatch(/^the first 100 of 1,200 rows/);
    expect((bundle!['text/html'] as string).match(/<tr>/g)).toHaveLength(101);
  });

  test('a DataFrame is a table with danfojs’s own types, a Series its own drawing', () => {
    const bundle = resultBundle(new DataFrame([{ plan: 'basic', customers: 3 }]));
    expect(bundle?.['text/html']).toContain('customers <small>');
    expect(bundle?.['text/plain']).toContain('basic');
    const empty = resultBundle(new DataFrame([], { columns: ['a', 'b'] }));
    expect(empty?.['text/plain']).toMatch(/^0 rows\n\na {2}b/);
    expect(empty?.['text/html']).toContain('<table');
    expect(resultBundle(new Series([1, 2]))?.['text/plain']).toMatch(/^╔/);
  });

  test('a plotly figure is a chart', () => {
    const figure = { data: [{ type: 'bar', x: ['a'], y: [1] }], layout: { title: { text: 'T' } } };
    const bundle = resultBundle(figure);
    expect(bundle?.['application/vnd.plotly.v1+json']).toEqual(figure);
    expect(bundle?.['text/plain']).toBe('A plotly figure of 1 series');
  });

  test('what is long and fits into JSON folds; small things stay text', () => {
    const long = { list: Array.from({ length: 40 }, (_, id) => ({ id, tags: ['x', 'y'] })) };
    expect(resultBundle(long)?.['application/json']).toEqual(long);
    expect(resultBundle({ a: 1 })).toEqual({ 'text/plain': '{ a: 1 }' });
    expect(resultBundle([1, 2, 3])).toEqual({ 'text/plain': '[ 1, 2, 3 ]' });
    expect(resultBundle([])).toEqual({ 'text/plain': '[]' });
  });

  test('cycles, classes, functions and the absent stay text', () => {
    const cycle: Record<string, unknown> = { list: Array.from({ length: 99 }, String) };
    cycle['self'] = cycle;
    for (const value of [cycle, new Map([[1, { a: 1 }]]), () => 1, null, Object.create(null)]) {
      expect(Object.keys(resultBundle(value) ?? {})).toEqual(['text/plain']);
    }
    expect(resultBundle(undefined)).toBeUndefined();
    expect(resultBundle('text')).toEqual({ 'text/plain': 'text' });
  });
});
