/** Lines of one source: before a run, and as far as they are known after it. */
interface Sum {
  before: number;
  /** What is loaded when the run begins. */
  loaded: number;
  /** Of files that are read, or not touched. */
  exact: number;
  /** Of files that are still to be read, judged by their size. */
  expected: number;
  /** Files that cannot be judged. */
  unknown: number;
}

/** Where a file's lines are. */
interface Holding {
  readonly source: string;
  /** Undefined: they cannot be judged. */
  readonly lines: number | undefined;
  readonly isExact: boolean;
}

/**
 * How many loaded lines each source had before a run, and will have after it: what is expected of a file
 * gives way to what it came to.
 */
export class LineBalance {
  readonly #sums = new Map<string, Sum>();
  readonly #before = new Map<string, Holding>();
  readonly #after = new Map<string, Holding>();

  /** A file that is in the warehouse before the run. */
  has(file: string, source: string, lines: number): void {
    this.#before.set(file, { source, lines, isExact: true });
    const sum = this.#sum(source);
    sum.before += lines;
    sum.loaded += lines;
  }

  /** What a source had when a run last kept to its limits, if that is another number than it has now. */
  stood(source: string, lines: number): void {
    this.#sum(source).before = lines;
  }

  /** Lines that runs have taken out since then. */
  taken(source: string): number {
    const { before, loaded } = this.#sum(source);
    return Math.max(0, before - loaded);
  }

  /** What a file is expected to come to; undefined: nobody knows. */
  expect(file: string, source: string, lines: number | undefined, isExact: boolean): void {
    this.#set(file, { source, lines, isExact });
  }

  /** What a file came to. */
  settle(file: string, source: string, lines: number): void {
    this.#set(file, { source, lines, isExact: true });
  }

  /** A file could not be loaded: it stays as it was. */
  keep(file: string): void {
    const before = this.#before.get(file);
    const after = this.#after.get(file);
    if (before !== undefined) this.#set(file, before);
    else if (after !== undefined) this.settle(file, after.source, 0);
  }

  /** Sources that have, or had, lines. */
  get sources(): string[] {
    return [...this.#sums.keys()];
  }

  /** Lines of a source when a run last kept to its limits. */
  before(source: string): number {
    return this.#sum(source).before;
  }

  /**
   * Lines that a source loses; lines of other files that come make up for them, since files are renamed,
   * packed and rotated. 0 as long as nobody can know.
   *
   * @param doubt - What is expected may be so many times as much.
   */
  vanished(source: string, doubt = 1): number {
    const { before, exact, expected, unknown } = this.#sum(source);
    return unknown > 0 ? 0 : Math.max(0, Math.round(before - exact - expected * doubt));
  }

  /** Files that are expected to have fewer lines than before, by name; those that are gone are not among them. */
  shorter(source: string): string[] {
    return [...this.#after]
      .filter(([file, { source: now, lines }]) => {
        const before = this.#before.get(file);
        const isOfIt = before?.source === source && now === source;
        return isOfIt && (lines ?? Infinity) < (before.lines ?? 0);
      })
      .map(([file]) => file)
      .sort();
  }

  /** Files that had lines in this source and are of another one now, by name. */
  moved(source: string): string[] {
    return [...this.#after]
      .filter(([file, after]) => {
        const before = this.#before.get(file);
        return before?.source === source && after.source !== source;
      })
      .map(([file]) => file)
      .sort();
  }

  #set(file: string, holding: Holding): void {
    const old = this.#after.get(file);
    if (old !== undefined) this.#add(old, -1);
    this.#add(holding, 1);
    this.#after.set(file, holding);
  }

  #add({ source, lines, isExact }: Holding, sign: 1 | -1): void {
    const sum = this.#sum(source);
    if (lines === undefined) sum.unknown += sign;
    else if (isExact) sum.exact += sign * lines;
    else sum.expected += sign * lines;
  }

  #sum(source: string): Sum {
    const sum = this.#sums.get(source) ?? {
      before: 0,
      loaded: 0,
      exact: 0,
      expected: 0,
      unknown: 0,
    };
    this.#sums.set(source, sum);
    return sum;
  }
}
