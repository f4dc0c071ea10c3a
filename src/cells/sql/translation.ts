// A translated cell: TypeScript that stands for another text, with places of one in the other.

/** A part of the TypeScript. Offsets count characters from 0. */
interface Piece {
  /** Where it begins in the TypeScript. */
  readonly at: number;
  readonly length: number;
  /** Where it, or what it stands for, begins in the cell. */
  readonly place: number;
  /** Whether the cell has the same text there. */
  readonly isSame: boolean;
}

/** TypeScript that is put together of parts of a cell and of other text. */
export class Translation {
  #text = '';
  readonly #pieces: Piece[] = [];

  get text(): string {
    return this.#text;
  }

  /** Adds text that stands for a place of the cell. */
  add(text: string, place: number): this {
    return this.#add(text, place, false);
  }

  /** Adds a part of the cell. */
  addPart(source: string, start: number, end: number): this {
    return this.#add(source.slice(start, end), start, true);
  }

  #add(text: string, place: number, isSame: boolean): this {
    this.#pieces.push({ at: this.#text.length, length: text.length, place, isSame });
    this.#text += text;
    return this;
  }

  /** The place in the cell that an offset of the TypeScript stands for. */
  readonly placeOf = (offset: number): number => {
    const piece = this.#pieces.findLast(({ at }) => at <= offset);
    if (piece === undefined) return 0;
    return piece.place + (piece.isSame ? Math.min(offset - piece.at, piece.length) : 0);
  };

  /** The offset in the TypeScript that a place of the cell has; undefined: what stands there is no TypeScript. */
  readonly offsetAt = (place: number): number | undefined => {
    const piece = this.#pieces.find(
      (one) => one.isSame && one.place <= place && place <= one.place + one.length,
    );
    return piece === undefined ? undefined : piece.at + place - piece.place;
  };
}
