import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readProjectFile } from '../../../src/config/project/project-file.js';
import { colorDistance, contrast, toHex, toOklch } from '../../../src/config/theme/color.js';
import {
  accentTokens,
  darkAccent,
  defaultSeries,
  isReadable,
  nearestReadable,
  papers,
  seriesOf,
} from '../../../src/config/theme/palette.js';
import { ConfigError } from '../../../src/errors.js';
import { root } from '../../database.js';
import { temporaryFolder } from '../../temporary-folder.js';

/** Any colour of a screen. */
const colors = fc
  .integer({ min: 0, max: 0xff_ff_ff })
  .map((number) => `#${number.toString(16).padStart(6, '0')}`);

/** Accents that a theme may have. */
const accents = colors.map((color) => {
  const light = nearestReadable(color, 'light');
  return { light, dark: darkAccent(light) };
});

describe('colours', () => {
  test('have the contrast that WCAG gives as an example', () => {
    expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 2);
    expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 10);
  });

  test('come back from OKLCH', () => {
    fc.assert(
      fc.property(colors, (color) => {
        expect(toHex(toOklch(color))).toBe(color);
      }),
    );
  });

  test('that no screen shows keep lightness and hue', () => {
    const shown = toOklch(toHex({ lightness: 0.7, chroma: 0.4, hue: 150 }));
    expect(shown.lightness).toBeCloseTo(0.7, 1);
    expect(shown.hue).toBeCloseTo(150, -1);
    expect(shown.chroma).toBeLessThan(0.3);
  });
});

describe('what follows an accent', () => {
  test('is measured against the papers and series of the stylesheet', () => {
    const tokens = readFileSync(join(root, 'src/server/assets/tokens.css'), 'utf8');
    const pair = (name: string) =>
      new RegExp(`--${name}: light-dark\\((#\\w+), (#\\w+)\\)`).exec(tokens)?.slice(1);
    expect(['paper', 'paper-raised'].map(pair)).toEqual(
      [0, 1].map((index) => [papers.light[index], papers.dark[index]]),
    );
    expect(defaultSeries.map((_, index) => pair(`series-${index + 1}`))).toEqual(
      defaultSeries.map(({ light, dark }) => [light, dark]),
    );
  });

  test('can be read, in both schemes, whatever the accent', () => {
    fc.assert(
      fc.property(accents, (accent) => {
        const tokens = accentTokens(accent);
        for (const scheme of ['light', 'dark'] as const) {
          expect(isReadable(accent[scheme], scheme)).toBe(true);
          const wash = tokens['accent-wash']?.[scheme] ?? '';
          expect(contrast(accent[scheme], wash)).toBeGreaterThanOrEqual(4.5);
          const high = tokens['sequential-high']?.[scheme] ?? '';
          expect(contrast(high, papers[scheme][0])).toBeGreaterThanOrEqual(4.5);
          const low = tokens['sequential-low']?.[scheme] ?? '';
          expect(contrast(high, low)).toBeGreaterThanOrEqual(4.5);
          for (const color of seriesOf(accent)) {
            expect(contrast(color[scheme], papers[scheme][0])).toBeGreaterThanOrEqual(3);
          }
        }
      }),
    );
  });

  test('stays apart: the category that looks like the accent becomes our first colour', () => {
    const orange = { light: nearestReadable('#d07b00', 'light'), dark: '#f9b572' };
    const series = seriesOf(orange);
    expect(series[0]).toEqual(orange);
    expect(series[4]?.light).toBe(defaultSeries[0]?.light);
    expect(series[1]?.dark).toBe(defaultSeries[0]?.dark);
    expect(series.slice(5)).toEqual(defaultSeries.slice(5));
    for (const other of series.slice(1)) {
      expect(colorDistance(orange.light, other.light)).toBeGreaterThan(0.05);
    }
    const blue = { light: '#1f5a96', dark: '#86b6ea' };
    expect(seriesOf(blue).slice(1)).toEqual(defaultSeries.slice(1));
  });
});

describe('a theme', () => {
  const svg = '<svg xmlns="http://www.w3.org/2000/svg"/>';

  function read(theme: string, files: Record<string, string> = {}) {
    const folder = temporaryFolder({
      'daybook.config.ts': `import { defineConfig } from 'daybook/config';\nexport default defineConfig({\n  theme: ${theme},\n});`,
      ...files,
    });
    return readProjectFile(folder, join(folder, '.daybook')).then(
      ({ theme: read }) => read,
      (error: unknown) => {
        if (error instanceof ConfigError) return error.problems;
        throw error;
      },
    );
  }

  test('has an accent, of which the one for dark pages is derived', async () => {
    expect(await read("{ accent: '#0B6E4F' }")).toEqual({
      accent: { light: '#0b6e4f', dark: darkAccent('#0b6e4f') },
      fonts: [],
    });
    expect(await read("{ accent: { light: '#0b6e4f', dark: '#7cc4a4' } }")).toMatchObject({
      accent: { light: '#0b6e4f', dark: '#7cc4a4' },
    });
  });

  test('is refused with the nearest shade that can be read', async () => {
    expect(await read("{ accent: '#ff8800' }")).toEqual([
      "daybook.config.ts:3:12: theme.accent: text in #ff8800 has a contrast of 2.17 to 1 on light pages, and needs 4.5 (WCAG 2.2); the nearest shade that has it is '#ac5a00'",
    ]);
    expect(await read("{ accent: { light: '#0b6e4f', dark: '#0b6e4f' } }")).toEqual([
      expect.stringMatching(
        /:3:40: theme\.accent\.dark: text in #0b6e4f has a contrast of 2\.\d+ to 1 on dark pages.+'#\w{6}'$/,
      ),
    ]);
  });

  test('names the shade that it would take', () => {
    fc.assert(
      fc.property(colors, fc.constantFrom('light' as const, 'dark' as const), (color, scheme) => {
        expect(isReadable(nearestReadable(color, scheme), scheme)).toBe(true);
      }),
    );
  });

  test('finds its files below the root', async () => {
    const theme = await read(
      "{ logo: { file: 'brand/logo.svg', alternative: 'Example' }, fonts: { text: ['brand/a.woff2', { file: 'brand/b.woff2', weight: '700' }] } }",
      { 'brand/logo.svg': svg, 'brand/a.woff2': 'wOF2…', 'brand/b.woff2': 'wOF2…' },
    );
    expect(theme).toMatchObject({
      logo: { file: expect.stringMatching(/^\/.+\/brand\/logo\.svg$/), alternative: 'Example' },
      fonts: [
        { use: 'text', weight: '400', style: 'normal' },
        { use: 'text', weight: '700', style: 'normal' },
      ],
    });
  });

  test.each([
    [`{ accent: 'navy' }`, /:3:12: theme\.accent: must be a colour of six hexadecimal digits/],
    [`{ accent: 7 }`, /theme\.accent: must be a colour like/],
    [`{ acent: '#0b6e4f' }`, /:3:12: theme\.acent: there is no such field; did you mean accent\?/],
    [`{ logo: { file: 'logo.svg' } }`, /theme\.logo: must have an alternative/],
    [`{ logo: { alternative: '' } }`, /theme\.logo: must have a file/],
    [`{ logo: { file: '../a.svg', alternative: '' } }`, /theme\.logo\.file: must be a file below/],
    [
      `{ logo: { file: 'a.svg', alternative: '' } }`,
      /:3:20: theme\.logo\.file: there is no file a/,
    ],
    [`{ logo: { file: 'b.svg', alternative: '' } }`, /theme\.logo\.file: b\.svg is not an SVG/],
    [`{ logo: { file: 'b.png', alternative: '' } }`, /theme\.logo\.file: b\.png is not a PNG/],
    [`{ fonts: { text: 'b.woff2' } }`, /theme\.fonts\.text: b\.woff2 is not a font in WOFF2/],
    [`{ fonts: { text: 'b.ttf' } }`, /theme\.fonts\.text: must be a file .+ ends in \.woff2/],
    [
      `{ fonts: { text: [{ file: 'b.woff2', weight: 'bold' }] } }`,
      /theme\.fonts\.text: the weight/,
    ],
    [`{ fonts: { text: 'large.woff2' } }`, /large\.woff2 has 500004 bytes/],
  ])('says what is wrong with %s, and where', async (theme, problem) => {
    const files = { 'b.svg': '<html>', 'b.png': 'JFIF', 'b.woff2': 'OTTO' };
    const large = { 'large.woff2': `wOF2${'x'.repeat(500_000)}` };
    expect(await read(theme, { ...files, ...large })).toEqual([expect.stringMatching(problem)]);
  });
});
