import { instantOf } from '../extract/instant.js';
import type { LogEvent, Slice } from '../extract/log-event.js';
import type { ColumnType, Source } from '../sources/source.js';
import { CopyBinary } from './copy-binary.js';

/** Rows of accepted lines: their columns, their payload, their file and their line number. */
export class EventRows {
  readonly #rows: CopyBinary;
  readonly #columns: Source['columns'];
  readonly #eventTime: Source['eventTime'];
  /** The file's name as a field. */
  readonly #file: Uint8Array;
  #newest = -Infinity;

  /**
   * @param file - The file's name as the warehouse knows it, UTF-8.
   * @param bytes - Memory to begin with; more is taken when it is full.
   */
  constructor({ columns, eventTime }: Source, file: Uint8Array, bytes?: Buffer) {
    this.#rows = new CopyBinary(bytes);
    this.#columns = columns;
    this.#eventTime = eventTime;
    const field = new CopyBinary(Buffer.allocUnsafeSlow(file.length + 4));
    field.bytes(file);
    this.#file = field.written;
  }

  /** Rows so far. */
  get count(): number {
    return this.#rows.rows;
  }

  /** What was written, valid until the next line is added. */
  get written(): Buffer {
    return this.#rows.written;
  }

  /** Of the event times the greatest, in microseconds since 2000-01-01 UTC; null when there is none. */
  get newest(): number | null {
    return this.#newest === -Infinity ? null : this.#newest;
  }

  /** @param line - Its number in the file, from 1. */
  add(event: LogEvent, line: number): void {
    const rows = this.#rows;
    const columns = this.#columns;
    rows.row(columns.length + 3);
    for (let index = 0; index < columns.length; index += 1) {
      const value = event.columns[index] ?? null;
      const column = columns[index];
      if (value === null || column === undefined) rows.null();
      else if (column.type === 'text') rows.bytes(value.bytes, value.start, value.end);
      else if (!Number.isNaN(value.number)) {
        rows.integer(value.number);
        if (column.name === this.#eventTime && value.number > this.#newest) {
          this.#newest = value.number;
        }
      } else if (column.type === 'timestamptz') {
        const instant = instantOf(value.bytes, value.start, value.end);
        rows.instant(instant);
        if (column.name === this.#eventTime) {
          this.#newest = Math.max(this.#newest, instant.seconds * 1e6 + instant.microseconds);
        }
      } else writeValue(rows, column.type, value);
    }
    rows.jsonObject(event.payload);
    rows.field(this.#file);
    rows.integer(line);
  }
}

/** A value of the types that most columns do not have. */
function writeValue(rows: CopyBinary, type: ColumnType, value: Slice): void {
  if (type === 'jsonb') rows.json(value);
  else if (type === 'bigint') rows.digits(value);
  else if (type === 'numeric') rows.numeric(sliceText(value));
  else if (type === 'integer') rows.int4(Number(sliceText(value)));
  else if (type === 'double precision') rows.float8(Number(sliceText(value)));
  else if (type === 'boolean') rows.boolean(sliceText(value) === 'true');
  else rows.date(value);
}

function sliceText({ bytes, start, end }: Slice): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1');
}
