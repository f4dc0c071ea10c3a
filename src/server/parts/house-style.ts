// A theme of the project file as the pages have it: custom properties, faces of fonts, the logo.

import { readFile } from 'node:fs/promises';
import type { Element } from 'hast';
import { h } from 'hastscript';
import { accentTokens } from '../../config/theme/palette.js';
import type { ThemeSettings } from '../../config/theme/theme-config.js';
import { EncodedBody } from '../../http/encoded-body.js';
import type { Asset } from './asset.js';

/** The house style of the pages. */
export interface HouseStyle {
  /** Style rules behind those of ours; addresses of fonts are relative to the stylesheet. */
  readonly rules: string;
  /** The same with the fonts in it, for a page that is one file. */
  readonly wholeRules: string;
  readonly logo:
    | { readonly images: readonly LogoImage[]; readonly alternative: string }
    | undefined;
  /** The accent on light pages; undefined: ours. */
  readonly accent: string | undefined;
  /** The logo's files and fonts, by address. */
  readonly files: readonly Asset[];
}

/** A file of the logo, and the pages that show it. */
interface LogoImage {
  readonly asset: Asset;
  readonly scheme: 'light' | 'dark' | undefined;
}

/** The look without a theme. */
export const ourStyle: HouseStyle = {
  ...{ rules: '', wholeRules: '', logo: undefined, accent: undefined, files: [] },
};

/** Reads the files of a theme, which were found when the configuration was read. */
export async function loadHouseStyle(theme: ThemeSettings | undefined): Promise<HouseStyle> {
  if (theme === undefined) return ourStyle;
  const { accent, logo, fonts } = theme;
  const images =
    logo === undefined
      ? []
      : await Promise.all([
          logoImage(logo.file, logo.darkFile === undefined ? undefined : 'light'),
          ...(logo.darkFile === undefined ? [] : [logoImage(logo.darkFile, 'dark')]),
        ]);
  const faces = await Promise.all(
    fonts.map(async (font) => ({
      ...font,
      asset: houseAsset('font', 'woff2', 'font/woff2', await readFile(font.file)),
    })),
  );
  const face = (use: 'text' | 'code', weight: string, style: string, address: string) =>
    `@font-face{font-family:'house ${use}';src:url(${address}) format('woff2');` +
    `font-weight:${weight};font-style:${style};font-display:swap}`;
  const families = (['text', 'code'] as const).flatMap((use) => {
    const [name, usual] = use === 'text' ? ['text', textFamilies] : ['mono', codeFamilies];
    return faces.some((one) => one.use === use) ? [`--font-${name}:'house ${use}',${usual}`] : [];
  });
  const colors = accent === undefined ? {} : accentTokens(accent);
  const tokens = [
    ...Object.entries(colors).map(
      ([name, { light, dark }]) => `--${name}:light-dark(${light},${dark})`,
    ),
    ...families,
  ];
  const root = tokens.length === 0 ? '' : `:root{${tokens.join(';')}}`;
  const rules = (addressOf: (asset: Asset) => string) =>
    faces.map((one) => face(one.use, one.weight, one.style, addressOf(one.asset))).join('') + root;
  return {
    rules: rules(({ path }) => path.slice(path.lastIndexOf('/') + 1)),
    wholeRules: rules(dataAddress),
    logo: logo === undefined ? undefined : { images, alternative: logo.alternative },
    accent: accent?.light,
    files: [...images, ...faces].map(({ asset }) => asset),
  };
}

/** The families behind a house font, for what it lacks. */
const textFamilies = "system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans',Arial,sans-serif";
const codeFamilies = "ui-monospace,Menlo,Consolas,'DejaVu Sans Mono',monospace";

async function logoImage(file: string, scheme: LogoImage['scheme']): Promise<LogoImage> {
  const isPng = file.toLowerCase().endsWith('.png');
  const [extension, type] = isPng ? ['png', 'image/png'] : ['svg', 'image/svg+xml; charset=utf-8'];
  return { asset: houseAsset('logo', extension, type, await readFile(file)), scheme };
}

function houseAsset(name: string, extension: string, type: string, content: Buffer): Asset {
  const body = new EncodedBody(content, 9);
  return { path: `/assets/${name}.${body.hash}.${extension}`, type, body };
}

/** The file as an address that holds it. */
export function dataAddress({ type, body }: Asset): string {
  const [plain = ''] = type.split(';');
  return `data:${plain};base64,${body.bytes.toString('base64')}`;
}

/**
 * The logo as images: never as elements of the page, so that nothing in an SVG runs or loads.
 *
 * @param addressOf - The address of a file of it. Default: where the server has it.
 */
export function logoElements(
  { logo }: HouseStyle,
  addressOf: (asset: Asset) => string = ({ path }) => path,
): Element[] {
  const images = logo?.images ?? [];
  return images.map(({ asset, scheme }) =>
    h('img', {
      className: scheme === undefined ? ['logo'] : ['logo', `on-${scheme}`],
      src: addressOf(asset),
      alt: logo?.alternative,
      height: 28,
    }),
  );
}
