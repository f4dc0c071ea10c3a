// Column lineage for the pages of the catalogue, from cache or from the renderer.

import { createHash } from 'node:crypto';
import type { RunQuery } from '../../publication/publication.js';
import {
  columnLineage,
  type ColumnLineage,
  type LineageInput,
} from '../rendering/column-lineage.js';
import type { Renderer } from '../rendering/renderer.js';
import { GracePeriod } from './grace-period.js';
import type { CatalogueRelation } from './readers/catalogue-reader.js';

/** The last known lineage. */
export interface KnownLineage {
  /** Undefined: not known yet. */
  readonly lineage: ColumnLineage | undefined;
  /** Settles when the current lineage is there; undefined: it is current. */
  readonly rest: Promise<unknown> | undefined;
}

/**
 * Reads the lineage of all columns once for all pages. After a change the previous lineage is returned until the
 * new one is ready; only the first requests after a start wait.
 */
export class LineageReader {
  readonly #renderer: Renderer;
  readonly #grace = new GracePeriod();
  #known: { readonly key: string; readonly lineage: ColumnLineage } | undefined;
  #making: { readonly key: string; readonly done: Promise<unknown> } | undefined;

  constructor(renderer: Renderer) {
    this.#renderer = renderer;
  }

  /**
   * @param sql - The statements that built each relation, by its id.
   * @param queries - The queries of each notebook, by its slug.
   */
  async read(
    relations: readonly CatalogueRelation[],
    sql: ReadonlyMap<string, string>,
    queries: ReadonlyMap<string, readonly RunQuery[]>,
  ): Promise<KnownLineage> {
    const input = lineageInput(relations, sql, queries);
    const all = [[...input.columns], [...input.sql], [...input.queries]];
    const key = createHash('sha256').update(JSON.stringify(all)).digest('base64');
    const isCurrent = () => this.#known?.key === key;
    if (isCurrent()) return { lineage: this.#known?.lineage, rest: undefined };
    const done = this.#make(key, input);
    await this.#grace.wait(done);
    return { lineage: this.#known?.lineage, rest: isCurrent() ? undefined : done };
  }

  #make(key: string, input: LineageInput): Promise<unknown> {
    if (this.#making?.key === key) return this.#making.done;
    const done = this.#renderer
      .render({ kind: 'lineage', ...input })
      .then(({ result }) => {
        this.#known = { key, lineage: columnLineage(result) };
      })
      .finally(() => {
        if (this.#making?.key === key) this.#making = undefined;
      });
    done.catch(() => undefined);
    this.#making = { key, done };
    return done;
  }
}

function lineageInput(
  relations: readonly CatalogueRelation[],
  sql: ReadonlyMap<string, string>,
  queries: ReadonlyMap<string, readonly RunQuery[]>,
): LineageInput {
  const columns = new Map(relations.map((one) => [one.id, one.columns.map(({ name }) => name)]));
  return {
    columns,
    // The history has the statements of models that are gone, too.
    sql: new Map([...sql].filter(([id]) => columns.has(id))),
    queries: new Map(
      [...queries].map(([slug, asked]) => [slug, [...new Set(asked.map((query) => query.sql))]]),
    ),
  };
}
