// Which scripts and styles each kind of page loads.

import type { Element } from 'hast';
import { h } from 'hastscript';
import type { Assets } from './assets.js';
import type { PageResources } from './layout.js';
import { logoElements } from './house-style.js';
import { mapScriptPath } from './map-scripts.js';
import { eventsPath, searchPath } from '../paths.js';
import type { PlotlyBundle } from '../../chart/figure/trace-types.js';

/**
 * Elements whose presence keeps plotly, and the map library of its largest bundle, from adding style rules to the
 * page, which the policy forbids; our stylesheet contains the needed ones.
 */
export function plotlyMarks(): Element[] {
  return [
    h('template', { id: 'plotly.js-style-global', className: 'no-inline-styles' }),
    h('template', { id: '9f215cf04c5486422605d13261cb87401f4e7763b6296af81e98efbc0130da53' }),
  ];
}

/** What a page has that needs scripts of its own. */
export interface PageNeeds {
  /** The plotly bundle for its figures. Default: there are none. */
  readonly bundle?: PlotlyBundle | undefined;
  /** The maps that figures use, by plotly's names. */
  readonly maps?: readonly string[];
  /** Whether readers choose among rows. */
  readonly hasFilters?: boolean;
  /** Whether rows that script adds to a table have drawn cells. */
  readonly drawsRows?: boolean;
}

/**
 * The resources of a served page. The chart script gets plotly's address, and loads it only when a chart comes
 * into view.
 */
export function linkedResources(
  assets: Assets,
  { bundle, maps = [], hasFilters = false, drawsRows = false }: PageNeeds = {},
): PageResources {
  return {
    house: { logo: logoElements(assets.house), accent: assets.house.accent },
    head: [
      h('script', { src: assets.themeScript.path }),
      h('link', { rel: 'stylesheet', href: assets.stylesheet.path }),
      ...(bundle === undefined ? [] : plotlyMarks()),
    ],
    scripts: [
      ...(drawsRows ? [h('script', { defer: true, src: assets.cellScript.path })] : []),
      h('script', {
        ...{ defer: true, src: assets.pageScript.path, dataEvents: eventsPath },
        // Every chart can be drawn by one of plotly's bundles.
        dataPicture: bundle === undefined ? undefined : assets.pictureScript.path,
      }),
      h('script', {
        defer: true,
        src: assets.searchScript.path,
        dataSearch: searchPath,
        dataRoot: '/',
      }),
      ...(bundle === undefined
        ? []
        : [
            ...maps.map((name) => h('template', { dataMap: mapScriptPath(name) })),
            h('script', {
              defer: true,
              src: assets.chartScript.path,
              dataPlotly: assets.plotly[bundle].path,
            }),
          ]),
      ...(hasFilters
        ? [h('script', { defer: true, src: assets.filterScript.path, dataFilters: '' })]
        : []),
    ],
  };
}

/** The resources of an embedded figure. */
export function embedResources(assets: Assets, needs: PageNeeds): PageResources {
  const { head, scripts } = linkedResources(assets, needs);
  const drawing = scripts.filter(({ properties }) =>
    ['dataPlotly', 'dataMap', 'dataFilters'].some((name) => name in properties),
  );
  // The theme comes from the address or the system.
  return { head: head.filter(({ tagName }) => tagName !== 'script'), scripts: drawing };
}

/** The resources of pages with forms: no script that would request pages on its own. */
export function formResources(assets: Assets): PageResources {
  const page = linkedResources(assets);
  return { ...page, scripts: [h('script', { defer: true, src: assets.pageScript.path })] };
}

/** The additional resources of the pipeline page. */
export function pipelineResources(assets: Assets): PageResources {
  const page = linkedResources(assets);
  const own = h('script', { defer: true, src: assets.pipelineScript.path });
  return { ...page, scripts: [...page.scripts, own] };
}
