import { expect, test } from 'vitest';
import { isVisible, readVisibility, visibilityByValue } from '../../src/visibility.js';

test('a visibility that cannot be understood is for nobody', () => {
  expect(readVisibility(undefined)).toBeUndefined();
  expect(readVisibility('public')).toBe('public');
  expect(readVisibility(['finance', ' board '])).toEqual(['finance', 'board']);
  for (const odd of [true, 7, {}, ['finance', 7], 'Public ', '']) {
    const visibility = readVisibility(odd) ?? 'public';
    expect([odd, isVisible(visibility, undefined)]).toEqual([odd, false]);
    expect([odd, isVisible(visibility, ['finance', 'public'])]).toEqual([odd, false]);
  }
  expect(isVisible('signed-in', [])).toBe(true);
  expect(isVisible(['finance'], ['board'])).toBe(false);
});

test.each<[unknown, ReturnType<typeof visibilityByValue>]>([
  [undefined, undefined],
  ['public', undefined],
  [['finance'], undefined],
  [{ province: 'team-{value}' }, ['team-QC']],
  [{ province: ['team-{value}', 'board'] }, ['team-QC', 'board']],
  // A value is a group's name, never a word that opens.
  [{ region: '{value}' }, ['public']],
  [{ odd: '{value}{value}' }, ['$&{value}$&{value}']],
  [{ empty: '{value}' }, []],
  [{ provinc: 'team-{value}' }, []],
  [{ province: 'a', region: 'b' }, []],
  [{ province: 7 }, []],
  [{}, []],
])('%j by choice is for %j', (declared, visibility) => {
  const values: Record<string, string> = {
    ...{ province: 'QC', region: 'public', odd: '$&{value}', empty: '' },
  };
  expect(visibilityByValue(declared, (name) => values[name])).toEqual(visibility);
});
