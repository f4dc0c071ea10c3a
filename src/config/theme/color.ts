// Colours of a theme: hexadecimal text, OKLCH, and the contrast that WCAG 2.2 measures.

/** A colour by perceived lightness (0 to 1), chroma and hue (degrees), as CSS's `oklch()` has it. */
export interface Oklch {
  readonly lightness: number;
  readonly chroma: number;
  readonly hue: number;
}

/** Red, green and blue, 0 to 1, or beyond what a screen shows. */
type Channels = readonly [number, number, number];

/** Whether a text is a colour like `#1f5a96`. */
export function isHexColor(text: string): boolean {
  return /^#[0-9a-f]{6}$/i.test(text);
}

/** How far two colours stand apart, from 1 to 21: WCAG 2.2, "contrast ratio". */
export function contrast(one: string, other: string): number {
  const [a, b] = [luminance(one), luminance(other)];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

function luminance(color: string): number {
  const [red, green, blue] = linear(color);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** How different two colours look: their distance in OKLab, in which 0.02 is just noticeable. */
export function colorDistance(one: string, other: string): number {
  const [a, b] = [oklab(linear(one)), oklab(linear(other))];
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}

/** A hexadecimal colour as OKLCH. */
export function toOklch(color: string): Oklch {
  const [lightness, a, b] = oklab(linear(color));
  return { lightness, chroma: Math.hypot(a, b), hue: (Math.atan2(b, a) * 180) / Math.PI };
}

/** A colour as hexadecimal text; what no screen shows loses chroma, and keeps lightness and hue. */
export function toHex({ lightness, chroma, hue }: Oklch): string {
  let [least, most] = [0, chroma];
  if (!isShown(channelsOf(lightness, chroma, hue))) {
    for (let step = 0; step < 20; step += 1) {
      const middle = (least + most) / 2;
      if (isShown(channelsOf(lightness, middle, hue))) least = middle;
      else most = middle;
    }
    most = least;
  }
  const bytes = channelsOf(lightness, most, hue).map((channel) =>
    Math.round(255 * Math.min(1, Math.max(0, encoded(channel)))),
  );
  return `#${bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}

function isShown(channels: Channels): boolean {
  return channels.every((channel) => channel >= -0.0005 && channel <= 1.0005);
}

/** Undoes the transfer function of sRGB. */
function linear(color: string): Channels {
  const channel = (start: number) => {
    const value = Number.parseInt(color.slice(start, start + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return [channel(1), channel(3), channel(5)];
}

function encoded(value: number): number {
  return value <= 0.0031308 ? value * 12.92 : 1.055 * Math.max(0, value) ** (1 / 2.4) - 0.055;
}

/** Matrices of CSS Color 4, "OKLab". */
function oklab([red, green, blue]: Channels): Channels {
  const long = Math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue);
  const medium = Math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue);
  const short = Math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue);
  return [
    0.2104542553 * long + 0.793617785 * medium - 0.0040720468 * short,
    1.9779984951 * long - 2.428592205 * medium + 0.4505937099 * short,
    0.0259040371 * long + 0.7827717662 * medium - 0.808675766 * short,
  ];
}

function channelsOf(lightness: number, chroma: number, hue: number): Channels {
  const [a, b] = [
    chroma * Math.cos((hue * Math.PI) / 180),
    chroma * Math.sin((hue * Math.PI) / 180),
  ];
  const long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const short = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
    -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
    -0.0041960863 * long - 0.7034186147 * medium + 1.707614701 * short,
  ];
}
