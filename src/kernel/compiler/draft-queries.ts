// Types of the queries in a cell while it is compiled.

import { readFileSync } from 'node:fs';
import type { CellDiagnostic } from '../../cells/cell-diagnostic.js';
import type { CellProgram } from '../../cells/cell-program.js';
import type { Compilation, CompiledText } from '../../cells/compiled-cell.js';
import type { CellSource } from '../../cells/loaded-cell.js';
import type { CellQuery } from '../../cells/sql/cell-queries.js';
import { placeInCell } from '../../cells/sql/text-places.js';
import { findProjectTypes } from '../../files/project-types.js';
import type { Describe } from '../../row-types/describe-queries.js';
import {
  formatProjectTypes,
  isOutdated,
  membersText,
  parseProjectTypes,
  type ProjectTypes,
  type QueryDeclaration,
} from '../../row-types/project-types.js';
import type { QueryProblem } from '../../row-types/query-problem.js';
import { queryTypes } from '../../row-types/query-types.js';

/** A cell, compiled with the types of its queries. */
export interface DescribedCell {
  readonly compiled: CompiledText;
  /** The JavaScript, or the problems of the cell and of its queries. */
  readonly compilation: Compilation;
}

/**
 * The types of queries that a notebook has and the project's file of types has not. They stay in memory: a query that
 * somebody tries out is nothing to commit.
 */
export class DraftQueries {
  readonly #program: CellProgram;
  readonly #describe: Describe;
  readonly #drafts = new Map<string, QueryDeclaration>();

  constructor(program: CellProgram, describe: Describe) {
    this.#program = program;
    this.#describe = describe;
  }

  /** Compiles a cell; Postgres first describes those of its queries that are new, or older than their tables. */
  async compile(cell: CellSource): Promise<DescribedCell> {
    const path = findProjectTypes(this.#program.folder);
    if (path === undefined) return plain(this.#program.compile(cell));
    const types = this.#load(path);
    const compiled = this.#program.compile(cell);
    const queries = compiled.queries();
    const outdated = queries.filter(({ sql }) => isOutdated(sql, types));
    if (outdated.length === 0) return plain(compiled);
    let problems: ReadonlyMap<string, QueryProblem>;
    try {
      problems = await this.#learn(outdated, types);
    } catch {
      // The query itself will say that the warehouse is away.
      return plain(compiled);
    }
    this.#load(path);
    const again = this.#program.compile(cell);
    const wrong = diagnosticsOf(cell.source, queries, problems);
    if (wrong.length === 0) return plain(again);
    const { compilation } = again;
    const others = compilation.status === 'error' ? compilation.diagnostics : [];
    return {
      compiled: again,
      compilation: { status: 'error', diagnostics: [...wrong, ...others] },
    };
  }

  async #learn(
    queries: readonly CellQuery[],
    types: ProjectTypes,
  ): Promise<ReadonlyMap<string, QueryProblem>> {
    const described = await this.#describe(
      queries.map(({ sql }) => sql),
      types,
    );
    const members = queryTypes([...described.types.values()], types.tables);
    const { queries: learnt } = parseProjectTypes(formatProjectTypes('', members));
    for (const [sql, declaration] of learnt) this.#drafts.set(sql, declaration);
    return described.problems;
  }

  /** The project's types with the drafts; the program sees both. */
  #load(path: string): ProjectTypes {
    const onDisk = parseProjectTypes(readFileSync(path, 'utf8'));
    if (this.#drafts.size === 0) return onDisk;
    const { tables } = onDisk;
    const queries = new Map([...onDisk.queries, ...this.#drafts]);
    const text = formatProjectTypes(membersText(tables.values()), membersText(queries.values()));
    this.#program.setProjectTypes(path, text);
    return { tables, queries };
  }
}

function plain(compiled: CompiledText): DescribedCell {
  return { compiled, compilation: compiled.compilation };
}

/** Postgres's diagnostics of a cell's queries, at their places. */
export function diagnosticsOf(
  source: string,
  queries: readonly CellQuery[],
  problems: ReadonlyMap<string, QueryProblem>,
): CellDiagnostic[] {
  return queries.flatMap((query) => {
    const problem = problems.get(query.sql);
    if (problem === undefined) return [];
    const { offset, length, sqlstate: code, message } = problem;
    return [{ ...placeInCell(source, query, offset, length), code, message }];
  });
}
