// Compact encoding of a figure's numbers.

import type { Json, JsonObject } from '../../nbformat/notebook.js';

/** Lists that plotly accepts in packed form. */
const packable = [
  ...[
    'x',
    'y',
    'z',
    'lat',
    'lon',
    'r',
    'theta',
    'a',
    'b',
    'c',
    'u',
    'v',
    'w',
    'value',
    'intensity',
  ],
  ...['open', 'high', 'low', 'close'],
];

/** The shortest list that is packed; others stay readable. */
const least = 500;

/**
 * A trace whose long lists of numbers are in plotly's packed form (`dtype`, `bdata`), where that is shorter than
 * their digits. All numbers stay exact.
 */
export function packNumbers(trace: JsonObject): JsonObject {
  const packed = packable.flatMap((name): [string, Json][] => {
    const list = trace[name];
    const value = Array.isArray(list) && list.length >= least ? pack(list) : undefined;
    return value === undefined ? [] : [[name, value]];
  });
  return packed.length === 0 ? trace : { ...trace, ...Object.fromEntries(packed) };
}

function pack(list: readonly Json[]): JsonObject | undefined {
  if (!list.every((item) => typeof item === 'number')) return undefined;
  const [dtype, array] = typedArray(list);
  const bytes = Buffer.from(array.buffer, array.byteOffset, array.byteLength);
  const bdata = bytes.toString('base64');
  return bdata.length < JSON.stringify(list).length ? { dtype, bdata } : undefined;
}

/** The narrowest typed array that holds every number exactly. */
function typedArray(
  numbers: readonly number[],
): [dtype: string, Int8Array | Int16Array | Int32Array | Float32Array | Float64Array] {
  const holds = (array: ArrayLike<number>) =>
    numbers.every((number, index) => Object.is(array[index], number));
  const bytes = Int8Array.from(numbers);
  if (holds(bytes)) return ['i1', bytes];
  const shorts = Int16Array.from(numbers);
  if (holds(shorts)) return ['i2', shorts];
  const integers = Int32Array.from(numbers);
  if (holds(integers)) return ['i4', integers];
  const singles = Float32Array.from(numbers);
  return holds(singles) ? ['f4', singles] : ['f8', Float64Array.from(numbers)];
}
