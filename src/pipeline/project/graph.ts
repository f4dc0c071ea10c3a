// The graph of models: order, cycles, selection (`--select`).

import { DaybookError } from '../../errors.js';
import { closestName } from '../../text/closest-name.js';
import type { Model } from '../definitions/model.js';

/** A node of the graph. */
export type GraphNode = Pick<Model, 'id' | 'reads'>;

/**
 * A cycle of models.
 *
 * @returns The models of one cycle in order of their reads; undefined: there is none.
 */
export function findCycle<Node extends GraphNode>(models: readonly Node[]): Node[] | undefined {
  const byId = new Map(models.map((model) => [model.id, model]));
  const done = new Set<string>();
  const path: Node[] = [];
  const visit = (model: Node): Node[] | undefined => {
    const start = path.indexOf(model);
    if (start !== -1) return path.slice(start);
    if (done.has(model.id)) return undefined;
    path.push(model);
    for (const id of model.reads) {
      const read = byId.get(id);
      const cycle = read === undefined ? undefined : visit(read);
      if (cycle !== undefined) return cycle;
    }
    path.pop();
    done.add(model.id);
    return undefined;
  };
  for (const model of models) {
    const cycle = visit(model);
    if (cycle !== undefined) return cycle;
  }
  return undefined;
}

/** The models in topological order. There must be no cycle. */
export function inOrder<Node extends GraphNode>(models: readonly Node[]): Node[] {
  const byId = new Map(models.map((model) => [model.id, model]));
  const ordered = new Set<Node>();
  const visit = (model: Node): void => {
    if (ordered.has(model)) return;
    for (const id of model.reads) {
      const read = byId.get(id);
      if (read !== undefined) visit(read);
    }
    ordered.add(model);
  };
  models.forEach(visit);
  return [...ordered];
}

/**
 * The models of a selection, in dbt's notation: `name` or `schema.name` alone, `+name` with its ancestors, `name+`
 * with its descendants, `schema.*` for a whole schema.
 *
 * @param selectors - Empty: all models.
 * @throws DaybookError `USAGE` for a name that no model has, or that several have.
 */
export function selectModels<Node extends GraphNode>(
  models: readonly Node[],
  selectors: readonly string[],
): Node[] {
  if (selectors.length === 0) return [...models];
  const selected = new Set<string>();
  for (const selector of selectors) {
    const [, before, name = '', after] = /^(\+?)(.*?)(\+?)$/.exec(selector) ?? [];
    for (const { id } of named(models, name)) {
      selected.add(id);
      if (before === '+') for (const read of upstream(models, id)) selected.add(read);
      if (after === '+') for (const reader of downstream(models, id)) selected.add(reader);
    }
  }
  return models.filter((model) => selected.has(model.id));
}

/** All ancestors of a model. */
export function upstream(models: readonly GraphNode[], id: string): Set<string> {
  const byId = new Map(models.map((model) => [model.id, model.reads]));
  return reach(id, (from) => (byId.get(from) ?? []).filter((read) => byId.has(read)));
}

/** All descendants of a model. */
export function downstream(models: readonly GraphNode[], id: string): Set<string> {
  return reach(id, (from) =>
    models.filter((model) => model.reads.includes(from)).map((model) => model.id),
  );
}

function reach(start: string, next: (id: string) => readonly string[]): Set<string> {
  const reached = new Set<string>();
  const waiting = [...next(start)];
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    if (reached.has(id)) continue;
    reached.add(id);
    waiting.push(...next(id));
  }
  return reached;
}

function named<Node extends GraphNode>(models: readonly Node[], name: string): Node[] {
  const found = name.endsWith('.*')
    ? models.filter((model) => model.id.startsWith(name.slice(0, -1)))
    : models.filter((model) => model.id === name || model.id.endsWith(`.${name}`));
  if (found.length === 0) {
    const names = models.flatMap(({ id }) => [id, id.slice(id.indexOf('.') + 1)]);
    const closest = closestName(name, names);
    throw new DaybookError('USAGE', `--select: there is no model "${name}"`, {
      hint:
        closest === undefined
          ? `models: ${models.map(({ id }) => id).join(', ')}`
          : `did you mean ${closest}?`,
    });
  }
  if (found.length > 1 && !name.endsWith('.*')) {
    throw new DaybookError('USAGE', `--select: "${name}" is the name of several models`, {
      hint: `name one of ${found.map(({ id }) => id).join(', ')}`,
    });
  }
  return found;
}
