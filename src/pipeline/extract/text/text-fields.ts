// Events from fields of text (CSV, patterns).

import { isTextType, type Source } from '../../definitions/source.js';
import { createConversion } from '../values/convert-text.js';
import type { ShapeCollector } from '../event/line-shapes.js';
import type { LogEvent, Value } from '../event/log-event.js';
import type { Match } from '../values/match.js';
import type { Reject } from '../../../history/rejects/reject.js';
import { isUtf8 } from 'node:buffer';

/** Options of {@link createFieldsReader}. */
interface FieldsOptions {
  /** Notes the shapes of lines. */
  readonly shapes?: ShapeCollector | undefined;
  /** The name of the file that is read. */
  readonly file?: string | undefined;
  /** Matches the regular expressions of the declaration. */
  readonly match?: Match | undefined;
  /** Null texts, where blanks around a value are ignored. */
  readonly nulls?: readonly string[];
}

/** Makes an event of a line's fields; null for missing ones. */
export type FieldsReader = (fields: readonly (string | null)[]) => LogEvent | Reject;

/**
 * The reader of fields that have one order for a whole file.
 *
 * @param names - Of the fields, all different.
 */
export function createFieldsReader(
  { columns }: Pick<Source, 'columns'>,
  names: readonly string[],
  { shapes, file, match, nulls = [] }: FieldsOptions = {},
): FieldsReader {
  const wanted = columns.map((column) => {
    const name = String(column.from[0]);
    return {
      ...{ name, index: names.indexOf(name), required: column.required },
      convert: createConversion(column, file, match),
      isTrimmed: !isTextType(column.type) || column.trim === true,
    };
  });
  const rest = names.flatMap((name, index) =>
    wanted.some((column) => column.index === index)
      ? []
      : [{ index, key: `${JSON.stringify(name)}:` }],
  );
  for (const { index } of rest) shapes?.field(names[index] ?? '', 'text');
  return (fields) => {
    const values: (Value | null)[] = [];
    for (const { name, required, convert, index, isTrimmed } of wanted) {
      const field = index === -1 ? undefined : fields[index];
      const isNull =
        field == null || (isTrimmed && isBlankEnded(field) && nulls.includes(field.trim()));
      if (isNull) {
        if (!required) values.push(null);
        else {
          const state = index === -1 ? 'is none of the columns' : 'is empty';
          return { reason: 'missing_field', message: `"${name}" ${state}` };
        }
      } else {
        const converted = convert(field);
        if ('problem' in converted) {
          const { reason, problem } = converted;
          return { reason, message: `"${name}" ${problem}: ${excerpt(field)}` };
        }
        values.push(slice(converted.value, converted.number));
      }
    }
    shapes?.line(values);
    const payload = rest.map(({ index, key }) =>
      slice(`${key}${JSON.stringify(fields[index] ?? null)}`),
    );
    return { columns: values, payload };
  };
}

function slice(text: string, number = Number.NaN): Value {
  const bytes = text === '' ? nothing : Buffer.from(text);
  return { bytes, start: 0, end: bytes.length, number };
}

const nothing = Buffer.alloc(0);

function isBlankEnded(text: string): boolean {
  const [first, last] = [text.charCodeAt(0), text.charCodeAt(text.length - 1)];
  return first <= 0x20 || last <= 0x20;
}

function excerpt(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

/** A line as text that Postgres can store, without a trailing carriage return; or why it is rejected. */
export function lineText(bytes: Uint8Array, start: number, end: number): string | Reject {
  const stop = end > start && bytes[end - 1] === 0x0d ? end - 1 : end;
  const line = bytes.subarray(start, stop);
  if (!isUtf8(line)) return { reason: 'invalid_utf8', message: 'the line is not valid UTF-8' };
  const nul = line.indexOf(0);
  if (nul !== -1) {
    return {
      reason: 'unsupported_text',
      message: `byte ${nul + 1} is NUL, which Postgres cannot store`,
    };
  }
  const text = Buffer.from(line.buffer, line.byteOffset, line.length).toString('utf8');
  return /\S/.test(text) ? text : { reason: 'blank_line', message: 'the line is blank' };
}
