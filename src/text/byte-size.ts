// Sizes as people write them: 500M, 2G.

const sizeUnits: Readonly<Record<string, number>> = { '': 1, K: 1e3, M: 1e6, G: 1e9, T: 1e12 };

/** The bytes of a size like `500M`, `2G` or `2 GB`; undefined: it is none. */
export function bytesOf(text: string): number | undefined {
  const [, number = '', unit = ''] = /^(\d+(?:\.\d+)?) ?([KMGT]?)B?$/i.exec(text) ?? [];
  const bytes = Number(number) * (sizeUnits[unit.toUpperCase()] ?? 1);
  return bytes > 0 ? bytes : undefined;
}
