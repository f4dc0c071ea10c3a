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
