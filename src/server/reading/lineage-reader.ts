import { createHash } from 'node:crypto';
import type { RunQuery } from '../../publication/publication-reader.js';
import type { CatalogueRelation } from './readers/catalogue-reader.js';
import type { Renderer } from '../rendering/renderer.js';
import { columnLineage, lineageInput, type ColumnLineage } from '../rendering/column-lineage.js';

/** Reads the lineage of all columns once for all pages that show some of it, until anything changes. */
export class LineageReader {
  readonly #renderer: Renderer;
  #last: { readonly key: string; readonly lineage: Promise<ColumnLineage> } | undefined;

  constructor(renderer: Renderer) {
    this.#renderer = renderer;
  }

  /**
   * @param sql - What made each relation last, by its id.
   * @param queries - What each notebook asked, by its slug.
   */
  read(
    relations: readonly CatalogueRelation[],
    sql: ReadonlyMap<string, string>,
    queries: ReadonlyMap<string, readonly RunQuery[]>,
  ): Promise<ColumnLineage> {
    const input = lineageInput(relations, sql, queries);
    const all = [[...input.columns], [...input.sql], [...input.queries]];
    const key = createHash('sha256').update(JSON.stringify(all)).digest('base64');
    if (this.#last?.key !== key) {
      const lineage = this.#renderer
        .render({ kind: 'lineage', ...input })
        .then(({ result }) => columnLineage(result));
      this.#last = { key, lineage };
      lineage.catch(() => {
        this.#last = undefined;
      });
    }
    return this.#last.lineage;
  }
}
