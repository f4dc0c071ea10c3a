/** Round numbers that cover a span, a few of them, for the ticks of an axis. */
export function niceTicks(from: number, to: number, count = 5): number[] {
  const rough = (to - from) / count;
  if (!(rough > 0) || !Number.isFinite(rough)) return [from];
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((size) => size >= rough);
  if (step === undefined) return [from];
  const first = Math.floor(from / step + 1e-9);
  const last = Math.ceil(to / step - 1e-9);
  // Multiplying, not adding up: 3 × 0.1 is off by one rounding, not by three.
  return Array.from({ length: last - first + 1 }, (_, index) =>
    Number(((first + index) * step).toPrecision(12)),
  );
}

/** Turns numbers of one span into pixels of another. */
export function linearScale(
  [from, to]: readonly [number, number],
  [start, end]: readonly [number, number],
): Scale {
  const factor = to === from ? 0 : (end - start) / (to - from);
  return (value) => start + (value - from) * factor;
}

/** The step between labels, so that of `count` labels of a width (pixels) those that are drawn fit into a space. */
export function labelStep(count: number, labelWidth: number, space: number): number {
  return Math.max(1, Math.ceil((count * (labelWidth + 8)) / Math.max(1, space)));
}

/** Estimates the width of a text in the picture's font, in pixels. */
export function textWidth(text: string): number {
  return text.length * 6.4;
}

/** Shortens a text with an ellipsis so that it fits into a width (pixels). */
export function shortened(text: string, width: number): string {
  const characters = Array.from(text);
  const most = Math.max(1, Math.floor(width / textWidth('x')));
  return characters.length <= most ? text : `${characters.slice(0, most - 1).join('')}…`;
}

/** Pixels that a name beside horizontal bars, below an axis or in the legend may have. */
export const widestName = 206;

/** Turns a number of an axis into pixels. */
export type Scale = (value: number) => number;
