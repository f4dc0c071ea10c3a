// This folder writes results of queries as a stream of Apache Arrow: the stream (this file), its columns by Postgres's
// types (arrow-column.ts), dates and instants (arrow-instants.ts).

import type { RecordBatchStreamWriter, Schema } from 'apache-arrow';
import type { CustomTypesConfig, FieldDef } from 'pg';
import { findOptionalPackage, packageMissing } from '../../files/optional-package.js';
import { arrowColumn, type Arrow, type ArrowColumn, type TextValue } from './arrow-column.js';

/** The mapping for rows that are written: every value is Postgres's text. */
export const textMapping: CustomTypesConfig = {
  getTypeParser: () => ((text: string) => text) as never,
};

type Row = Readonly<Record<string, TextValue>>;

/** A stream of Arrow (IPC), whose parts come as they are written. */
export class ArrowWriter {
  readonly #arrow: Arrow;
  readonly #stream: CollectingWriter;
  #columns: readonly (ArrowColumn & { readonly name: string })[] = [];
  #schema: Schema | undefined;

  private constructor(arrow: Arrow) {
    this.#arrow = arrow;
    this.#stream = collectingWriter(arrow);
  }

  /** @throws DaybookError `PACKAGE_MISSING` where the project has no apache-arrow. */
  static async load(): Promise<ArrowWriter> {
    if (findOptionalPackage('apache-arrow') === undefined)
      throw packageMissing('apache-arrow', 'queryArrow()');
    return new ArrowWriter(await import('apache-arrow'));
  }

  /** The bytes of a batch; before the first one those of the schema. */
  write(fields: readonly FieldDef[], rows: readonly object[]): Uint8Array {
    const { RecordBatch, Struct, makeData } = this.#arrow;
    const schema = (this.#schema ??= this.#begin(fields));
    if (rows.length > 0) {
      const children = this.#columns.map((column) =>
        column.data(rows.map((row) => (row as Row)[column.name] ?? null)),
      );
      const type = new Struct(schema.fields);
      const data = makeData({ type, length: rows.length, nullCount: 0, children });
      this.#stream.write(new RecordBatch(schema, data));
    }
    return this.#stream.take();
  }

  #begin(fields: readonly FieldDef[]): Schema {
    const { Field, Schema } = this.#arrow;
    this.#columns = fields.map(({ name, dataTypeID }) => ({
      name,
      ...arrowColumn(this.#arrow, name, dataTypeID),
    }));
    const schema = new Schema(this.#columns.map(({ name, type }) => new Field(name, type, true)));
    this.#stream.reset(undefined, schema);
    return schema;
  }

  /** The bytes of the end. */
  end(): Uint8Array {
    this.#stream.finish();
    return this.#stream.take();
  }
}

interface CollectingWriter extends RecordBatchStreamWriter {
  /** What was written since the last time. */
  take(): Uint8Array;
}

/** The library's own writer puts its bytes into a queue that nothing holds back. */
function collectingWriter({ RecordBatchStreamWriter }: Arrow): CollectingWriter {
  class Collecting extends RecordBatchStreamWriter {
    #parts: Uint8Array[] = [];

    protected override _write(chunk: ArrayBufferView): this {
      const { buffer, byteOffset, byteLength } = chunk;
      if (this._started) this.#parts.push(new Uint8Array(buffer, byteOffset, byteLength));
      return this;
    }

    take(): Uint8Array {
      const parts = this.#parts;
      this.#parts = [];
      return Buffer.concat(parts);
    }
  }
  return new Collecting();
}
