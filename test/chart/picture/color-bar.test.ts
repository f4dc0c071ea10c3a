import { expect, test } from 'vitest';
import { colorBarWidth, drawColorBar } from '../../../src/chart/picture/drawing/color-bar.js';
import { readColorScale } from '../../../src/chart/picture/drawing/color-scale.js';
import { textWidth } from '../../../src/chart/picture/scale.js';
import { svgText } from '../../../src/chart/picture/svg.js';

test.each([
  ['Customers', ['Customers']],
  ['Active customers per province', ['Active', 'customers', 'per', 'province']],
  ['One two three four five six seven eight', ['One two', 'three', 'four five', 'six seve…']],
  ['Donaudampfschifffahrtsgesellschaft', ['Donaudampfsch…']],
  [undefined, []],
])('the title %j of a bar of colours stands in lines within its room', (title, lines) => {
  const holder = title === undefined ? {} : { colorbar: { title: { text: title } } };
  const scale = readColorScale([0, 12_000], holder, {}, 'z');
  const left = 300;
  const drawn = drawColorBar(scale, { left, top: 0, bottom: 300 }).map(svgText);
  const found = drawn.flatMap(
    (element) => /^<text x='300' y='[\d.]+'>(.*)<\/text>$/.exec(element)?.slice(1) ?? [],
  );
  expect(found).toEqual(lines);
  const room = colorBarWidth(scale) - 12;
  for (const line of found) expect(textWidth(line)).toBeLessThanOrEqual(room);
});
