// Figures of runs as files, from cache or from the renderer.

import { BoundedCache } from '../../http/bounded-cache.js';
import { EncodedBody } from '../../http/encoded-body.js';
import type { PublicationReader } from '../../publication/publication-reader.js';
import type { FigureFacts, FigureForm } from '../rendering/figure-file.js';
import type { RenderedFigure } from '../rendering/rendered-notebook.js';
import type { Renderer } from '../rendering/renderer.js';
import { reachable } from './stale-cache.js';

/** The cache's size in bytes. */
const maxBytes = 32 * 1024 * 1024;

/** A file that is asked for. */
export interface WantedFile {
  readonly figure: RenderedFigure;
  readonly form: FigureForm;
  readonly facts: FigureFacts;
  /** The parameters of its address that say which rows are chosen. */
  readonly filters: readonly (readonly [name: string, value: string])[];
}

/** Writes each file once, as long as what is known of its run stays the same. */
export class FigureFiles {
  readonly #reader: PublicationReader;
  readonly #renderer: Renderer;
  /** Null: the figure has no such form. */
  readonly #files = new BoundedCache<EncodedBody | null>(maxBytes);

  constructor(reader: PublicationReader, renderer: Renderer) {
    this.#reader = reader;
    this.#renderer = renderer;
  }

  /** The file's content; null: the figure has no such form; undefined: the run is gone. */
  async read({
    figure,
    form,
    facts,
    filters,
  }: WantedFile): Promise<EncodedBody | null | undefined> {
    const { notebook: slug, run } = facts;
    const key = JSON.stringify([figure.name, form, facts, filters]);
    const known = this.#files.get(key);
    if (known !== undefined) return known;
    const found = await reachable(this.#reader.readRun(slug, run));
    if (found === undefined) return undefined;
    const { result } = await this.#renderer.render({
      kind: 'figure',
      name: `${slug}, run ${run}`,
      document: found.document,
      ...{ figure: figure.name, form, facts, filters },
      queries: figure.queries.flatMap((place) => found.queries[place] ?? []),
    });
    const body =
      result === undefined
        ? null
        : new EncodedBody(typeof result === 'string' ? result : Buffer.from(result));
    this.#files.set(key, body, 1000 + (body?.bytes.length ?? 0));
    return body;
  }
}
