import { describe, expect, test } from 'vitest';
import { decide, versionOf } from '../../../src/pipeline/plan/decide.js';
import { definitionDigest, metadataDigest } from '../../../src/pipeline/definitions/digests.js';
import type { Model } from '../../../src/pipeline/definitions/model.js';
import { modelOf } from '../transform/model-fixture.js';
import type { ModelState } from '../../../src/history/models/model-states.js';

const none = new Map<string, string>();
const header = (tests = '[]') => `columns: { n: { type: int, tests: ${tests} } }`;
const sql = 'select n from silver.a cross join bronze.b';
const state = (model: Model, inputs: Record<string, string>, more: Partial<ModelState> = {}) => ({
  isPresent: true,
  materialized: model.materialized,
  definition: definitionDigest(model),
  metadata: metadataDigest(model),
  inputs,
  version: '1',
  rows: 1,
  ...more,
});

describe('a table', async () => {
  const source = await modelOf('silver.a', header(), 'select n from bronze.b');
  const model = await modelOf('gold.m', header(), sql);
  const decision = (
    changed: {
      own?: Partial<ModelState>;
      read?: Partial<ModelState>;
      b?: string;
      file?: Model;
    } = {},
    fullRefresh = false,
  ) => {
    const models = new Map([
      ['silver.a', state(source, { 'bronze.b': 'b1' }, { version: '7', ...changed.read })],
      ['gold.m', state(model, { 'silver.a': '7', 'bronze.b': 'b1' }, changed.own)],
    ]);
    const versions = {
      files: new Map([['bronze.b', changed.b ?? 'b1']]),
      parameters: none,
      models,
    };
    return decide(changed.file ?? model, versions, fullRefresh);
  };

  test('is kept while nothing changes', () => {
    expect(decision()).toEqual({ action: 'keep', reason: 'nothing that it is made of changed' });
  });

  test.each([
    ['a read model has other rows', { read: { version: '8' } }, 'silver.a changed'],
    ['a source has other rows', { b: 'b2' }, 'bronze.b changed'],
    [
      'its table is gone',
      { own: { isPresent: false } },
      'what is published under its name is not what was built',
    ],
    [
      'a read table is gone',
      { read: { isPresent: false } },
      'it reads silver.a, which nobody watches',
    ],
    [
      'it is from before states were kept',
      { own: { definition: '' } },
      'an earlier version of Daybook built it',
    ],
    ['its digest is another', { own: { definition: 'x' } }, 'its file changed'],
  ])('is built when %s', (_, changed, reason) => {
    expect(decision(changed)).toEqual({ action: 'build', reason });
  });

  test('is built when everything is', () => {
    expect(decision({}, true)).toMatchObject({ action: 'build' });
  });

  test.each([
    [
      'white space and comments',
      header(),
      'SELECT n -- all\n  from silver.a cross join bronze.b',
      'keep',
    ],
    ['a constant', header(), `${sql} where n > 1`, 'build'],
    ['a type', 'columns: { n: { type: bigint } }', sql, 'build'],
    ['a test', header('[not_null]'), sql, 'build'],
    ['a description', 'columns: { n: { type: int, description: N } }', sql, 'describe'],
    ['an index', `${header()}\nindexes: [[n]]`, sql, 'describe'],
  ])('whose file changed in %s', async (_, changedHeader, changedSql, action) => {
    const file = await modelOf('gold.m', changedHeader, changedSql);
    expect(decision({ file })).toMatchObject({ action });
  });
});

describe('a view', async () => {
  const source = await modelOf('silver.a', header(), 'select 1 as n');
  const view = await modelOf('gold.v', `materialized: view\n${header()}`, 'select n from silver.a');
  const tested = await modelOf(
    'gold.v',
    `materialized: view\n${header('[unique]')}`,
    'select n from silver.a',
  );
  const versions = (model: Model, version: string) => ({
    files: none,
    parameters: none,
    models: new Map([
      ['silver.a', state(source, {}, { version })],
      ['gold.v', state(model, { 'silver.a': '1' })],
    ]),
  });

  test('follows what it reads without being built; its tests look again', () => {
    expect(decide(view, versions(view, '2'), false)).toMatchObject({ action: 'keep' });
    expect(decide(tested, versions(tested, '2'), false)).toMatchObject({ action: 'build' });
    expect(decide(tested, versions(tested, '1'), false)).toMatchObject({ action: 'keep' });
  });

  test('has a version that follows from its query and from what it reads', () => {
    const of = (model: Model, version: string) => versionOf('gold.v', versions(model, version));
    expect(of(view, '1')).toBe(of(view, '1'));
    expect(new Set([of(view, '1'), of(view, '2'), of(tested, '1')]).size).toBe(3);
  });
});

test('a relation of somebody else has no version, so its readers are always built', async () => {
  const model = await modelOf('gold.m', header(), 'select n from crm.customer');
  const versions = {
    files: none,
    parameters: none,
    models: new Map([['gold.m', state(model, {})]]),
  };
  expect(decide(model, versions, false)).toEqual({
    action: 'build',
    reason: 'it reads crm.customer, which nobody watches',
  });
});
