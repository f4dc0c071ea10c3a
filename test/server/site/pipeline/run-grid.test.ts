import { expect, test } from 'vitest';
import { runGrid, runGridPart } from '../../../../src/server/site/pipeline/run-grid.js';
import type { RunStep, StepPage } from '../../../../src/history/runs/pipeline-reader.js';
import { toHtml } from '../../../../src/server/rendering/html/to-html.js';
import type { ListedRun } from '../../../../src/history/runs/pipeline-run.js';

const run = (runId: string) =>
  ({
    runId,
    status: 'passed',
    startedAt: '2026-11-22T12:00:00Z',
    finishedAt: '2026-11-22T12:00:04Z',
    timeZone: 'UTC',
  }) as ListedRun;
const step = (runId: string) =>
  ({ runId, step: 'gold.churn', status: 'passed', durationMs: 40 }) as RunStep;

const pageOf = (steps: RunStep[], count = 1): StepPage => ({
  ...{ steps, names: [...new Set(steps.map((one) => one.step))], count },
  ...{ failed: 0, blocked: 0, built: 0 },
});

const gridOf = (...ids: string[]) =>
  toHtml({ type: 'root', children: [runGrid(ids.map(run), pageOf(ids.map(step)), {})] });

test('a trend is shown of two runs and more, and no empty column of one', () => {
  expect(gridOf('2', '1')).toContain('>Trend</th>');
  expect(gridOf('2', '1')).toContain('class="trend"');
  const one = gridOf('1');
  expect(one).not.toContain('Trend');
  expect(one.match(/<th scope="col"/g)).toHaveLength(3);
  expect(one.match(/<td/g)).toHaveLength(2);
});

test('rows stand in the order of the graph when all are there, else as they are listed', () => {
  const steps = ['gold.a', 'silver.b', 'load'].map((name) => ({ ...step('1'), step: name }));
  const graph = { 'gold.a': ['silver.b'], 'silver.b': ['bronze.c'] };
  const order = (page: StepPage) =>
    [...toHtml(runGrid([run('1')], page, graph)).matchAll(/<th scope="row">([^<]*)/g)].map(
      ([, name]) => name,
    );
  expect(order(pageOf(steps, 3))).toEqual(['Load files', 'silver.b', 'gold.a']);
  expect(order(pageOf(steps, 300))).toEqual(['gold.a', 'silver.b', 'Load files']);
});

test('a part of a long list says which, of how many, and leads to all others', () => {
  const part = runGridPart([run('1')], pageOf([step('1')], 201), {}, 3);
  const html = toHtml({ type: 'root', children: part });
  expect(html).toContain('Steps 201 to 201 of 201');
  expect(html).toContain('<a href="/pipeline#runs">1</a>');
  expect(html).toContain('<a href="/pipeline/steps/2">2</a>');
  expect(html).toContain('<a href="/pipeline/steps/3" aria-current="page">3</a>');
  expect(runGridPart([run('1')], pageOf([step('1')]), {}, 1)).toHaveLength(1);
});
