// What all pages of a site are built from: readers, caches, renderer, assets.

import type { NotebookRetention } from '../../publication/collection-runs.js';
import { ColoredCode } from '../rendering/colored-code.js';
import { processRenderer, type Renderer } from '../rendering/renderer.js';
import { StaleCache } from '../reading/stale-cache.js';
import { LineageReader } from '../reading/lineage-reader.js';
import { FigureFiles } from '../reading/figure-files.js';
import { NotebookRuns } from '../reading/notebook-runs.js';
import { OperationsCache } from '../reading/operations-cache.js';
import type { Readers } from '../reading/readers/readers.js';
import { PageCache, type PageCacheOptions } from '../parts/page-cache.js';

/** What the pages of a site depend on. */
export interface PageSourcesOptions extends PageCacheOptions, Readers {
  /** Origins that may embed figures in frames; default none. */
  readonly frameAncestors?: readonly string[] | undefined;
  /** The absolute address of a path; undefined: it is unknown. */
  readonly publicAddress?: ((path: string) => string | undefined) | undefined;
  /** How long runs of notebooks are kept; undefined: pages do not say. */
  readonly retention?: NotebookRetention | undefined;
  /** Whether the combinations of choices are named in the path, as files are, instead of the query. Default false. */
  readonly namesChoices?: boolean;
  /** The renderer of notebooks. Default: that of the process. */
  readonly renderer?: Renderer;
}

/** The shared sources of all pages of a site. */
export interface PageSources extends PageSourcesOptions {
  readonly frameAncestors: readonly string[];
  readonly cache: PageCache;
  readonly runs: NotebookRuns;
  readonly figureFiles: FigureFiles;
  readonly code: ColoredCode;
  readonly lineage: LineageReader;
  /** The last answers on pipeline and data. */
  readonly lastAnswers: StaleCache;
  readonly operationsCache: OperationsCache;
}

/** Opens the sources of a site. */
export function openPageSources(options: PageSourcesOptions): PageSources {
  const { reader, logger, catalogue, frameAncestors = [], renderer = processRenderer() } = options;
  return {
    ...options,
    frameAncestors,
    cache: new PageCache(options),
    runs: new NotebookRuns(reader, logger, {
      renderer,
      hasEmbeds: frameAncestors.length > 0,
      schemas: catalogue.schemas.names,
    }),
    figureFiles: new FigureFiles(reader, renderer),
    code: new ColoredCode(renderer),
    lineage: new LineageReader(renderer),
    lastAnswers: new StaleCache(),
    operationsCache: new OperationsCache(options.operations),
  };
}
