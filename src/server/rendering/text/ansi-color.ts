import type { AnsiColor } from './ansi.js';

/** The eight hues of a terminal, each with a colour of its own in the stylesheet. */
const hues = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'] as const;

/**
 * The name of the terminal colour that stands for a colour on the page: one of eight hues, or one of
 * them as `bright-…`. A page is read on paper and on screens light and dark, where the exact colour
 * that a program chose for its terminal may be illegible; the stylesheet has a legible one for each name.
 */
export function ansiColorName(color: AnsiColor): string {
  if (typeof color !== 'number') return nearestName(...color);
  if (color < 8) return hues[color] ?? 'white';
  if (color < 16) return `bright-${hues[color - 8] ?? 'white'}`;
  return nearestName(...paletteColor(color));
}

/** The colours 16 to 255 of xterm: a cube of 6 × 6 × 6, then 24 steps of grey. */
function paletteColor(index: number): [number, number, number] {
  if (index >= 232) {
    const grey = 8 + (index - 232) * 10;
    return [grey, grey, grey];
  }
  const level = (step: number) => (step === 0 ? 0 : 55 + step * 40);
  const cube = index - 16;
  return [level(Math.floor(cube / 36)), level(Math.floor(cube / 6) % 6), level(cube % 6)];
}

function nearestName(red: number, green: number, blue: number): string {
  const most = Math.max(red, green, blue);
  const least = Math.min(red, green, blue);
  if (most - least < 32) {
    if (most < 64) return 'black';
    if (most < 140) return 'bright-black';
    return most < 230 ? 'white' : 'bright-white';
  }
  // Hue in sixths of the colour circle, from red over yellow, green, cyan, blue, magenta.
  const spread = most - least;
  const sixth =
    most === red
      ? (green - blue) / spread
      : most === green
        ? 2 + (blue - red) / spread
        : 4 + (red - green) / spread;
  const circle = ['red', 'yellow', 'green', 'cyan', 'blue', 'magenta'] as const;
  const name = circle[(Math.round(sixth) + 6) % 6] ?? 'red';
  return most > 200 && least > 60 ? `bright-${name}` : name;
}
