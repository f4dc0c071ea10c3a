// Syntax highlighting for pages outside of notebooks (SQL of tasks and models), with a cache.

import { createHash } from 'node:crypto';
import { h } from 'hastscript';
import { BoundedCache } from '../../http/bounded-cache.js';
import { finishHtml } from './html/finished-html.js';
import type { RenderedCode } from './rendered-code.js';
import type { Renderer } from './renderer.js';

/** Highlighted code. */
export interface Colored {
  /** By the given names. */
  readonly code: RenderedCode;
  /** Settles when all is highlighted; undefined: it is. */
  readonly rest: Promise<unknown> | undefined;
}

/** The cache's size, in characters. */
const maxCharacters = 8 * 1024 * 1024;

/** Highlights code in the renderer, each text once. Slow code is plain until it is highlighted. */
export class ColoredCode {
  readonly #renderer: Renderer;
  readonly #known = new BoundedCache<{ colored: Promise<RenderedCode>; slow: Promise<void> }>(
    maxCharacters,
  );

  constructor(renderer: Renderer) {
    this.#renderer = renderer;
  }

  /** @param texts - By name; error messages name them. */
  async read(language: string, texts: ReadonlyMap<string, string>): Promise<Colored> {
    if (texts.size === 0) return { code: new Map(), rest: undefined };
    const { colored, slow } = this.#begin(language, texts);
    // Of two settled promises the first wins: finished code counts, however slow it was.
    const code = await Promise.race([colored, slow]);
    return code === undefined ? { code: plain(texts), rest: colored } : { code, rest: undefined };
  }

  #begin(language: string, texts: ReadonlyMap<string, string>) {
    const all = JSON.stringify([language, ...texts]);
    const key = createHash('sha256').update(all).digest('base64');
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    let onSlow: () => void = () => undefined;
    const slow = new Promise<void>((resolve) => (onSlow = resolve));
    const colored = this.#renderer.render({ kind: 'code', language, texts }, onSlow).then(
      ({ result }) => result,
      () => plain(texts),
    );
    const begun = { colored, slow };
    this.#known.set(key, begun, all.length);
    return begun;
  }
}

function plain(texts: ReadonlyMap<string, string>): RenderedCode {
  return new Map([...texts].map(([name, text]) => [name, finishHtml([h('code', text)])]));
}
