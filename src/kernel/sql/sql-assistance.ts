// Completion and documentation in the texts of queries, by the catalogue of the warehouse.

import type { Catalogue } from '../../row-types/catalogue.js';
import type { ProjectTypes } from '../../row-types/project-types.js';
import type { WarmWarehouse } from '../../row-types/warm-warehouse.js';
import { completeSql, type SqlCompletions } from './complete-sql.js';
import { inspectSql, type SqlInspection } from './inspect-sql.js';

/** How long an answer waits for the catalogue, in milliseconds: cells wait behind it. */
const patienceMs = 2000;

/** Answers what may stand in a query and what stands there; nothing where no warehouse can be reached. */
export class SqlAssistance {
  readonly #warehouse: WarmWarehouse;

  constructor(warehouse: WarmWarehouse) {
    this.#warehouse = warehouse;
  }

  async complete(sql: string, offset: number, types: ProjectTypes): Promise<SqlCompletions> {
    const catalogue = await this.#catalogue(types);
    if (catalogue === undefined) return { matches: [], start: offset, end: offset };
    return completeSql(sql, offset, catalogue);
  }

  async inspect(
    sql: string,
    offset: number,
    types: ProjectTypes,
  ): Promise<SqlInspection | undefined> {
    const catalogue = await this.#catalogue(types);
    return catalogue && inspectSql(sql, offset, catalogue);
  }

  async #catalogue(types: ProjectTypes): Promise<Catalogue | undefined> {
    if (this.#warehouse.isAway) return undefined;
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => {
        resolve(undefined);
      }, patienceMs);
    });
    const read = this.#warehouse.catalogue(types).catch(() => undefined);
    const catalogue = await Promise.race([read, patience]);
    clearTimeout(timer);
    return catalogue;
  }
}
