// This folder looks for what is right by its types and wrong all the same: names by order, results that differ at
// each run, what readers miss. The rules are declared in config/declarations/lint-rules.ts; this file judges names and cells.

import type { LintRule, LintSeverities } from '../../config/declarations/lint-rules.js';
import { joinText, type Notebook } from '../../nbformat/notebook.js';
import { hasTag } from '../../nbformat/cell-tags.js';
import { sqlMetadata } from '../../nbformat/sql-language.js';
import type { CellFacts, CheckedNotebook } from '../document/type-problem.js';
import type { LintFinding, RawFinding } from './lint-finding.js';
import { literalNumbers } from './literal-numbers.js';
import { queryFindings } from './query-findings.js';

/** Rules about what readers get: they are for notebooks that are published. */
const ofPages: ReadonlySet<LintRule> = new Set(['select-star', 'missing-alt', 'literal-number']);

/**
 * All findings in a notebook, by cell and place.
 *
 * @param isPublished - Whether the notebook is one of those that become pages.
 */
export async function lintNotebook(
  notebook: Notebook,
  checked: Pick<CheckedNotebook, 'cells' | 'queries'>,
  { severities, isPublished }: { severities: LintSeverities; isPublished: boolean },
): Promise<LintFinding[]> {
  const runs = checked.cells.filter(({ cell }) => !isSkipped(notebook, cell));
  const skipped = checked.cells.filter(({ cell }) => isSkipped(notebook, cell));
  const raw = [
    ...missingNames(runs, skipped),
    ...shadowedNames(runs),
    ...unusedNames(runs).filter(({ cell }) => !isSql(notebook, cell)),
    ...changedNames(runs),
    ...runs.flatMap(({ cell, findings }) => findings.map((finding) => ({ cell, ...finding }))),
    ...(await queryFindings(checked.queries.filter(({ file }) => file === undefined))),
    ...literalNumbers(notebook),
  ];
  return raw
    .flatMap(({ start, ...finding }): LintFinding[] => {
      const severity = severities[finding.rule];
      if (severity === 'off' || (ofPages.has(finding.rule) && !isPublished)) return [];
      const source = joinText(notebook.cells[finding.cell - 1]?.source ?? '');
      return [{ ...finding, severity, ...placeInText(source, start) }];
    })
    .sort((a, b) => a.cell - b.cell || a.line - b.line || a.column - b.column);
}

function isSkipped(notebook: Notebook, cell: number): boolean {
  const found = notebook.cells[cell - 1];
  return found !== undefined && hasTag(found, 'skip-execution');
}

/** Whether a cell is SQL: it shows its rows, which is use enough of their name. */
function isSql(notebook: Notebook, cell: number): boolean {
  const found = notebook.cells[cell - 1];
  return (
    found !== undefined &&
    (sqlMetadata(found.metadata) !== undefined || /^\s*%%sql\b/.test(joinText(found.source)))
  );
}

/** Names that no cell before has declared, but one behind, or one that is not run. */
function missingNames(runs: readonly CellFacts[], skipped: readonly CellFacts[]): RawFinding[] {
  return runs.flatMap(({ cell, uses }) =>
    uses.flatMap((use): RawFinding[] => {
      const { name, start } = use;
      if (use.isOwn || use.cell !== undefined) return [];
      const later = runs.find((other) => other.cell > cell && declares(other, name));
      const silent = skipped.find((other) => declares(other, name));
      if (later !== undefined) {
        const message = `${name} is declared by cell ${later.cell}, which comes later: run from the top, this cell fails`;
        return [{ rule: 'later-name', cell, start, name, message }];
      }
      if (silent !== undefined) {
        const message = `${name} is declared by cell ${silent.cell}, which is not run (skip-execution)`;
        return [{ rule: 'skipped-name', cell, start, name, message }];
      }
      return [];
    }),
  );
}

/** Names that an earlier cell has declared, too, and that it or another cell before uses. */
function shadowedNames(runs: readonly CellFacts[]): RawFinding[] {
  return runs.flatMap(({ cell, declares: declared }) =>
    declared.flatMap(({ name, start }): RawFinding[] => {
      const first = runs.find((other) => other.cell < cell && declares(other, name));
      if (first === undefined) return [];
      const message = `${name} is declared by cell ${first.cell}, too: what cells mean by it depends on the order in which they run`;
      return [{ rule: 'shadowed-name', cell, start, name, message }];
    }),
  );
}

/** Declared names that nothing uses; those that begin with _ are meant so. */
function unusedNames(runs: readonly CellFacts[]): RawFinding[] {
  return runs.flatMap((facts) => {
    const { cell } = facts;
    const later = new Set(
      runs.flatMap(({ uses }) =>
        uses.flatMap((use) => (use.cell === String(cell) ? [use.name] : [])),
      ),
    );
    const own = new Set(facts.uses.flatMap(({ name, isOwn }) => (isOwn ? [name] : [])));
    return facts.declares.flatMap(({ name, start, isExported, kind }): RawFinding[] => {
      if (isExported || kind === 'ambient' || name.startsWith('_')) return [];
      if (own.has(name) || later.has(name)) return [];
      return [{ rule: 'unused-name', cell, start, name, message: `nothing uses ${name}` }];
    });
  });
}

/** Names whose values another cell changes; once for each cell and name. */
function changedNames(runs: readonly CellFacts[]): RawFinding[] {
  return runs.flatMap(({ cell, uses }) => {
    const seen = new Set<string>();
    return uses.flatMap((use): RawFinding[] => {
      const { name, start } = use;
      if (!use.isChanged || use.cell === undefined || seen.has(name)) return [];
      seen.add(name);
      const message = `${name} of cell ${use.cell} is changed here: run twice, it is changed twice; make a new value of it`;
      return [{ rule: 'changed-name', cell, start, name, message }];
    });
  });
}

function placeInText(text: string, offset: number): Pick<LintFinding, 'line' | 'column'> {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 };
}

function declares({ declares: declared }: CellFacts, name: string): boolean {
  return declared.some((one) => one.name === name);
}
