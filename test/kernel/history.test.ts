import { expect, test } from 'vitest';
import { History } from '../../src/kernel/history.js';

const history = new History();
history.add(1, 'const a = 1', null);
history.add(2, 'a + 1', '2');
history.add(3, 'a + 1', '2');
history.add(4, 'f(*)', null);

const inputs = (request: Parameters<History['find']>[0]) =>
  history.find(request).map(([, number]) => number);

test('tail gives the last ones, oldest first', () => {
  expect(history.find({ hist_access_type: 'tail', n: 2 })).toEqual([
    [1, 3, 'a + 1'],
    [1, 4, 'f(*)'],
  ]);
  expect(inputs({ hist_access_type: 'tail', n: 0 })).toEqual([]);
});

test('output comes with the input where it is asked for', () => {
  expect(history.find({ hist_access_type: 'range', start: 1, stop: 3, output: true })).toEqual([
    [1, 1, ['const a = 1', null]],
    [1, 2, ['a + 1', '2']],
  ]);
});

test('range knows only this session', () => {
  expect(inputs({ hist_access_type: 'range', session: 0, start: 3 })).toEqual([3, 4]);
  expect(inputs({ hist_access_type: 'range', session: -1, start: 1, stop: 5 })).toEqual([]);
});

test('search takes patterns of shells, and nothing else is special', () => {
  expect(inputs({ hist_access_type: 'search', pattern: 'a*' })).toEqual([2, 3]);
  expect(inputs({ hist_access_type: 'search', pattern: 'a*', unique: true })).toEqual([3]);
  expect(inputs({ hist_access_type: 'search', pattern: '*', n: 1 })).toEqual([4]);
  expect(inputs({ hist_access_type: 'search', pattern: '?(?)' })).toEqual([4]);
  expect(inputs({ hist_access_type: 'search', pattern: 'a . 1' })).toEqual([]);
});

test('what is not known finds nothing', () => {
  expect(inputs({ hist_access_type: 'elsewhere' })).toEqual([]);
});
