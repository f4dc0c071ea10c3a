import { expect, test } from 'vitest';
import { summariseNotebook } from '../../src/nbformat/notebook-summary.js';
import { markdown, notebookOf } from '../notebook/notebooks.js';

const summary = (sources: string[], metadata = {}) =>
  summariseNotebook(
    notebookOf(
      sources.map((source, index) => markdown(source, String(index))),
      metadata,
    ),
  );

test('the first level-1 heading and the first paragraph after it', () => {
  expect(
    summary([
      'Before.\n\n## Not this\n',
      '# Customer *churn* & `more`\n\n> quote\n\nWho **leaves**,\nand [when](x).\n\nSecond.',
      '# Another',
    ]),
  ).toEqual({
    title: 'Customer churn & more',
    summary: 'Who leaves, and when.',
    position: undefined,
    group: '',
    visibility: undefined,
  });
});

test('the paragraph may stand in a later cell; markup is no text', () => {
  expect(summary(['Title\n=====', '<!-- x -->', '<b>Bold</b> ![a map](x.png) end'])).toMatchObject({
    title: 'Title',
    summary: 'Bold a map end',
  });
});

test('without a heading there is no title', () => {
  expect(summary(['Just text.'])).toMatchObject({ title: undefined, summary: 'Just text.' });
  expect(summary([])).toMatchObject({ title: undefined, summary: '' });
  expect(summary(['# \n'])).toMatchObject({ title: undefined });
});

test.each([
  [{ position: 3 }, 3],
  [{ position: -1 }, -1],
  [{ position: 1.5 }, undefined],
  [{ position: '3' }, undefined],
  [{ position: 2 ** 31 }, undefined],
  [{}, undefined],
  ['text', undefined],
  [[], undefined],
])('metadata.daybook %j gives position %s', (daybook, position) => {
  expect(summary([], { daybook }).position).toBe(position);
});

test.each(['*a **b ', '>', '- ', '1. ', '[', '![', '*a_', '<!--', '`', '&', 'a\n===\n'])(
  'a megabyte of %j neither overflows the stack nor takes its time',
  (piece) => {
    const hostile = piece.repeat(1_000_000 / piece.length);
    expect(() => summary([hostile, '# Title\n\nText.'])).not.toThrow();
    expect(summary(['# Title\n\nText.', hostile])).toMatchObject({
      title: 'Title',
      summary: 'Text.',
    });
  },
);

test('many cells of text are not all read for a title', () => {
  expect(summary([...Array<string>(1000).fill('word '.repeat(100)), '# Late'])).toMatchObject({
    title: undefined,
    summary: expect.stringContaining('word word') as string,
  });
});
