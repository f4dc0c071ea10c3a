// Which cells of a notebook depend on what its readers choose, and whether these may run again in the same kernel.

import { hasValue } from '../../cells/names/declared-name.js';
import type { CellFacts } from '../document/type-problem.js';

/** A cell that runs for each choice. Numbers count all cells from 1. */
export interface RepeatedCell {
  readonly cell: number;
  /** The parameters that it depends on. */
  readonly parameters: ReadonlySet<string>;
  /** The cells among those that run for each choice whose names it reads. */
  readonly after: ReadonlySet<number>;
  /** The names that it declares, but for imports, which are the same each time. */
  readonly declares: readonly string[];
  /** The names of other cells that it reaches, and how the kernel looks at them. */
  readonly watches: Readonly<Record<string, 'value' | 'closed' | 'import'>>;
  /** Whether it shows nothing and does nothing but declare. */
  readonly isDeclarative: boolean;
}

/** The cells that run for each choice in their order, or why all cells do, in a few words. */
export type Repetition = { readonly cells: readonly RepeatedCell[] } | { readonly reason: string };

/** Modules whose functions keep nothing between two calls that a caller can see. */
const stateless =
  /^(?:daybook\/(?:display|pipeline)|danfojs-node|(?:node:)?(?:path|url|util|querystring))$/;

type Names = ReadonlyMap<string, number>;

/** What is known of a notebook's cells. */
interface KnownCells {
  readonly facts: ReadonlyMap<number, Required<CellFacts>>;
  /** The names that each cell has from others, with the cell that made them. */
  readonly reads: ReadonlyMap<number, Names>;
  /** The cells that declare each name that has a value. */
  readonly declaredBy: ReadonlyMap<string, readonly number[]>;
}

/**
 * Finds the cells that depend on parameters, directly, through other cells, or because they change what such a cell
 * reads. They may run again in the same kernel as if they ran for the first time when everything that they reach can be
 * looked at: names of cells, and functions that keep nothing.
 *
 * @param cells - What the type check knows of them.
 * @param declaring - The cell that declares the parameters, from 1.
 */
export function repetition(
  cells: readonly CellFacts[],
  declaring: number,
  parameters: readonly string[],
): Repetition {
  const known = knownCells(cells);
  const own = known.facts.get(declaring);
  if (own === undefined) return { reason: 'its cells cannot be analysed' };
  for (const { cell, reach } of known.facts.values()) {
    if (reach.goesOn !== undefined) {
      return { reason: `cell ${cell} uses ${reach.goesOn}, which may go on after it` };
    }
  }
  const names = dependentNames(own, parameters);
  const dependent = dependentCells(known, declaring, names);
  const found: RepeatedCell[] = [];
  for (const [cell, of] of [...dependent].sort(([one], [other]) => one - other)) {
    const repeated = repeatedCell(cell, of, dependent, known);
    if (typeof repeated === 'string') return { reason: repeated };
    found.push(repeated);
  }
  return { cells: found };
}

function knownCells(cells: readonly CellFacts[]): KnownCells {
  const facts = new Map<number, Required<CellFacts>>();
  const declaredBy = new Map<string, number[]>();
  for (const one of cells) {
    if (one.reach === undefined) continue;
    facts.set(one.cell, { ...one, reach: one.reach });
    for (const { name } of one.declares.filter(hasValue)) {
      declaredBy.set(name, [...(declaredBy.get(name) ?? []), one.cell]);
    }
  }
  const reads = new Map(
    [...facts.values()].map(({ cell, uses }) => [
      cell,
      new Map(
        uses.flatMap(({ name, isOwn, cell: maker }) =>
          isOwn || maker === undefined ? [] : [[name, Number(maker)] as const],
        ),
      ),
    ]),
  );
  return { facts, reads, declaredBy };
}

/** The names of the cell of parameters that depend on some of them, each with these. */
function dependentNames(
  { reach }: Required<CellFacts>,
  parameters: readonly string[],
): Map<string, Set<string>> {
  const names = new Map(parameters.map((name) => [name, new Set([name])]));
  // In a function's text a name may stand that is declared below it.
  for (let before = -1; before !== sizeOf(names);) {
    before = sizeOf(names);
    for (const [name, { mentions }] of Object.entries(reach.names)) {
      const from = mentions.flatMap((other) => [...(names.get(other) ?? [])]);
      if (from.length > 0) names.set(name, new Set([...(names.get(name) ?? []), ...from]));
    }
  }
  return names;
}

function sizeOf(sets: ReadonlyMap<unknown, ReadonlySet<string>>): number {
  return [...sets.values()].reduce((sum, { size }) => sum + size + 1, 0);
}

/** The cells that depend on parameters, each with these; that of the parameters among them. */
function dependentCells(
  { facts, reads }: KnownCells,
  declaring: number,
  names: ReadonlyMap<string, ReadonlySet<string>>,
): Map<number, ReadonlySet<string>> {
  const all = new Set([...names.values()].flatMap((of) => [...of]));
  const found = new Map<number, ReadonlySet<string>>([[declaring, all]]);
  const add = (cell: number, from: Iterable<string>) => {
    if (cell !== declaring) found.set(cell, new Set([...(found.get(cell) ?? []), ...from]));
  };
  for (let before = -1; before !== sizeOf(found);) {
    before = sizeOf(found);
    for (const { cell, uses } of facts.values()) {
      for (const [name, maker] of reads.get(cell) ?? []) {
        const from = maker === declaring ? names.get(name) : found.get(maker);
        if (from !== undefined && from.size > 0) add(cell, from);
      }
      const own = found.get(cell);
      if (own === undefined) continue;
      for (const { name, isChanged, cell: maker } of uses) {
        // What it changes is made anew for it, and everybody who reads it reads what depends on parameters.
        if (isChanged && maker !== undefined) add(Number(maker), own);
        if (!isChanged) continue;
        for (const [other, of] of reads) if (other !== cell && of.has(name)) add(other, own);
      }
    }
  }
  return found;
}

/** A cell that runs for each choice; a text: why it cannot run again in the same kernel. */
function repeatedCell(
  cell: number,
  parameters: ReadonlySet<string>,
  dependent: ReadonlyMap<number, unknown>,
  { facts, reads, declaredBy }: KnownCells,
): RepeatedCell | string {
  const own = facts.get(cell);
  if (own === undefined) return 'its cells cannot be analysed';
  const { reach } = own;
  const who = `cell ${cell}, which depends on what is chosen,`;
  if (reach.beyond !== undefined) return `${who} uses ${reach.beyond}`;
  const module = [
    ...reach.effects,
    ...Object.values(reach.names).map((name) => name.module ?? ''),
  ].find((name) => name !== '' && !stateless.test(name));
  if (module !== undefined) return `${who} imports ${module}, which may keep what it was given`;
  const declares = own.declares.filter(hasValue).map(({ name }) => name);
  const watches = Object.create(null) as Record<string, 'value' | 'closed' | 'import'>;
  const after = new Set<number>();
  const waiting = [...(reads.get(cell) ?? [])];
  for (const [name, maker] of waiting) {
    if (dependent.has(maker)) after.add(maker);
    if (dependent.has(maker) || name in watches) continue;
    const of = facts.get(maker);
    const made = of?.reach.names[name];
    if (of?.declares.some((one) => one.name === name && !hasValue(one)) === true) continue;
    if (of === undefined || made === undefined)
      return `${who} reads ${name}, which cannot be followed`;
    if (made.module !== undefined) {
      if (!stateless.test(made.module)) {
        return `${who} uses ${name} of ${made.module}, which may keep what it was given`;
      }
      watches[name] = 'import';
      continue;
    }
    watches[name] = made.isClosed ? 'closed' : 'value';
    if (!made.isClosed) continue;
    if (made.beyond !== undefined) return `${who} uses ${name}, which uses ${made.beyond}`;
    for (const mention of made.mentions) {
      const from = reads.get(maker)?.get(mention);
      if (from !== undefined) waiting.push([mention, from]);
      else if (mention in of.reach.names) waiting.push([mention, maker]);
    }
  }
  const shared = [...declares, ...Object.keys(watches)].find((name) =>
    isAmbiguous(name, facts, declaredBy),
  );
  if (shared !== undefined) {
    const [one = 0, other = 0] = declaredBy.get(shared) ?? [];
    return `cells ${one} and ${other} both declare ${shared}`;
  }
  const made = declares.filter((name) => reach.names[name]?.module === undefined);
  const { isDeclarative } = reach;
  return { cell, parameters, after, declares: made, watches, isDeclarative };
}

/** Whether several cells declare a name, other than by the same import. */
function isAmbiguous(
  name: string,
  facts: KnownCells['facts'],
  declaredBy: KnownCells['declaredBy'],
): boolean {
  const cells = declaredBy.get(name) ?? [];
  const modules = new Set(cells.map((cell) => facts.get(cell)?.reach.names[name]?.module));
  return cells.length > 1 && (modules.size > 1 || modules.has(undefined));
}
