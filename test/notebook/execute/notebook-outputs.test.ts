import { describe, expect, test } from 'vitest';
import {
  createMessage,
  type Message,
  type MessageContents,
  type MessageType,
} from '../../../src/jupyter/message.js';
import {
  emptyOutputs,
  finishedOutputs,
  reduceOutputs,
  withoutStderrText,
  type NotebookOutputs,
} from '../../../src/notebook/execute/notebook-outputs.js';

function message<T extends MessageType>(type: T, content: MessageContents[T]): Message {
  return createMessage(type, content, { session: 's' }) as unknown as Message;
}

const stream = (text: string, name = 'stdout') => message('stream', { name, text });
const display = (text: string, id?: string | null) =>
  message('display_data', {
    data: { 'text/plain': text },
    metadata: {},
    ...(id === undefined ? {} : { transient: { display_id: id } }),
  });
const update = (text: string, id: string) =>
  message('update_display_data', {
    data: { 'text/plain': text },
    metadata: { updated: true },
    transient: { display_id: id },
  });

/** Reduces [cell, message] pairs; returns each cell's outputs in short. */
function reduce(steps: readonly (readonly [number, Message])[], limit?: number): string[][] {
  const state = steps.reduce<NotebookOutputs>(
    (before, [cell, next]) => reduceOutputs(before, cell, next, limit),
    emptyOutputs(3),
  );
  return [0, 1, 2].map((cell) =>
    finishedOutputs(state, cell).outputs.map((output) => {
      if (output.output_type === 'stream') return `${output.name}:${String(output.text)}`;
      if (output.output_type === 'error') return `error:${output.ename}`;
      return JSON.stringify(output.data['text/plain']).slice(1, -1);
    }),
  );
}

describe('streams', () => {
  test('run together by name, but not across something shown between them', () => {
    expect(
      reduce([
        [0, stream('a')],
        [0, stream('!', 'stderr')],
        [0, stream('b')],
        [0, display('chart')],
        [0, stream('c')],
        [0, stream('d')],
        [0, stream('?', 'stderr')],
      ])[0],
    ).toEqual(['stdout:ab', 'stderr:!', 'chart', 'stdout:cd', 'stderr:?']);
  });

  test('are settled as a whole, also where a message cuts a line in two', () => {
    expect(
      reduce([
        [0, stream('10')],
        [0, stream('%\r5')],
        [0, stream('0%\r100%\n')],
      ])[0],
    ).toEqual(['stdout:100%\n']);
  });
});

describe('clearing', () => {
  test('at once, or with the next output; an update is none', () => {
    expect(
      reduce([
        [0, display('old', 'x')],
        [0, message('clear_output', { wait: true })],
        [0, update('updated', 'x')],
        [1, display('kept')],
        [1, message('clear_output', { wait: true })],
        [2, stream('old')],
        [2, message('clear_output', {})],
        [2, stream('new')],
      ]),
    ).toEqual([['updated'], ['kept'], ['stdout:new']]);
  });

  test('that waits is done by each kind of output, once', () => {
    for (const next of [
      stream('n'),
      display('n'),
      message('error', { ename: 'n', evalue: '', traceback: [] }),
      message('execute_result', { data: { 'text/plain': 'n' }, metadata: {}, execution_count: 1 }),
    ]) {
      const [outputs] = reduce([
        [0, stream('old')],
        [0, message('clear_output', { wait: true })],
        [0, next],
        [0, display('after')],
      ]);
      expect(outputs).toHaveLength(2);
      expect(outputs?.[0]).toMatch(/n$/);
    }
  });
});

describe('display ids', () => {
  test('change what any earlier cell showed under them', () => {
    expect(
      reduce([
        [0, display('one', 'a')],
        [0, display('two', 'b')],
        [1, display('three', 'a')],
        [2, update('four', 'a')],
        [2, update('nowhere', 'c')],
        [2, display('null', null)],
      ]),
    ).toEqual([['four', 'two'], ['four'], ['null']]);
  });

  test('an output that was cleared is forgotten', () => {
    expect(
      reduce([
        [0, display('one', 'a')],
        [0, message('clear_output', {})],
        [1, update('two', 'a')],
      ]),
    ).toEqual([[], [], []]);
  });
});

test('JSON that came as text is stored as JSON, what is no JSON as it came', () => {
  const data = {
    'application/vnd.plotly.v1+json': '{"data": [{"y": [1]}]}',
    'application/json': ' [1, 2]',
    'application/vnd.other+json': '{broken',
    'application/vnd.word+json': 'word',
    'text/plain': '{"stays": "text"}',
    'text/html': { not: 'text' },
  };
  const state = reduceOutputs(emptyOutputs(1), 0, message('display_data', { data, metadata: {} }));
  expect(finishedOutputs(state, 0).outputs[0]).toMatchObject({
    data: {
      'application/vnd.plotly.v1+json': { data: [{ y: [1] }] },
      'application/json': [1, 2],
      'application/vnd.other+json': '{broken',
      'application/vnd.word+json': 'word',
      'text/plain': '{"stays": "text"}',
      'text/html': '{"not":"text"}',
    },
  });
});

test('messages that are malformed, or about nothing, change nothing', () => {
  const before = emptyOutputs(1);
  const malformed = [
    { ...stream('x'), content: { text: 'x' } },
    { ...display('x'), content: {} },
    { ...display('x'), content: { data: [] } },
    { ...message('error', { ename: 'E', evalue: '', traceback: [] }), content: { ename: 5 } },
    message('status', { execution_state: 'busy' }),
    { ...stream('x'), header: { ...stream('x').header, msg_type: 'comm_msg' } },
  ];
  for (const one of malformed) expect(reduceOutputs(before, 0, one)).toBe(before);
  expect(reduceOutputs(before, 7, stream('x'))).toBe(before);
});

test('beyond the limit nothing is kept, and it is said how much', () => {
  expect(
    reduce(
      [
        [0, stream('x'.repeat(8))],
        [0, stream('y'.repeat(8))],
        [0, display('z'.repeat(8))],
        [1, stream('other cells have their own limit'.slice(0, 10))],
      ],
      10,
    ),
  ).toEqual([
    [
      'stdout:xxxxxxxxyy',
      'stderr:[daybook: 14 more characters of output were left out: the limit is reached]\n',
    ],
    ['stdout:other cell'],
    [],
  ]);
});

test('text can be taken off stderr where it stands last; an empty rest is no output', () => {
  const state = [stream('a\n', 'stderr'), stream('b\n', 'stderr'), stream('a\n', 'stderr')].reduce(
    (before, next) => reduceOutputs(before, 0, next),
    emptyOutputs(1),
  );
  const once = withoutStderrText(state, 0, 'a\n');
  expect(finishedOutputs(once, 0).outputs).toEqual([
    { output_type: 'stream', name: 'stderr', text: 'a\nb\n' },
  ]);
  const twice = withoutStderrText(withoutStderrText(once, 0, 'a\n'), 0, 'b\n');
  expect(finishedOutputs(twice, 0).outputs).toEqual([]);
  expect(withoutStderrText(twice, 0, 'a\n')).toBe(twice);
});
