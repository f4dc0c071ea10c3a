// The balance of loaded lines of each source, for the removal limit.

/** Lines of a source: before a run, and as far as they are known after it. */
interface Sum {
  before: number;
  /** Loaded lines at the start of the run. */
  loaded: number;
  /** Lines of files that are read or untouched. */
  exact: number;
  /** Estimated lines of files that are still to be read. */
  expected: number;
  /** Files without an estimate. */
  unknown: number;
}

/** A file's source and lines. */
interface FileLines {
  readonly source: string;
  /** Undefined: no estimate. */
  readonly lines: number | undefined;
  readonly isExact: boolean;
}

/** Counts the loaded lines of each source before and after a run; estimates of files are replaced by results. */
export class LineBalance {
  readonly #sums = new Map<string, Sum>();
  readonly #before = new Map<string, FileLines>();
  readonly #after = new Map<string, FileLines>();

  /** Adds a file that is loaded at the start of the run. */
  addLoaded(file: string, source: string, lines: number): void {
    this.#before.set(file, { source, lines, isExact: true });
    const sum = this.#sum(source);
    sum.before += lines;
    sum.loaded += lines;
  }

  /** Sets the lines of a source at the last run that kept its limits, where they differ from now. */
  setBaseline(source: string, lines: number): void {
    this.#sum(source).before = lines;
  }

  /** Lines that runs have removed since then. */
  removedBefore(source: string): number {
    const { before, loaded } = this.#sum(source);
    return Math.max(0, before - loaded);
  }

  /** Adds the expected lines of a file; undefined: no estimate. */
  expect(file: string, source: string, lines: number | undefined, isExact: boolean): void {
    this.#set(file, { source, lines, isExact });
  }

  /** Sets the result of a file. */
  settle(file: string, source: string, lines: number): void {
    this.#set(file, { source, lines, isExact: true });
  }

  /** Keeps the lines of a file that could not be loaded. */
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

  /** Lines of a source at the last run that kept its limits. */
  before(source: string): number {
    return this.#sum(source).before;
  }

  /**
   * Lines that a source loses, less lines of other files that are added, since files are renamed, packed and
   * rotated. 0 while it is uncertain.
   *
   * @param doubt - The factor by which estimates may be too low.
   */
  lost(source: string, doubt = 1): number {
    const { before, exact, expected, unknown } = this.#sum(source);
    return unknown > 0 ? 0 : Math.max(0, Math.round(before - exact - expected * doubt));
  }

  /** Files that are expected to have fewer lines than before, by name, without those that are gone. */
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

  /** Files with lines in this source that belong to another one now, by name. */
  moved(source: string): string[] {
    return [...this.#after]
      .filter(([file, after]) => {
        const before = this.#before.get(file);
        return before?.source === source && after.source !== source;
      })
      .map(([file]) => file)
      .sort();
  }

  #set(file: string, holding: FileLines): void {
    const old = this.#after.get(file);
    if (old !== undefined) this.#add(old, -1);
    this.#add(holding, 1);
    this.#after.set(file, holding);
  }

  #add({ source, lines, isExact }: FileLines, sign: 1 | -1): void {
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
