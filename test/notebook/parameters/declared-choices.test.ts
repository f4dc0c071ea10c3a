import { expect, test } from 'vitest';
import type { JsonObject } from '../../../src/nbformat/notebook.js';
import {
  combinations,
  declaredChoices,
} from '../../../src/notebook/parameters/declared-choices.js';
import { notebookOf } from '../notebooks.js';

const source = `/** Province of the address. */
const province = choicesFrom('select province from gold.p', 'ON');
const signUpYear: 2018 | 2019 = 2019;
const detail: boolean = false;
const plan: 'a' | '' | null = '';
const mixed: 5 | '5' = 5;
const code: 1 | 2 = 1;
const free: string = 'x';
const computed: 1 | 2 = Math.random() > 0 ? 1 : 2;
/** @secret */
const token: string = process.env['TOKEN'] ?? '';`;

const optionsOf = (...values: string[]) => values.map((value) => ({ value, label: value }));
const choose = (choices: string[] | string, more: JsonObject = {}, values = ['ON', 'QC']) =>
  declaredChoices(
    notebookOf([{ code: source, tags: ['parameters'] }], { daybook: { choices, ...more } }),
    'notebooks/sales.ipynb',
    () => Promise.resolve(optionsOf(...values)),
  );

test('literals, booleans, null and values of the warehouse are what readers choose from', async () => {
  const found = await choose(['province', 'signUpYear', 'detail', 'plan']);
  expect(found.map(({ name, label, standing }) => [name, label, standing])).toEqual([
    ['province', 'Province of the address', 'ON'],
    ['signUpYear', 'Sign up year', 2019],
    ['detail', 'Detail', false],
    ['plan', 'Plan', ''],
  ]);
  expect(found.map(({ options }) => options.map(({ value }) => value))).toEqual([
    ['ON', 'QC'],
    [2018, 2019],
    [true, false],
    ['a', '', null],
  ]);
  expect(found[2]?.options.map(({ label }) => label)).toEqual(['Yes', 'No']);
  expect(combinations(found)).toHaveLength(2 * 2 * 2 * 3);
  expect(await choose([])).toEqual([]);
});

test.each([
  ['nothing', /no cell tagged "parameters" declares it/],
  ['free', /its type has no list of values/],
  ['computed', /its value in the notebook is no literal/],
  ['token', /it is secret/],
  ['mixed', /two of its values are "5" in an address/],
  ['code', /means something else in addresses: rename it/],
])('%s is no choice', async (name, message) => {
  await expect(choose(name)).rejects.toMatchObject({
    code: 'PARAMETER_INVALID',
    message: expect.stringMatching(message) as string,
  });
});

test('the value in the notebook is one of those that may be chosen', async () => {
  await expect(choose(['province'], {}, ['QC', 'MB'])).rejects.toMatchObject({
    message:
      'province: its value in the notebook, "ON", is none of those that may be chosen: there are "QC", "MB"',
  });
});

test('too many combinations are refused with the parameter that has the most values', async () => {
  const many = ['ON', ...Array.from({ length: 59 }, (_, index) => `p${index}`)];
  await expect(choose(['signUpYear', 'province'], {}, many)).rejects.toMatchObject({
    message:
      'its choices have 120 combinations, and 100 are allowed: signUpYear has 2, province has 60 values',
    hint: 'Give province fewer values or take it out of metadata.daybook.choices; "mostChoices": 120 there allows all',
  });
  await expect(
    choose(['signUpYear', 'province'], { mostChoices: 120 }, many),
  ).resolves.toHaveLength(2);
});
