// Scales, ticks and text widths of a picture.

/** Round ticks that cover a span. */
export function niceTicks(from: number, to: number, count = 5): number[] {
  const rough = (to - from) / count;
  if (!(rough > 0) || !Number.isFinite(rough)) return [from];
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((size) => size >= rough);
  if (step === undefined) return [from];
  const first = Math.floor(from / step + 1e-9);
  const last = Math.ceil(to / step - 1e-9);
  // Multiplied rather than summed: 3 × 0.1 has one rounding error instead of three.
  return Array.from({ length: last - first + 1 }, (_, index) =>
    Number(((first + index) * step).toPrecision(12)),
  );
}

/**
 * Ticks of a logarithmic axis that cover a span: whole powers of ten, of few also twice and five times them.
 *
 * @param from - Exponents of ten, like the ticks.
 */
export function logTicks(from: number, to: number): number[] {
  const [first, last] = [Math.floor(from + 1e-9), Math.ceil(to - 1e-9)];
  if (!Number.isFinite(last - first)) return [from];
  const step = Math.max(1, Math.ceil((last - first) / 6));
  const count = Math.max(1, Math.ceil((last - first) / step));
  const powers = Array.from({ length: count + 1 }, (_, index) => first + index * step);
  if (count > 2) return powers;
  const finer = powers.flatMap((power) => [power, power + Math.log10(2), power + Math.log10(5)]);
  const start = finer.findLastIndex((tick) => tick <= from + 1e-9);
  const end = finer.findIndex((tick) => tick >= to - 1e-9);
  return finer.slice(Math.max(0, start), end < 0 ? undefined : Math.max(end + 1, start + 2));
}

/** A linear scale from numbers to pixels. */
export function linearScale(
  [from, to]: readonly [number, number],
  [start, end]: readonly [number, number],
): Scale {
  const factor = to === from ? 0 : (end - start) / (to - from);
  return (value) => start + (value - from) * factor;
}

/** The step between labels, so that `count` labels of a width (pixels) fit into a space. */
export function labelStep(count: number, labelWidth: number, space: number): number {
  return Math.max(1, Math.ceil((count * (labelWidth + 8)) / Math.max(1, space)));
}

/** The estimated width of a text in the picture's font, in pixels. */
export function textWidth(text: string): number {
  return text.length * 6.4;
}

/** Shortens a text with an ellipsis to fit a width (pixels). */
export function shortened(text: string, width: number): string {
  const characters = Array.from(text);
  const most = Math.max(1, Math.floor(width / textWidth('x')));
  return characters.length <= most ? text : `${characters.slice(0, most - 1).join('')}…`;
}

/** The widest name beside horizontal bars, below an axis or in the legend, in pixels. */
export const widestName = 206;

/** Maps a number of an axis to pixels. */
export type Scale = (value: number) => number;
