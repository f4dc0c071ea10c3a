import { expect, test } from 'vitest';
import { isVisible, readVisibility } from '../../src/visibility.js';

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
