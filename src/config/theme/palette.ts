// The colours that follow a theme's accent, in light and dark, each with the contrast that it needs.

import { colorDistance, contrast, toHex, toOklch } from './color.js';

/** A colour for light pages, and one for dark ones. */
export interface ColorPair {
  readonly light: string;
  readonly dark: string;
}

/** Which of the two. */
export type Scheme = keyof ColorPair;

/** What text in the accent stands on: the pages' paper, plain and raised, as tokens.css has them. */
export const papers: Readonly<Record<Scheme, readonly [string, string]>> = {
  light: ['#fdfcfa', '#f5f4f0'],
  dark: ['#15171a', '#1d2025'],
};

/** The default categories of charts, as tokens.css has them. */
export const defaultSeries: readonly ColorPair[] = [
  { light: '#1f5a96', dark: '#7fb2e8' },
  { light: '#d07b00', dark: '#f9b572' },
  { light: '#10867a', dark: '#4ca987' },
  { light: '#5f2455', dark: '#b555a3' },
  { light: '#8d6000', dark: '#d09e25' },
  { light: '#4a99c1', dark: '#87e7fd' },
  { light: '#811f05', dark: '#db5633' },
  { light: '#8262dc', dark: '#8569e2' },
];

/** WCAG 2.2, 1.4.3: text. What text reaches, graphics do, too (1.4.11 asks for 3). */
const textContrast = 4.5;

/** The least contrast of a colour against the papers of a scheme. */
export function leastContrast(color: string, scheme: Scheme): number {
  return Math.min(...papers[scheme].map((paper) => contrast(color, paper)));
}

/** Whether text in a colour can be read on the pages of a scheme. */
export function isReadable(color: string, scheme: Scheme): boolean {
  return leastContrast(color, scheme) >= textContrast;
}

/** The shade of the same hue that is nearest in lightness and can be read. */
export function nearestReadable(color: string, scheme: Scheme): string {
  const { lightness, chroma, hue } = toOklch(color);
  const direction = scheme === 'light' ? -1 : 1;
  for (let step = 0; step <= 200; step += 1) {
    const shade = toHex({ lightness: lightness + direction * step * 0.005, chroma, hue });
    if (isReadable(shade, scheme)) return shade;
  }
  return scheme === 'light' ? '#000000' : '#ffffff';
}

/** The accent of dark pages where only that of light ones is given: as light as text in the default one. */
export function darkAccent(light: string): string {
  const { lightness, chroma, hue } = toOklch(light);
  const shade = { lightness: Math.max(lightness, 0.76), chroma: Math.min(chroma, 0.14), hue };
  return nearestReadable(toHex(shade), 'dark');
}

/** The custom properties of tokens.css that follow an accent. */
export function accentTokens(accent: ColorPair): Readonly<Record<string, ColorPair>> {
  const tokens: Record<string, ColorPair> = {
    accent,
    'accent-wash': { light: wash(accent.light, 'light'), dark: wash(accent.dark, 'dark') },
    'sequential-low': ends(accent, [0.962, 0.012], [0.267, 0.027]),
    'sequential-high': ends(accent, [0.405, 0.12], [0.79, 0.1]),
  };
  seriesOf(accent).forEach((color, index) => {
    tokens[`series-${index + 1}`] = color;
  });
  return tokens;
}

/**
 * The categories of charts: the accent first, and the others as they are. In each scheme the one that looks most like
 * the accent becomes the default's first colour, so that all eight stay apart.
 */
export function seriesOf(accent: ColorPair): readonly ColorPair[] {
  const [light, dark] = (['light', 'dark'] as const).map((scheme) => {
    const ours = defaultSeries.map((pair) => pair[scheme]);
    const [first = ''] = ours;
    const distances = ours.map((color) => colorDistance(color, accent[scheme]));
    const nearest = distances.indexOf(Math.min(...distances));
    return ours.map((color, index) =>
      index === 0 ? accent[scheme] : index === nearest ? first : color,
    );
  });
  return defaultSeries.map((pair, index) => ({
    light: light?.[index] ?? pair.light,
    dark: dark?.[index] ?? pair.dark,
  }));
}

/** A background in the accent's hue on which text in the accent can be read. */
function wash(accent: string, scheme: Scheme): string {
  const { chroma, hue } = toOklch(accent);
  const [start, step] = scheme === 'light' ? [0.945, 0.003] : [0.28, -0.003];
  for (let count = 0; count <= 20; count += 1) {
    const shade = toHex({ lightness: start + count * step, chroma: Math.min(chroma, 0.022), hue });
    if (contrast(accent, shade) >= textContrast) return shade;
  }
  return papers[scheme][1];
}

/** An end of the scale from little to much: lightness and chroma of the default one, in the accent's hue. */
function ends(
  accent: ColorPair,
  light: readonly [number, number],
  dark: readonly [number, number],
): ColorPair {
  const shade = (color: string, [lightness, most]: readonly [number, number]) => {
    const { chroma, hue } = toOklch(color);
    return toHex({ lightness, chroma: Math.min(chroma, most), hue });
  };
  return { light: shade(accent.light, light), dark: shade(accent.dark, dark) };
}
