import type { MimeBundle } from './mime-bundle.js';

/** Markdown as one output; its own text is what plain front ends show. */
export function markdownBundle(text: string): MimeBundle {
  return { 'text/markdown': text, 'text/plain': text };
}
