/**
 * Writes lines: the first of a turn of the event loop at once, those that follow in the same turn
 * together at its end. A server under load writes once for many requests; a command's line is there
 * before the work that it tells of.
 */
export class LineWriter {
  readonly #write: (text: string) => void;
  #waiting = '';
  #isInTurn = false;

  /** @param write - Takes whole lines, with their line feeds. */
  constructor(write: (text: string) => void) {
    this.#write = write;
  }

  /** @param line - Without its line feed. */
  line(line: string): void {
    this.#waiting += `${line}\n`;
    if (this.#isInTurn) return;
    this.#isInTurn = true;
    setImmediate(() => {
      this.#isInTurn = false;
      this.flush();
    });
    this.flush();
  }

  /** Writes what waits: before the process ends, and before anybody else writes to the same place. */
  flush(): void {
    if (this.#waiting === '') return;
    const text = this.#waiting;
    this.#waiting = '';
    this.#write(text);
  }
}
