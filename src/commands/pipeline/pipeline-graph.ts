// `daybook pipeline graph`: what the project loads, builds and publishes, in which order.

import { checkInProcess } from '../../notebook/type-check/check-in-process.js';
import { graphNotebooks } from '../../orchestration/graph-notebooks.js';
import type { ProjectGraph } from '../../orchestration/graph-document.js';
import { projectGraph } from '../../orchestration/project-graph.js';
import { readProject } from '../../pipeline/project/read-project.js';
import { formatTable } from '../../text/table.js';
import type { Command, Invocation } from '../command.js';
import { flag } from '../options.js';

/** `daybook pipeline graph`. */
export const pipelineGraph: Command = {
  usage: '[--json]',
  description: `Shows what the project loads, builds and publishes, each after what it reads. It is read from the
files of the project alone: no warehouse is asked, and nothing is run.

With --json it is a document for other programs, with columns, tests and lineage; its fields are in
docs/reference/graph.md, its JSON schema beside it.`,
  options: { json: { type: 'boolean', help: 'Print the graph as one JSON object' } },
  async run(invocation) {
    const graph = await readGraph(invocation);
    invocation.terminal.out(
      flag(invocation.values, 'json')
        ? `${JSON.stringify(graph, null, 2)}\n`
        : `${formatTable(graphRows(graph))}\n`,
    );
    return 0;
  },
};

/** The graph of the project in which a command was given. */
export async function readGraph({
  config,
  env,
  signal,
}: Pick<Invocation, 'config' | 'env' | 'signal'>): Promise<ProjectGraph> {
  const project = await readProject(config.root, config.project.schemas);
  const notebooks = await graphNotebooks(config, env, checkInProcess, signal);
  return projectGraph(config, project, notebooks);
}

function graphRows({ sources, models, notebooks }: ProjectGraph): string[][] {
  const reads = (names: readonly string[] | null) =>
    names === null || names.length === 0 ? '' : `reads ${names.join(', ')}`;
  return [
    ...sources.map(({ id, files }) => ['source', id, `files ${files.join(', ')}`]),
    ...models.map((model) => [model.materialization, model.id, reads(model.reads)]),
    ...notebooks.map((notebook) => ['notebook', notebook.path, reads(notebook.reads)]),
  ];
}
