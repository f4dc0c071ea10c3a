import type { MimeBundle } from './mime-bundle.js';

/** HTML as one output, with what remains without its tags as plain text. */
export function htmlBundle(text: string): MimeBundle {
  const plain = text
    .replace(/<(script|style)\b[^]*?<\/\1\s*>/gi, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return { 'text/html': text, 'text/plain': plain };
}

/** Markdown as one output; its own text is what plain front ends show. */
export function markdownBundle(text: string): MimeBundle {
  return { 'text/markdown': text, 'text/plain': text };
}
