import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import type * as danfojs from 'danfojs-node';
import { beforeAll, expect, onTestFinished, test } from 'vitest';

// danfojs is CommonJS whose names an import does not see.
const require = createRequire(import.meta.url);
let danfo: typeof danfojs;
let frame: danfojs.DataFrame;

beforeAll(() => {
  danfo = require('danfojs-node') as typeof danfojs;
  frame = new danfo.DataFrame([
    { a: 1, b: 2 },
    { a: 3, b: 4 },
  ]);
});

test.each([
  ['add', [3, 5]],
  ['sub', [-1, 1]],
  ['mul', [2, 6]],
  ['div', [0.5, 1.5]],
  ['pow', [1, 9]],
  ['mod', [1, 1]],
] as const)('arithmetic on tensors: %s', (operation, expected) => {
  expect(frame[operation](2).column('a').values).toEqual(expected);
});

test('rows are added to rows, which transposes', () => {
  expect(frame.add([10, 20], { axis: 1 }).values).toEqual([
    [11, 22],
    [13, 24],
  ]);
});

test('scalers, encoders, samples, the place of the largest', async () => {
  const scaler = new danfo.StandardScaler();
  scaler.fit(frame.column('a'));
  expect(scaler.transform([1, 2, 3])).toEqual([-1, 0, 1]);
  const minMax = new danfo.MinMaxScaler();
  expect(minMax.fitTransform([1, 2, 3])).toEqual([0, 0.5, 1]);
  const encoder = new danfo.OneHotEncoder();
  encoder.fit(['x', 'y']);
  expect(encoder.transform(['x', 'y'])).toEqual([
    [1, 0],
    [0, 1],
  ]);
  expect((await frame.sample(1)).shape).toEqual([1, 2]);
  expect(frame.column('b').argMax()).toBe(1);
});

test('tensors go in and come out', () => {
  const { tensor2d } = danfo.tensorflow as { tensor2d: (values: number[][]) => unknown };
  expect(frame.tensor.shape).toEqual([2, 2]);
  expect(new danfo.DataFrame(tensor2d([[1, 2]])).values).toEqual([[1, 2]]);
});

test('files are read from addresses, by the package that takes the place of request', async () => {
  const server = createServer((request, response) => {
    response.statusCode = request.url?.startsWith('/data') ? 200 : 404;
    response.end(request.url?.endsWith('.json') ? '[{"a":1},{"a":2}]' : 'a,b\n1,x\n2,y\n');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const at = (path: string) => `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;
  const csv = await danfo.readCSV(at('/data.csv'));
  expect(csv.values).toEqual([
    [1, 'x'],
    [2, 'y'],
  ]);
  await expect(danfo.readCSV(at('/none.csv'))).rejects.toThrow('HTTP 404');
  const streamed: unknown[] = [];
  await danfo.streamCSV(at('/data.csv'), (row: danfojs.DataFrame) => {
    streamed.push(row.values);
  });
  expect(streamed).toEqual([[[1, 'x']], [[2, 'y']]]);
  const json = (await danfo.readJSON(at('/data.json'))) as danfojs.DataFrame;
  expect(json.column('a').values).toEqual([1, 2]);
  const lines: unknown[] = [];
  await danfo.streamJSON(at('/data.json'), (row: danfojs.DataFrame) => {
    lines.push(row.values);
  });
  expect(lines).toEqual([[[1]], [[2]]]);
});
