import { readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..', '..');
const { rooms, insideRooms } = createRequire(import.meta.url)('../../import-rules.cjs') as Record<
  'rooms' | 'insideRooms',
  Record<string, readonly string[]>
>;

/** The rows of the tables in docs/architecture.md whose first cell names a folder or file of src/. */
const rows = readFileSync(join(root, 'docs/architecture.md'), 'utf8')
  .split('\n')
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .flatMap(([, first = '', ...cells]) => {
    const name = /^`src\/(.+?)(?:\/|\.ts)`$/.exec(first)?.[1];
    const words = cells.filter((cell) => cell !== '');
    return name === undefined ? [] : [{ name, words }];
  });
const names = (list: string | undefined) => (list === 'nothing' ? [] : (list ?? '').split(', '));

/** Files and folders of a folder of src/, as the rules name them. */
function parts(folder: string): string[] {
  return readdirSync(join(root, 'src', folder), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() || entry.name.endsWith('.ts'))
    .map(({ name }) => name.replace(/\.ts$/, ''))
    .sort();
}

describe('the tables of docs/architecture.md', () => {
  test('say which room may import which, as the rules do', () => {
    const documented = rows.filter(({ words }) => words.length === 2);
    const table = documented.map(({ name, words }) => [name, names(words[1])]);
    expect(table).toEqual([...Object.entries(rooms), ['commands', ['everything']]]);
  });

  test('say the order inside the rooms, as the rules do', () => {
    const documented = rows.filter(({ words }) => words.length === 1);
    expect(documented.map(({ name, words }) => [name, names(words[0])])).toEqual(
      Object.entries(insideRooms),
    );
  });
});

describe('the import rules', () => {
  test('let a room import only those that stand before it', () => {
    const order = Object.keys(rooms);
    for (const [room, allowed] of Object.entries(rooms)) {
      const before = order.slice(0, order.indexOf(room));
      expect(before, room).toEqual(expect.arrayContaining([...allowed]));
    }
  });

  test('name every room, and every part of a room that has an order', () => {
    expect([...Object.keys(rooms), 'cli', 'commands'].sort()).toEqual(parts(''));
    for (const [room, order] of Object.entries(insideRooms)) {
      expect([...order].sort(), room).toEqual(parts(room));
    }
  });
});
