import { expect, test } from 'vitest';
import { readFigure } from '../../../src/chart/figure/figure.js';
import { dataTableOf } from '../../../src/chart/table/data-table.js';
import { drawPicture } from '../../../src/chart/picture/picture.js';
import { svgText } from '../../../src/chart/picture/svg.js';
import { pictureExamples } from './picture-examples.js';

/** A line for each element, so that a change can be read. */
function lines(svg: string): string {
  return svg.replaceAll('><', '>\n<');
}

test.each(Object.entries(pictureExamples))('%s is drawn as before', async (name, example) => {
  const figure = readFigure({ data: [...example.data], layout: example.layout ?? {} });
  if (figure === undefined) throw new Error('no figure');
  const picture = drawPicture(figure, { width: 400, height: 260, hasAxes: true });
  const stamp = drawPicture(figure, { width: 320, height: 96, hasAxes: false });
  expect(dataTableOf(figure)?.rows.length).toBeGreaterThan(0);
  expect(stamp === undefined ? Infinity : svgText(stamp).length).toBeLessThan(12_000);
  await expect(picture === undefined ? 'none' : lines(svgText(picture))).toMatchFileSnapshot(
    `../../output/pictures/${name}.svg`,
  );
});
