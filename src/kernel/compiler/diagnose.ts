// Diagnostics of a notebook while it is written.

import type { CellDiagnostic } from '../../cells/cell-diagnostic.js';
import { CellProgram } from '../../cells/cell-program.js';
import type { CheckedText } from '../../cells/compiled-cell.js';
import type { CellSource } from '../../cells/loaded-cell.js';
import { placeInCell } from '../../cells/sql/text-places.js';
import {
  changedTables,
  formatProjectTypes,
  isOutdated,
  membersText,
  parseProjectTypes,
  type ProjectTypes,
  type QueryDeclaration,
} from '../../row-types/project-types.js';
import { staleCode, staleMessage, type QueryProblem } from '../../row-types/query-problem.js';
import { queryTypes } from '../../row-types/query-types.js';
import type { WarmWarehouse } from '../../row-types/warm-warehouse.js';
import { diagnosticsOf } from './draft-queries.js';
import { TypesOnDisk, type ReadTypes } from './types-on-disk.js';

/** A notebook as it stands in an editor. */
export interface NotebookInProgress {
  /** Its code cells in their order, each with an id that stays. */
  readonly cells: readonly (CellSource & { readonly id: string })[];
  /** The ids of the cells to check. */
  readonly wanted: readonly string[];
}

/** A diagnostic of a cell, where it stands in it. */
export interface ShownDiagnostic extends CellDiagnostic {
  readonly severity: 'error' | 'warning';
}

/** The diagnostics of cells by their ids. */
export type NotebookDiagnostics = Readonly<Record<string, readonly ShownDiagnostic[]>>;

/**
 * Checks a notebook at every key as `notebooks check` does, with what Postgres says of its queries. Without a
 * warehouse it says nothing of them. Each question ends the one before.
 */
export class NotebookDiagnoser {
  readonly #program: CellProgram;
  readonly #warehouse: WarmWarehouse;
  /** Types of queries that the project's file has not. */
  #drafts = new Map<string, QueryDeclaration>();
  /** The texts of the queries of each cell. */
  #texts = new Map<string, readonly string[]>();
  readonly #onDisk: TypesOnDisk;
  #read: ReadTypes | undefined;
  #asked = new AbortController();

  /** @param folder - The notebook's, absolute. */
  constructor(folder: string, warehouse: WarmWarehouse) {
    this.#program = new CellProgram(folder);
    this.#onDisk = new TypesOnDisk(folder);
    this.#warehouse = warehouse;
  }

  /** The diagnostics of the wanted cells; undefined: another question came first. */
  async diagnose(notebook: NotebookInProgress): Promise<NotebookDiagnostics | undefined> {
    this.#asked.abort();
    const { signal } = (this.#asked = new AbortController());
    const cells = new Map(notebook.cells.map(({ id, ...cell }) => [id, cell]));
    const wanted = new Set(notebook.wanted);
    const check = () => this.#program.recheck(cells, wanted);
    const read = this.#readTypes();
    const found = check();
    this.#keepTexts(cells, found);
    const texts = [...found.values()].flatMap(({ queries }) => queries.map(({ sql }) => sql));
    const types = read && this.#withDrafts(read.types);
    const outdated = types === undefined ? [] : texts.filter((sql) => isOutdated(sql, types));
    if (read === undefined || outdated.length === 0 || this.#warehouse.isAway) {
      return shown(cells, found, { problems: new Map(), types: read?.types });
    }
    const { types: known } = read;
    let problems: ReadonlyMap<string, QueryProblem>;
    try {
      const described = await this.#warehouse.describe(outdated, known, { signal });
      problems = described.problems;
      const members = queryTypes([...described.types.values()], known.tables);
      const { queries } = parseProjectTypes(formatProjectTypes('', members));
      for (const [sql, declaration] of queries) this.#drafts.set(sql, declaration);
    } catch {
      // The warehouse is away, which the query itself will say when it is run.
      problems = new Map();
    }
    if (signal.aborted) return undefined;
    this.#showTypes(read);
    return shown(cells, check(), { problems, types: known });
  }

  /** Drafts of texts that no cell has any more are of no use. */
  #keepTexts(
    cells: ReadonlyMap<string, CellSource>,
    found: ReadonlyMap<string, CheckedText>,
  ): void {
    for (const [id, { queries }] of found)
      this.#texts.set(
        id,
        queries.map(({ sql }) => sql),
      );
    this.#texts = new Map([...this.#texts].filter(([id]) => cells.has(id)));
    const used = new Set([...this.#texts.values()].flat());
    this.#drafts = new Map([...this.#drafts].filter(([sql]) => used.has(sql)));
  }

  /** The project's types, as the program sees them with the drafts. */
  #readTypes(): ReadTypes | undefined {
    const read = this.#onDisk.read();
    if (read !== undefined && read !== this.#read) this.#showTypes(read);
    this.#read = read;
    return read;
  }

  #withDrafts({ tables, queries }: ProjectTypes): ProjectTypes {
    return { tables, queries: new Map([...queries, ...this.#drafts]) };
  }

  #showTypes({ path, types }: ReadTypes): void {
    const { tables, queries } = this.#withDrafts(types);
    const text = formatProjectTypes(membersText(tables.values()), membersText(queries.values()));
    this.#program.setProjectTypes(path, text);
  }
}

function shown(
  cells: ReadonlyMap<string, CellSource>,
  found: ReadonlyMap<string, CheckedText>,
  {
    problems,
    types,
  }: {
    readonly problems: ReadonlyMap<string, QueryProblem>;
    readonly types: ProjectTypes | undefined;
  },
): NotebookDiagnostics {
  return Object.fromEntries(
    [...found].map(([id, { diagnostics, queries }]) => {
      const { source } = cells.get(id) ?? { source: '' };
      const wrong = [...diagnosticsOf(source, queries, problems), ...diagnostics];
      const stale = queries.flatMap((query) => {
        const known = types?.queries.get(query.sql);
        const changed = known && types ? changedTables(known, types) : [];
        if (changed.length === 0 || problems.has(query.sql)) return [];
        return [{ ...placeInCell(source, query), code: staleCode, message: staleMessage(changed) }];
      });
      return [
        id,
        [
          ...wrong.map((problem) => ({ ...problem, severity: 'error' as const })),
          ...stale.map((problem) => ({ ...problem, severity: 'warning' as const })),
        ],
      ];
    }),
  );
}
