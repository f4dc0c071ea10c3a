// Stylesheets and scripts of pages, as files whose address changes with their content.

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { EncodedBody } from '../../http/encoded-body.js';
import type { PlotlyBundle } from '../../chart/figure/trace-types.js';
import { packageFile } from '../../files/package-file.js';
import type { ThemeSettings } from '../../config/theme/theme-config.js';
import type { Asset } from './asset.js';
import { loadHouseStyle, type HouseStyle } from './house-style.js';

/** The folder of the style sheets. */
export const stylesheetFolder = packageFile('dist/server/assets');

const scripts = packageFile('dist/server/client');
const require = createRequire(import.meta.url);

/** The parts of the stylesheet, in the order of the cascade. */
const stylesheetParts = [
  'tokens',
  'base',
  'layout',
  'controls',
  'filters',
  'notebook',
  'chart',
  'pipeline',
  'sign-in',
  'print',
];

const bundleFiles: Readonly<Record<PlotlyBundle, string>> = {
  basic: require.resolve('plotly.js-basic-dist-min'),
  cartesian: require.resolve('plotly.js-cartesian-dist-min'),
  strict: require.resolve('plotly.js-strict-dist-min'),
};

/** All files that pages load. */
export interface Assets {
  readonly stylesheet: Asset;
  /** Sets the theme before the first paint. */
  readonly themeScript: Asset;
  /** Relative times, switches, table of contents, tables, controls. */
  readonly pageScript: Asset;
  /** Draws a chart when it comes into view, and reads out its values. */
  readonly chartScript: Asset;
  /** Saves a chart as a picture; the page's script loads it when somebody opens the menu. */
  readonly pictureScript: Asset;
  /** Filters rows and draws what is left. */
  readonly filterScript: Asset;
  /** Draws the cells of rows that the page's script adds to a table. */
  readonly cellScript: Asset;
  /** Searches all pages. */
  readonly searchScript: Asset;
  /** Opens the logs of tasks beside the pipeline's graph. */
  readonly pipelineScript: Asset;
  readonly plotly: Readonly<Record<PlotlyBundle, Asset>>;
  /** The project's own colours, logo and fonts. */
  readonly house: HouseStyle;
}

const javascript = 'text/javascript; charset=utf-8';

/**
 * Reads the assets; throws when a file is missing.
 *
 * @param theme - The house style. Default: ours.
 * @param folder - The folder of the style sheets.
 */
export async function loadAssets(
  theme?: ThemeSettings,
  folder: string = stylesheetFolder,
): Promise<Assets> {
  const script = async (name: string, ...others: string[]) => {
    const files = [name, ...others].map((one) => readFile(join(scripts, `${one}.js`), 'utf8'));
    return asset(name, 'js', Buffer.from((await Promise.all(files)).map(inBlock).join('')));
  };
  const plotly = async (bundle: PlotlyBundle) =>
    asset(`plotly-${bundle}`, 'js', await readFile(bundleFiles[bundle]));
  const parts = stylesheetParts.map((name) => readFile(join(folder, `${name}.css`), 'utf8'));
  const [
    styles,
    house,
    themeScript,
    pageScript,
    chartScript,
    pictureScript,
    filterScript,
    cellScript,
    searchScript,
    pipelineScript,
    basic,
    cartesian,
    strict,
  ] = await Promise.all([
    Promise.all(parts),
    loadHouseStyle(theme),
    script('theme'),
    script('page', 'tables', 'controls'),
    script('charts', 'chart-keys'),
    script('save-picture'),
    script('filters'),
    script('cells'),
    script('search'),
    script('pipeline'),
    plotly('basic'),
    plotly('cartesian'),
    plotly('strict'),
  ]);
  return {
    stylesheet: asset('daybook', 'css', Buffer.from([...styles, house.rules].join('\n'))),
    themeScript,
    pageScript,
    chartScript,
    pictureScript,
    filterScript,
    cellScript,
    searchScript,
    pipelineScript,
    plotly: { basic, cartesian, strict },
    house,
  };
}

/** Gives a script a scope of its own: pages opened from a folder cannot load modules. */
function inBlock(script: string): string {
  return `'use strict';{\n${script}}\n`;
}

function asset(name: string, extension: 'css' | 'js', content: Buffer): Asset {
  const body = new EncodedBody(content, 9);
  return {
    path: `/assets/${name}.${body.hash}.${extension}`,
    type: extension === 'js' ? javascript : 'text/css; charset=utf-8',
    body,
  };
}

/** The assets by address: the only files that the server sends. */
export function assetsByPath(assets: Assets): ReadonlyMap<string, Asset> {
  const { plotly, house, ...others } = assets;
  const all = [...Object.values(others), ...Object.values(plotly), ...house.files];
  return new Map(all.map((one) => [one.path, one]));
}
