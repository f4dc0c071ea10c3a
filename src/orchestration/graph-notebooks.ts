// The notebooks of a project's graph: what each reads, by the texts of its queries.

import type { Config } from '../config/config.js';
import type { Environment } from '../config/environment/env-file.js';
import { summariseNotebook, titleFromSlug } from '../nbformat/notebook-summary.js';
import { notebookOrder } from '../notebook/collection/notebook-order.js';
import { readSources } from '../notebook/collection/notebook-source.js';
import type { NotebookCheck } from '../notebook/run-settings.js';
import { readBySql } from '../notebook/publish/read-by-run.js';
import type { GraphNotebook } from './graph-document.js';

/**
 * The notebooks of the collection, in the order of the dashboard. Nothing is executed.
 *
 * @param check - Finds the texts of queries.
 */
export async function graphNotebooks(
  { root }: Pick<Config, 'root'>,
  env: Environment,
  check: NotebookCheck,
  signal?: AbortSignal,
): Promise<GraphNotebook[]> {
  const sources = await readSources([], root, env);
  const order = notebookOrder(sources);
  const checkable = sources.flatMap(({ file, content }) =>
    'notebook' in content && content.spec.language === 'typescript'
      ? [{ path: file, notebook: content.notebook }]
      : [],
  );
  const checked = check(checkable, { env, signal });
  return Promise.all(
    sources.map(async (source) => {
      const { path, slug, file, content } = source;
      const summary = 'notebook' in content ? summariseNotebook(content.notebook) : undefined;
      const own = checkable.findIndex((one) => one.path === file);
      return {
        ...{
          path,
          slug,
          title: summary?.title ?? titleFromSlug(slug),
          group: summary?.group ?? '',
        },
        after: (order.get(source)?.before ?? []).map((before) => before.path),
        reads: own === -1 ? null : await readsOf((await checked[own])?.queries ?? []),
      };
    }),
  );
}

async function readsOf(queries: readonly { readonly sql: string }[]): Promise<string[]> {
  const reads = await Promise.all(queries.map(({ sql }) => readBySql(sql)));
  return [...new Set(reads.flatMap((read) => read?.relations ?? []))].sort();
}
