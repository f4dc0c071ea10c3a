// This folder is the project as other orchestrators see it: its graph (this file, graph-document.ts).

import type { Config } from '../config/config.js';
import { packageVersion } from '../files/package-file.js';
import { queryColumns } from '../parse-sql/columns/query-columns.js';
import { definitionDigest, sourceDigest } from '../pipeline/definitions/digests.js';
import { relationId, type Model } from '../pipeline/definitions/model.js';
import { ownColumns, sourceTable, type Source } from '../pipeline/definitions/source.js';
import { inOrder } from '../pipeline/project/graph.js';
import type { Project } from '../pipeline/project/read-project.js';
import { testQueries } from '../pipeline/transform/run-tests.js';
import {
  graphVersion,
  type GraphColumn,
  type GraphNotebook,
  type ProjectGraph,
} from './graph-document.js';

/**
 * The graph of a project, from its declarations alone: no warehouse is asked. Equal declarations give equal graphs.
 *
 * @param notebooks - In the order of the dashboard.
 */
export async function projectGraph(
  { project: { site, schemas }, reportTimeZone }: Pick<Config, 'project' | 'reportTimeZone'>,
  { sources, models }: Project,
  notebooks: readonly GraphNotebook[],
): Promise<ProjectGraph> {
  const columns = declaredColumns(sources, models);
  const known = new Set([...columns.keys()]);
  const ordered = inOrder(models.toSorted((a, b) => (a.id < b.id ? -1 : 1)));
  return {
    version: graphVersion,
    daybook: packageVersion(),
    project: { title: site.title, timeZone: reportTimeZone, schemas: [...schemas.names] },
    sources: sources.map((source) => graphSource(source)),
    models: await Promise.all(ordered.map((model) => graphModel(model, columns))),
    notebooks: [...notebooks],
    edges: [
      ...ordered.flatMap(({ id, reads }) => reads.map((from) => ({ from, to: id }))),
      ...notebooks.flatMap(({ path, reads }) => (reads ?? []).map((from) => ({ from, to: path }))),
    ]
      .filter(({ from }) => known.has(from))
      .concat(notebooks.flatMap(({ path, after }) => after.map((from) => ({ from, to: path })))),
  };
}

/** The columns of each relation, by its id. */
type Columns = ReadonlyMap<string, readonly { readonly name: string }[]>;

function declaredColumns(sources: readonly Source[], models: readonly Model[]): Columns {
  const columns = new Map<string, readonly { readonly name: string }[]>();
  for (const source of sources) {
    columns.set(sourceTable(source), [...source.columns, ...ownColumns]);
  }
  for (const model of models) columns.set(model.id, model.columns);
  return columns;
}

function graphSource(source: Source): ProjectGraph['sources'][number] {
  const { name, description, files, eventTime, columns } = source;
  return {
    ...{ id: sourceTable(source), name },
    ...(description === undefined ? {} : { description }),
    ...{ files: [...files], eventTime },
    columns: [...columns, ...ownColumns].map(declared),
    digest: sourceDigest(source),
  };
}

async function graphModel(model: Model, known: Columns): Promise<ProjectGraph['models'][number]> {
  const { id, file, description, materialized, incremental, reads } = model;
  const traced = (await queryColumns(model.query.sql, (read) => known.get(read))) ?? [];
  const sources = new Map(traced.map((column) => [column.name, column.sources]));
  return {
    ...{ id, file, description },
    materialization: incremental === undefined ? materialized : 'incremental',
    ...(incremental === undefined
      ? {}
      : {
          incremental: {
            from: relationId(incremental.from),
            by: incremental.by,
            slice: incremental.slice,
            key: [...incremental.key],
          },
        }),
    reads: [...reads],
    columns: model.columns.map((column) => {
      const from = sources.get(column.name);
      return {
        ...declared(column),
        ...(from === undefined ? {} : { from: [...from].map(columnName).filter(isKnown) }),
      };
    }),
    tests: testQueries(model).map(({ name, kind, column = null }) => ({ name, kind, column })),
    digest: definitionDigest(model),
  };

  function isKnown({ relation }: { relation: string }): boolean {
    return known.has(relation);
  }
}

function declared({
  name,
  type,
  description,
}: {
  readonly name: string;
  readonly type: string;
  readonly description?: string | undefined;
}): GraphColumn {
  return { name, type, ...(description === undefined ? {} : { description }) };
}

/** `schema.relation.column`, taken apart. */
function columnName(text: string): { relation: string; column: string } {
  const end = text.indexOf('.', text.indexOf('.') + 1);
  return { relation: text.slice(0, end), column: text.slice(end + 1) };
}
