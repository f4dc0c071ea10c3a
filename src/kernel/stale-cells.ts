// Which cells are stale: their inputs, or they themselves, changed since they ran.

/** What a run of a cell did with names. */
export interface CellRun {
  /** The names that it has from other cells. */
  readonly reads: readonly string[];
  /** The names that have another value since: declared by the cell, or changed by it. */
  readonly writes: readonly string[];
}

/** The last run of a cell. */
interface LastRun {
  readonly number: number;
  readonly source: string;
  /** The run that each name's value was read from; undefined: of no cell. */
  readonly reads: ReadonlyMap<string, Origin | undefined>;
}

/** The run that gave a name its value. */
interface Origin {
  readonly cell: string;
  readonly run: number;
}

/**
 * The runs of a notebook's cells and what hangs on what. A cell is stale when
 *
 * - its text is another one than that which ran,
 * - a name that it read has its value from another run since, or from a cell that is gone or no longer writes it,
 * - a cell that it read from is stale.
 *
 * Cells that never ran show nothing, and are not stale.
 */
export class StaleCells {
  readonly #runs = new Map<string, LastRun>();
  readonly #origins = new Map<string, Origin>();
  readonly #sources = new Map<string, string>();
  #count = 0;

  /** Notes that a cell ran; also when it failed on the way. */
  ran(cell: string, source: string, { reads, writes }: CellRun): void {
    this.#count += 1;
    const number = this.#count;
    const before = this.#runs.get(cell);
    const seen = reads.map((name) => {
      const origin = this.#origins.get(name);
      // A name that the same text changed keeps its former origin.
      const isOwn = origin?.cell === cell && before?.source === source && before.reads.has(name);
      return [name, isOwn ? before.reads.get(name) : origin] as const;
    });
    for (const name of writes) this.#origins.set(name, { cell, run: number });
    this.#runs.set(cell, { number, source, reads: new Map(seen) });
    this.#sources.set(cell, source);
  }

  /** Notes the text of a cell as it stands in the notebook now. */
  edited(cell: string, source: string): void {
    this.#sources.set(cell, source);
  }

  /** Notes that a cell was taken out of the notebook. Its names live on in the kernel. */
  removed(cell: string): void {
    this.#runs.delete(cell);
    this.#sources.delete(cell);
  }

  /** Forgets everything: the names are gone. */
  clear(): void {
    this.#runs.clear();
    this.#origins.clear();
    this.#sources.clear();
  }

  /** The stale cells, in the order of their last runs. */
  stale(): string[] {
    const found = new Set(
      [...this.#runs].flatMap(([cell, run]) => (this.#isOutdated(cell, run) ? [cell] : [])),
    );
    const readers = this.#readers();
    // A Set goes through what is added on the way, too.
    for (const cell of found) for (const reader of readers.get(cell) ?? []) found.add(reader);
    return [...this.#runs]
      .filter(([cell]) => found.has(cell))
      .sort(([, a], [, b]) => a.number - b.number)
      .map(([cell]) => cell);
  }

  /** The cells that read from each cell, directly or not; without itself. */
  dependents(): Map<string, string[]> {
    const readers = this.#readers();
    return new Map(
      [...readers].map(([cell, direct]) => {
        const found = new Set(direct);
        for (const one of found) for (const reader of readers.get(one) ?? []) found.add(reader);
        found.delete(cell);
        return [cell, [...found]];
      }),
    );
  }

  /** Whether a cell's own text or one of its inputs is another one. */
  #isOutdated(cell: string, { number, source, reads }: LastRun): boolean {
    if (this.#sources.get(cell) !== source) return true;
    return [...reads].some(([name, seen]) => {
      if (seen !== undefined && this.#runs.get(seen.cell)?.number !== seen.run) return true;
      const now = this.#origins.get(name)?.run;
      return now !== seen?.run && now !== number;
    });
  }

  /** The cells that read names of each cell. */
  #readers(): Map<string, Set<string>> {
    const readers = new Map<string, Set<string>>();
    for (const [reader, { reads }] of this.#runs) {
      for (const origin of reads.values()) {
        if (origin === undefined) continue;
        const known = readers.get(origin.cell);
        if (known === undefined) readers.set(origin.cell, new Set([reader]));
        else known.add(reader);
      }
    }
    return readers;
  }
}
