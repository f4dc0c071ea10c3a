import type { Publication } from '../../publication/publication-reader.js';
import type { GraphEdge } from '../graph/graph-layout.js';
import type { PictureNode } from '../graph/graph-picture.js';
import type { CatalogueRelation, SourceFile } from '../readers/catalogue-reader.js';
import type { ModelGraph, RunStep } from '../readers/pipeline-reader.js';
import { cataloguePath, notebookPath, relationPath } from './paths.js';
import { stateOf, stateWord, taskState, taskWord } from './state.js';
import { countOf } from './table.js';
import { formatDuration } from './time.js';

/** What the whole way of the data is drawn from. */
export interface FlowSources {
  readonly graph: ModelGraph;
  readonly relations: readonly CatalogueRelation[];
  readonly files: { readonly count: number; readonly files: readonly SourceFile[] };
  readonly publication: Publication;
  /** The relations that each notebook's code names, by slug. */
  readonly reads: ReadonlyMap<string, readonly string[]>;
}

/** The way of the data, from files to notebooks. */
export interface Flow {
  readonly nodes: readonly PictureNode[];
  readonly edges: readonly GraphEdge[];
}

const filesId = 'files';

/**
 * The whole flow: files, the relations that the graph names, and the notebooks that read them.
 *
 * @param steps - Of the run whose states the models show; none: models show their rows alone.
 * @param href - Where a model leads.
 */
export function dataFlow(
  { graph, relations, files, publication, reads }: FlowSources,
  steps: readonly RunStep[],
  href: (id: string) => string = relationPath,
): Flow {
  const ids = new Set([...Object.keys(graph), ...Object.values(graph).flat()]);
  const byId = new Map(relations.map((relation) => [relation.id, relation]));
  const stepOf = new Map(steps.map((step) => [step.step, step]));
  const nodes: PictureNode[] = [];
  const edges: GraphEdge[] = Object.entries(graph).flatMap(([to, from]) =>
    from.map((id) => ({ from: id, to })),
  );
  if (files.count > 0) {
    nodes.push({
      id: filesId,
      end: 'first',
      label: 'Log files',
      note: countOf(files.count, 'file'),
      title: `Log files: ${countOf(files.count, 'file')}`,
      href: `${cataloguePath}#files`,
      state: undefined,
    });
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
    // What lines are loaded into says of each row which file it came from.
    const isLoaded = !Object.hasOwn(graph, id);
    if (isLoaded && relation?.columns.some(({ name }) => name === 'source_file') === true) {
      edges.push({ from: filesId, to: id });
    }
  }
  for (const notebook of publication.notebooks) {
    const from = (reads.get(notebook.slug) ?? []).filter((id) => ids.has(id));
    if (from.length === 0) continue;
    const id = `notebook:${notebook.slug}`;
    nodes.push({
      id,
      end: 'last',
      label: notebook.title,
      note: 'notebook',
      title: `${notebook.title}: ${stateWord(stateOf(notebook))}`,
      href: notebookPath(notebook.slug),
      state: stateOf(notebook),
    });
    edges.push(...from.map((relation) => ({ from: relation, to: id })));
  }
  return { nodes, edges };
}

/** The part of a flow that leads to one node and away from it. */
export function lineageOf({ nodes, edges }: Flow, id: string): Flow {
  const reach = (next: (edge: GraphEdge) => readonly [string, string]) => {
    const found = new Set([id]);
    // A Set goes through what is added on the way, too.
    for (const at of found) {
      for (const edge of edges) {
        const [from, to] = next(edge);
        if (from === at) found.add(to);
      }
    }
    return found;
  };
  const down = reach(({ from, to }) => [from, to]);
  const up = reach(({ from, to }) => [to, from]);
  return {
    nodes: nodes
      .filter((node) => up.has(node.id) || down.has(node.id))
      .map((node) => (node.id === id ? { ...node, isMarked: true } : node)),
    edges: edges.filter(
      ({ from, to }) => (up.has(from) && up.has(to)) || (down.has(from) && down.has(to)),
    ),
  };
}

const compact = new Intl.NumberFormat('en-CA', { notation: 'compact', maximumFractionDigits: 1 });

/** The layer and the size, as short as they have to be: `gold · 12 rows`, `bronze · 92.1K rows`. */
function noteOf(id: string, relation: CatalogueRelation | undefined): string {
  const parts = [id.slice(0, id.indexOf('.'))];
  if (relation?.kind === 'view') parts.push('view');
  else if (relation?.rowCount != null) {
    parts.push(`${compact.format(relation.rowCount)} ${relation.rowCount === 1 ? 'row' : 'rows'}`);
  }
  return parts.join(' · ');
}

function titleOf(
  id: string,
  relation: CatalogueRelation | undefined,
  step: RunStep | undefined,
): string {
  const parts: string[] = step === undefined ? [] : [taskWord(step.status)];
  if (relation?.kind === 'view') parts.push('view');
  else if (relation?.rowCount != null) {
    const about = relation.isEstimate ? 'about ' : '';
    parts.push(about + countOf(relation.rowCount, 'row'));
  }
  if (step?.durationMs != null) parts.push(formatDuration(step.durationMs));
  return `${id}: ${parts.join(', ')}`;
}
