import type { Source } from '../sources/source.js';
import { createConversion } from './convert-text.js';
import type { ShapeCollector } from './line-shapes.js';
import type { LogEvent, Value } from './log-event.js';
import type { Reject } from './reject.js';

/** Makes events of lines that are cut into fields of text, null where there is nothing. */
export type FieldsReader = (fields: readonly (string | null)[]) => LogEvent | Reject;

/**
 * The reader of fields that come in one order for a whole file.
 *
 * @param names - Of the fields, all different.
 */
export function createFieldsReader(
  { columns }: Pick<Source, 'columns'>,
  names: readonly string[],
  shapes?: ShapeCollector,
): FieldsReader {
  const wanted = columns.map((column) => ({
    ...{ name: column.from[0] ?? '', required: column.required, convert: createConversion(column) },
    index: names.indexOf(column.from[0] ?? ''),
  }));
  const rest = names.flatMap((name, index) =>
    wanted.some((column) => column.index === index)
      ? []
      : [{ index, key: `${JSON.stringify(name)}:` }],
  );
  for (const { index } of rest) shapes?.field(names[index] ?? '', 'text');
  return (fields) => {
    const values: (Value | null)[] = [];
    for (const { name, required, convert, index } of wanted) {
      const field = index === -1 ? undefined : fields[index];
      if (field === undefined || field === null) {
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
        values.push(slice(converted.value));
      }
    }
    shapes?.line(values);
    const payload = rest.map(({ index, key }) =>
      slice(`${key}${JSON.stringify(fields[index] ?? null)}`),
    );
    return { columns: values, payload };
  };
}

function slice(text: string): Value {
  const bytes = Buffer.from(text);
  return { bytes, start: 0, end: bytes.length, number: Number.NaN };
}

function excerpt(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
