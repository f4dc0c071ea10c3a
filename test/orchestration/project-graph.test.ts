import Ajv from 'ajv';
import { expect, test } from 'vitest';
import { parseConfig } from '../../src/config/config.js';
import { graphSchema, type ProjectGraph } from '../../src/orchestration/graph-document.js';
import { graphNotebooks } from '../../src/orchestration/graph-notebooks.js';
import { projectGraph } from '../../src/orchestration/project-graph.js';
import { readProject } from '../../src/pipeline/project/read-project.js';
import { root } from '../database.js';
import { checkInProcess } from '../notebook/check-in-process.js';
import { project } from '../project.js';
import { model } from '../pipeline/pipeline-workspace.js';
import { customerLogsFile, customerLogsYaml } from '../pipeline/line-sources.js';
import { temporaryFolder } from '../temporary-folder.js';

async function graphOf(folder: string, settings = project): Promise<ProjectGraph> {
  const config = parseConfig({}, folder, settings);
  const declared = await readProject(folder, settings.schemas);
  return projectGraph(config, declared, await graphNotebooks(config, {}, checkInProcess));
}

const isDocument = new Ajv().compile(graphSchema());

function expectDocument(graph: ProjectGraph): void {
  isDocument(JSON.parse(JSON.stringify(graph)));
  expect(isDocument.errors).toBeNull();
}

test('the graph of the shipped project says what is read by what, down to columns and notebooks', async () => {
  const graph = await graphOf(root);
  expectDocument(graph);
  expect(JSON.stringify(await graphOf(root))).toBe(JSON.stringify(graph));

  const places = new Map(graph.models.map(({ id }, place) => [id, place]));
  for (const { from, to } of graph.edges) {
    const [before, after] = [places.get(from), places.get(to)];
    if (before !== undefined && after !== undefined)
      expect(before, `${from} → ${to}`).toBeLessThan(after);
  }
  const churn = graph.models.find(({ id }) => id === 'gold.monthly_churn');
  expect(churn?.tests).toContainEqual({
    name: 'not_null(month)',
    kind: 'not_null',
    column: 'month',
  });
  expect(churn?.columns.every(({ from }) => from !== undefined)).toBe(true);
  expect(graph.models.some(({ materialization }) => materialization === 'incremental')).toBe(true);
  expect(graph.edges).toContainEqual({
    from: 'gold.monthly_churn',
    to: 'notebooks/customer-churn.ipynb',
  });
});

test('a project of its own: what cannot be known is left open, not made up', async () => {
  const notebook = (cells: unknown[], metadata: object = {}) =>
    JSON.stringify({ nbformat: 4, nbformat_minor: 5, cells, metadata });
  const typescript = { kernelspec: { name: 'daybook', display_name: 'TypeScript' } };
  const folder = temporaryFolder({
    [customerLogsFile]: customerLogsYaml,
    'sql/silver/login.sql': model(
      'account: { type: bigint, tests: [not_null] }, number: { type: bigint }',
      'select account, count(*) as number from bronze.log_event group by 1',
      'tests:\n  - { row_count: { min: 1 } }\n',
    ),
    'sql/gold/elsewhere.sql': model(
      'a: { type: integer }',
      'select a from others.relation join silver.login on true',
      'materialized: view\n',
    ),
    'notebooks/b.ipynb': notebook([], { ...typescript, daybook: { after: 'a' } }),
    'notebooks/a.ipynb': notebook([], { ...typescript, daybook: { position: 1, group: 'First' } }),
    'notebooks/broken.ipynb': '{',
  });
  const graph = await graphOf(folder);
  expectDocument(graph);
  expect(graph.models).toMatchObject([
    {
      id: 'silver.login',
      materialization: 'table',
      columns: [
        { name: 'account', from: [{ relation: 'bronze.log_event', column: 'account' }] },
        { name: 'number', from: [{ relation: 'bronze.log_event', column: '*' }] },
      ],
      tests: [
        { name: 'not_null(account)', kind: 'not_null', column: 'account' },
        { kind: 'row_count', column: null },
      ],
    },
    {
      id: 'gold.elsewhere',
      materialization: 'view',
      reads: ['others.relation', 'silver.login'],
      columns: [{ name: 'a', from: [] }],
    },
  ]);
  expect(graph.notebooks).toMatchObject([
    { path: 'notebooks/a.ipynb', title: 'A', group: 'First', after: [], reads: [] },
    { path: 'notebooks/b.ipynb', after: ['notebooks/a.ipynb'], reads: [] },
    { path: 'notebooks/broken.ipynb', reads: null },
  ]);
  expect(graph.edges).toEqual([
    { from: 'bronze.log_event', to: 'silver.login' },
    { from: 'silver.login', to: 'gold.elsewhere' },
    { from: 'notebooks/a.ipynb', to: 'notebooks/b.ipynb' },
  ]);
});
