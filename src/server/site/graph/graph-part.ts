// Which part of a large graph of models the pipeline page draws.

import { countOf } from '../../../text/amounts.js';
import type { PictureNode } from './graph-picture.js';
import { neighbourhood } from './neighbourhood.js';
import type { ModelGraph, RunStep } from '../../../history/runs/pipeline-reader.js';
import { cataloguePath } from '../../paths.js';
import { filesNode, notebooksNode, type Flow, type FlowSources } from './pipeline-graph.js';
import { taskState } from '../../parts/state.js';

/** The largest graph that is drawn whole, in relations. */
const maxWhole = 100;

/** Relations drawn of a larger graph, and those among them that the neighbourhood starts from. */
const maxDrawn = 40;
const maxRoots = 15;

/** The drawn part of a graph of models. */
export interface GraphPart {
  readonly graph: ModelGraph;
  /** The ids of its relations. */
  readonly ids: readonly string[];
  /** Undefined: the whole graph. */
  readonly about: 'failed' | 'built' | 'nothing' | undefined;
}

/**
 * The part to draw: all of a small graph; of a large one the failed or blocked relations of a run, otherwise those
 * that it built, each with its neighbourhood.
 *
 * @param steps - Of the run, the most urgent first.
 */
export function graphPart(graph: ModelGraph, steps: readonly RunStep[]): GraphPart {
  const ids = [...new Set([...Object.keys(graph), ...Object.values(graph).flat()])];
  if (ids.length <= maxWhole) return { graph, ids, about: undefined };
  const known = new Set(ids);
  const rootsOf = (...states: readonly RunStep['status'][]) =>
    steps
      .filter(({ step, status }) => known.has(step) && states.includes(status))
      .map(({ step }) => step)
      .slice(0, maxRoots);
  const failed = rootsOf('failed', 'running', 'upstream_failed');
  const roots = failed.length > 0 ? failed : rootsOf('passed');
  const edges = Object.entries(graph).flatMap(([to, from]) =>
    from.map((source) => ({ from: source, to })),
  );
  const near = neighbourhood(edges, roots, { most: maxDrawn, distance: 1 });
  const drawn = Object.entries(graph).flatMap(([to, from]) =>
    near.ids.has(to) ? [[to, from.filter((source) => near.ids.has(source))] as const] : [],
  );
  return {
    graph: Object.fromEntries(drawn),
    ids: [...near.ids],
    about: failed.length > 0 ? 'failed' : roots.length > 0 ? 'built' : 'nothing',
  };
}

const schemaOf = (id: string) => id.slice(0, id.indexOf('.'));

/** The worst first. */
const grave: readonly RunStep['status'][] = ['failed', 'running', 'upstream_failed'];

/** A graph of any size reduced to its schemas: the number of relations in each, and which reads which. */
export function layersFlow(
  {
    graph,
    files,
    publication,
    reads,
  }: Pick<FlowSources, 'graph' | 'files' | 'publication' | 'reads'>,
  steps: readonly RunStep[],
): Flow {
  const members = new Map<string, Set<string>>();
  const edges = new Map<string, { from: string; to: string; count: number }>();
  const link = (from: string, to: string) => {
    const key = `${from} ${to}`;
    edges.set(key, { from, to, count: (edges.get(key)?.count ?? 0) + 1 });
  };
  // Between two schemas the arrow follows the majority of edges.
  const isMain = ({ from, to, count }: { from: string; to: string; count: number }) =>
    from !== to && count > (edges.get(`${to} ${from}`)?.count ?? 0);
  const add = (id: string) => {
    const schema = schemaOf(id);
    members.set(schema, (members.get(schema) ?? new Set()).add(id));
    return schema;
  };
  for (const [to, from] of Object.entries(graph)) {
    const schema = add(to);
    for (const id of from) link(add(id), schema);
  }
  const nodes: PictureNode[] = [...members].map(([schema, ids]) => {
    const worst = grave.find((state) =>
      steps.some(({ step, status }) => status === state && schemaOf(step) === schema),
    );
    return {
      id: schema,
      label: schema,
      note: countOf(ids.size, 'relation'),
      title: `${schema}: ${countOf(ids.size, 'relation')}`,
      href: `${cataloguePath}#${encodeURIComponent(schema)}`,
      state: worst === undefined ? undefined : taskState(worst),
    };
  });
  if (files.count > 0) {
    const first = filesNode(files.count);
    nodes.push(first);
    for (const [schema, ids] of members) {
      if ([...ids].some((id) => !Object.hasOwn(graph, id))) link(first.id, schema);
    }
  }
  const last = notebooksNode(publication.notebooks.length);
  const read = new Set([...reads.values()].flat().map(schemaOf));
  if (publication.notebooks.length > 0) nodes.push(last);
  for (const schema of read) if (members.has(schema)) link(schema, last.id);
  return { nodes, edges: [...edges.values()].filter(isMain) };
}
