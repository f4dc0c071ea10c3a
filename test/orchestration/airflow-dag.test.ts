import fc from 'fast-check';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import {
  airflowDag,
  pythonString,
  type AirflowOptions,
} from '../../src/orchestration/airflow-dag.js';
import type { ProjectGraph } from '../../src/orchestration/graph-document.js';
import { root } from '../database.js';

const options: AirflowOptions = {
  ...{ dagId: 'daybook', schedule: undefined, project: '/srv/daybook', command: 'npx daybook' },
  oneTask: false,
};

function graphOf(
  models: readonly (readonly [id: string, reads: readonly string[]])[],
  notebooks: readonly string[] = [],
): ProjectGraph {
  return {
    ...{ version: 1, daybook: '0', sources: [], edges: [] },
    project: { title: 'Sales', timeZone: 'Europe/Berlin', schemas: [] },
    models: models.map(([id, reads]) => ({
      ...{ id, file: '', description: '', materialization: 'table', columns: [], tests: [] },
      ...{ reads: [...reads], digest: '' },
    })),
    notebooks: notebooks.map((path) => ({
      ...{ path, slug: '', title: '', group: '', after: [], reads: [] },
    })),
  };
}

const small = graphOf(
  [
    ['silver.day', ['bronze.event']],
    ['gold.revenue', ['silver.day', 'bronze.report_parameter']],
    // Airflow would take a command that ends so for the name of a file.
    ['gold.sh', ['silver.day']],
  ],
  ['notebooks/sales.ipynb'],
);

test('the file of a small project, task by task', async () => {
  const dag = airflowDag(small, { ...options, schedule: '0 6 * * *' });
  expect(airflowDag(small, { ...options, schedule: '0 6 * * *' })).toBe(dag);
  await expect(dag).toMatchFileSnapshot(join(root, 'test/output/airflow-dag.py'));
});

test('everything in one task', () => {
  const body = (graph: ProjectGraph) =>
    airflowDag(graph, { ...options, oneTask: true })
      .split('):\n')
      .at(-1);
  expect(body(small)).toBe(
    '    Daybook(task_id="daybook", command=run("") + f" && {DAYBOOK} notebooks run")\n',
  );
  expect(body(graphOf([]))).toBe('    Daybook(task_id="daybook", command=run(""))\n');
});

describe('as Python reads it', () => {
  beforeEach((context) => {
    const { status } = spawnSync('python3', ['--version']);
    if (status !== 0) context.skip('no python3 in the PATH');
  });

  /** Runs a program of Python on JSON. */
  function inPython(program: string, input: unknown): unknown {
    const { stdout, stderr } = spawnSync('python3', ['-c', program], {
      input: JSON.stringify(input),
      encoding: 'utf8',
      maxBuffer: 1 << 27,
    });
    expect(stderr).toBe('');
    return JSON.parse(stdout);
  }

  const hostile = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom(
      ...['"', "'", '"""', "'''", '\\', '\\"', '\n', '\r\n', '\u2028', '\0', '{{ 1 }}', '{% x %}'],
      ...['$(touch x)', '`x`', '"; import os; "', 'a.sh', 'gold.a', 'load', '\ud800', '😀', '#'],
    ),
  );

  test('a text is the same text, whatever it holds', () => {
    const texts = fc.sample(hostile, 2000);
    const read = inPython(
      'import ast, json, sys\nprint(json.dumps([ast.literal_eval(t) for t in json.load(sys.stdin)]))',
      texts.map(pythonString),
    );
    expect(read).toEqual(texts);
  });

  test('names of any kind stay names: the file has the same statements, and the tasks of the graph', () => {
    const graphs = fc.sample(
      fc.record({
        names: fc.uniqueArray(hostile, { minLength: 1, maxLength: 6 }),
        text: hostile,
        oneTask: fc.boolean(),
      }),
      200,
    );
    const files = graphs.map(({ names, text, oneTask }) => {
      const models = names.map((name, index) => [name, names.slice(0, index)] as const);
      const graph = graphOf(models, ['a']);
      const project = { ...graph.project, title: text, timeZone: text };
      return airflowDag(
        { ...graph, project },
        { ...options, oneTask, project: text, command: text, schedule: text },
      );
    });
    // The shape of a file without its texts, and the list that its tasks are made of.
    const read = inPython(
      `
import ast, json, sys

def read(text):
    tree = ast.parse(text)
    loops = [node for node in ast.walk(tree) if isinstance(node, ast.For) and isinstance(node.iter, ast.List)]
    tasks = [ast.literal_eval(node.iter) for node in loops]
    for node in loops:
        node.iter = ast.List([], ast.Load())
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            node.value = ''
    return {'shape': ast.dump(tree), 'tasks': tasks[0] if tasks else []}

print(json.dumps([read(text) for text in json.load(sys.stdin)]))`,
      files,
    ) as { shape: string; tasks: [string, string, string[]][] }[];
    const shapes = new Set(read.map(({ shape }, index) => `${graphs[index]?.oneTask} ${shape}`));
    expect(shapes.size).toBe(2);
    for (const [index, { tasks }] of read.entries()) {
      const { names, oneTask } = graphs[index] ?? { names: [], oneTask: true };
      const ids = tasks.map(([id]) => id);
      expect(tasks.map(([, model]) => model)).toEqual(oneTask ? [] : names);
      expect(new Set([...ids, 'load', 'rest', 'notebooks']).size).toBe(ids.length + 3);
      expect(ids.every((id) => /^[A-Za-z0-9_.-]+$/.test(id))).toBe(true);
      expect(tasks.map(([, , before]) => before)).toEqual(
        oneTask ? [] : names.map((_, place) => ids.slice(0, place)),
      );
    }
  });
});
