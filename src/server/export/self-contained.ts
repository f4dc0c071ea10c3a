// One HTML file of an executed notebook, with everything inlined (`daybook notebooks render`).

import type { Element } from 'hast';
import { h } from 'hastscript';
import type { Notebook } from '../../nbformat/notebook.js';
import { dataAddress, logoElements } from '../parts/house-style.js';
import { plotlyMarks } from '../parts/page-resources.js';
import type { Asset } from '../parts/asset.js';
import type { Assets } from '../parts/assets.js';
import { controlBar, filterRoom } from '../parts/control-bar.js';
import { mapScriptAt, mapScriptPath } from '../parts/map-scripts.js';
import { codeSwitch } from '../site/notebooks/notebook-document.js';
import { pageDocument, type PageResources } from '../parts/layout.js';
import type { RenderedNotebook } from '../rendering/rendered-notebook.js';
import { processRenderer } from '../rendering/renderer.js';
import { contentSecurityPolicy, hashSource } from '../parts/content-policy.js';

/**
 * An executed notebook as one HTML file without external files: styles, scripts, and plotly where needed, are
 * inlined, and its policy allows nothing else.
 *
 * @param name - The file's name without `.ipynb`; the fallback for the title.
 * @throws DaybookError `RENDER_LIMIT`.
 */
export async function selfContainedPage(
  notebook: Notebook,
  name: string,
  assets: Assets,
  renderer = processRenderer(),
): Promise<string> {
  const { result: page } = await renderer.render({
    ...{
      kind: 'notebook',
      document: notebook,
      name,
      slug: name,
      slugs: [],
      schemas: [],
      queries: [],
      hasEmbeds: false,
    },
    runId: undefined,
  });
  return pageDocument(
    {
      title: page.title,
      contents: page.contents,
      main: [
        h('article', { className: 'notebook' }, [
          h('header', { className: 'page-head' }, [
            h('h1', page.title),
            page.hasCode
              ? h('div', { className: 'page-facts' }, [codeSwitch(undefined, false)])
              : undefined,
          ]),
          controlBar(page.hasFilters ? [filterRoom()] : []),
          page.body,
        ]),
      ],
    },
    { resources: inlineResources(assets, page), notebooks: undefined, path: '' },
  );
}

function inlineResources(
  assets: Assets,
  { bundle, maps, hasFilters, drawsRows }: RenderedNotebook,
): PageResources {
  const theme = inlineScript(assets.themeScript);
  const scripts = [
    // A classic script, because it runs before the first paint.
    ...(bundle === undefined ? [] : [inlineScript(assets.plotly[bundle])]),
    ...maps.flatMap((name) => {
      const script = mapScriptAt(mapScriptPath(name));
      return script === undefined ? [] : [inlineScript(script)];
    }),
    ...(drawsRows ? [inlineScript(assets.cellScript, 'module')] : []),
    inlineScript(assets.pageScript, 'module'),
    ...(bundle === undefined
      ? []
      : [inlineScript(assets.chartScript, 'module'), inlineScript(assets.pictureScript, 'module')]),
    ...(hasFilters ? [inlineScript(assets.filterScript, 'module')] : []),
  ];
  const { house } = assets;
  // The fonts that the stylesheet names are files beside it; those here are within it.
  const styles = assets.stylesheet.body.bytes.toString();
  const own = house.rules === '' ? styles : styles.slice(0, -house.rules.length) + house.wholeRules;
  const style = h('style', own);
  const policy = contentSecurityPolicy({
    scripts: [theme, ...scripts].map(hashOf),
    styles: [hashOf(style)],
    fonts: 'data:',
  });
  return {
    house: { logo: logoElements(house, dataAddress), accent: house.accent },
    head: [
      h('meta', { httpEquiv: 'Content-Security-Policy', content: policy }),
      theme,
      style,
      ...(bundle === undefined ? [] : plotlyMarks()),
    ],
    scripts,
  };
}

/** An inline script; `<\/script` means the same to JavaScript, and does not end the element. */
function inlineScript(asset: Asset, type?: 'module'): Element {
  const text = asset.body.bytes
    .toString()
    .replace(/<(\/script|!--)/gi, (_, end: string) => `\\x3c${end}`);
  return h('script', { type }, text);
}

function hashOf(element: Element): string {
  const [child] = element.children;
  return hashSource(child?.type === 'text' ? child.value : '');
}
