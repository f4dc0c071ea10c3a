import { expect, test } from 'vitest';
import { runGrid } from '../../../src/server/pages/run-grid.js';
import type { PipelineRun, RunStep } from '../../../src/server/readers/pipeline-reader.js';
import { toHtml } from '../../../src/server/render/to-html.js';

const run = (runId: string) =>
  ({
    runId,
    status: 'passed',
    startedAt: '2026-11-22T12:00:00Z',
    finishedAt: '2026-11-22T12:00:04Z',
    timeZone: 'UTC',
  }) as PipelineRun;
const step = (runId: string) =>
  ({ runId, step: 'gold.churn', status: 'passed', durationMs: 40 }) as RunStep;

const gridOf = (...ids: string[]) =>
  toHtml({ type: 'root', children: [runGrid(ids.map(run), ids.map(step), {})] });

test('a trend is shown of two runs and more, and no empty column of one', () => {
  expect(gridOf('2', '1')).toContain('>Trend</th>');
  expect(gridOf('2', '1')).toContain('class="trend"');
  const one = gridOf('1');
  expect(one).not.toContain('Trend');
  expect(one.match(/<th scope="col"/g)).toHaveLength(3);
  expect(one.match(/<td/g)).toHaveLength(2);
});
