import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { settings } from '../../../src/config/environment/settings.js';
import { root } from '../../database.js';

/** Variables that Daybook gives its own processes. */
const inner = ['DAYBOOK_KERNEL', 'DAYBOOK_LOCALE', 'DAYBOOK_QUERY_LOG', 'DAYBOOK_SNAPSHOT'];

test('every variable that begins with DAYBOOK_ is declared, with what it means', () => {
  const source = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => readFileSync(join(root, 'src', path), 'utf8'))
    .join('\n');
  const read = [...source.matchAll(/'(DAYBOOK_[A-Z_]+)'/g)].map(([, name = '']) => name);
  const declared = new Set([...Object.keys(settings), ...inner]);
  expect(read.filter((name) => !declared.has(name))).toEqual([]);
  expect(Object.keys(settings).filter((name) => !source.includes(`'${name}'`))).toEqual([]);
});
