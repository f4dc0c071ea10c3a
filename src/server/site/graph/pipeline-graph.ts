// The graph of the whole data flow: files, tables, models, notebooks.

import { countOf, formatDuration } from '../../../text/amounts.js';
import { currentLocale, numberFormatter } from '../../../text/locale.js';
import type { Publication } from '../../../publication/publication.js';
import type { GraphEdge } from './graph-layout.js';
import { neighbourhood } from './neighbourhood.js';
import type { PictureNode } from './graph-picture.js';
import type { CatalogueRelation, SourceFile } from '../../reading/readers/catalogue-reader.js';
import type { ModelGraph, RunStep } from '../../../history/runs/pipeline-reader.js';
import { cataloguePath, notebookPath, relationPath } from '../../paths.js';
import { stateOf, stateLabel, taskState, taskLabel } from '../../parts/state.js';

/** What the graph of the data flow is built from. */
export interface FlowSources {
  readonly graph: ModelGraph;
  readonly relations: readonly CatalogueRelation[];
  readonly files: { readonly count: number; readonly files: readonly SourceFile[] };
  readonly publication: Publication;
  /** The relations that each notebook reads, by slug. */
  readonly reads: ReadonlyMap<string, readonly string[]>;
}

/** The data flow, from files to notebooks. */
export interface Flow {
  readonly nodes: readonly PictureNode[];
  readonly edges: readonly GraphEdge[];
}

const filesId = 'files';
const notebooksId = 'notebooks';

/** The node of all log files. */
export function filesNode(count: number): PictureNode {
  return {
    id: filesId,
    end: 'first',
    label: 'Log files',
    note: countOf(count, 'file'),
    title: `Log files: ${countOf(count, 'file')}`,
    href: `${cataloguePath}#files`,
    state: undefined,
  };
}

/** The node of all notebooks, where they are too many to show each. */
export function notebooksNode(count: number): PictureNode {
  return {
    id: notebooksId,
    end: 'last',
    label: 'Notebooks',
    note: countOf(count, 'notebook'),
    title: countOf(count, 'notebook'),
    href: '/',
    state: undefined,
  };
}

/** Options of {@link dataFlow}. */
export interface FlowOptions {
  /** Steps of the run whose states the models show; none: models show their rows alone. */
  readonly steps?: readonly RunStep[];
  /** The address of a model; default its page. */
  readonly href?: (id: string) => string;
  /** The most notebooks that are drawn one by one; default all. */
  readonly maxNotebooks?: number;
}

/** The whole flow: files, the relations of the graph, and the notebooks that read them. */
export function dataFlow(
  { graph, relations, files, publication, reads }: FlowSources,
  { steps = [], href = relationPath, maxNotebooks = Infinity }: FlowOptions = {},
): Flow {
  const ids = new Set([...Object.keys(graph), ...Object.values(graph).flat()]);
  const byId = new Map(relations.map((relation) => [relation.id, relation]));
  const stepOf = new Map(steps.map((step) => [step.step, step]));
  const nodes: PictureNode[] = [];
  const edges: GraphEdge[] = Object.entries(graph).flatMap(([to, from]) =>
    from.map((id) => ({ from: id, to })),
  );
  if (files.count > 0) {
    nodes.push(filesNode(files.count));
  }
  for (const id of ids) {
    const relation = byId.get(id);
    const step = stepOf.get(id);
    nodes.push({
      id,
      label: id.slice(id.indexOf('.') + 1),
      note: noteOf(id, relation),
      title: titleOf(id, relation, step),
      href: href(id),
      state: step === undefined ? undefined : taskState(step.status),
    });
    // A loaded table knows the file of each row, so its arrow comes from the files.
    const isLoaded = !Object.hasOwn(graph, id);
    if (isLoaded && relation?.columns.some(({ name }) => name === 'source_file') === true) {
      edges.push({ from: filesId, to: id });
    }
  }
  const readers = publication.notebooks.flatMap((notebook) => {
    const from = (reads.get(notebook.slug) ?? []).filter((id) => ids.has(id));
    return from.length === 0 ? [] : [{ notebook, from }];
  });
  if (readers.length > maxNotebooks) {
    nodes.push(notebooksNode(readers.length));
    const read = new Set(readers.flatMap(({ from }) => from));
    edges.push(...[...read].map((from) => ({ from, to: notebooksId })));
    return { nodes, edges };
  }
  for (const { notebook, from } of readers) {
    const id = `notebook:${notebook.slug}`;
    nodes.push({
      id,
      end: 'last',
      label: notebook.title,
      note: 'notebook',
      title: `${notebook.title}: ${stateLabel(stateOf(notebook))}`,
      href: notebookPath(notebook.slug),
      state: stateOf(notebook),
    });
    edges.push(...from.map((relation) => ({ from: relation, to: id })));
  }
  return { nodes, edges };
}

/** The most nodes of a lineage that are drawn. */
const maxLineage = 60;

/** The part of a flow that leads to a node and away from it, with the number of all its nodes. */
export function lineageOf({ nodes, edges }: Flow, id: string): Flow & { readonly count: number } {
  const { ids, before, after, count } = neighbourhood(edges, [id], { most: maxLineage });
  const isIn = (part: ReadonlySet<string>) => (edge: GraphEdge) =>
    part.has(edge.from) && part.has(edge.to);
  const [isShown, leadsHere, leadsAway] = [isIn(ids), isIn(before), isIn(after)];
  return {
    nodes: nodes
      .filter((node) => ids.has(node.id))
      .map((node) => (node.id === id ? { ...node, isMarked: true } : node)),
    edges: edges.filter((edge) => isShown(edge) && (leadsHere(edge) || leadsAway(edge))),
    count,
  };
}

/** A count in three digits or so: `4.1K`. */
function compact(count: number): string {
  const options = { notation: 'compact', maximumFractionDigits: 1 } as const;
  return numberFormatter(currentLocale(), options).format(count);
}

/** Schema and size, as short as possible: `gold · 12 rows`, `bronze · 92.1K rows`. */
function noteOf(id: string, relation: CatalogueRelation | undefined): string {
  const parts = [id.slice(0, id.indexOf('.'))];
  if (relation?.kind === 'view') parts.push('view');
  else if (relation?.rowCount != null) {
    parts.push(`${compact(relation.rowCount)} ${relation.rowCount === 1 ? 'row' : 'rows'}`);
  }
  return parts.join(' · ');
}

function titleOf(
  id: string,
  relation: CatalogueRelation | undefined,
  step: RunStep | undefined,
): string {
  const parts: string[] = step === undefined ? [] : [taskLabel(step.status)];
  if (relation?.kind === 'view') parts.push('view');
  else if (relation?.rowCount != null) {
    const about = relation.isEstimate ? 'about ' : '';
    parts.push(about + countOf(relation.rowCount, 'row'));
  }
  if (step?.durationMs != null) parts.push(formatDuration(step.durationMs));
  return `${id}: ${parts.join(', ')}`;
}
