// Writing of log lines.

/**
 * Writes lines: the first in a turn of the event loop at once, further ones together at its end. A server under
 * load writes once for many requests; a command's line appears before the work that it announces.
 */
export class LineWriter {
  readonly #write: (text: string) => void;
  #waiting = '';
  #isInTurn = false;

  /** @param write - Gets whole lines, with their line feeds. */
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

  /** Writes pending lines: before the process ends, and before others write to the same place. */
  flush(): void {
    if (this.#waiting === '') return;
    const text = this.#waiting;
    this.#waiting = '';
    this.#write(text);
  }
}
