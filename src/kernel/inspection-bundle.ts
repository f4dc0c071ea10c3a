// What is known of a name, as front ends show it.

import type { Inspection } from './compiler/inspect.js';

/** Signature and documentation as a MIME bundle. */
export function inspectionBundle({
  signature,
  language,
  documentation,
}: Inspection): Record<string, string> {
  const code = `\`\`\`${language}\n${signature}\n\`\`\``;
  return {
    'text/plain': documentation === '' ? signature : `${signature}\n\n${documentation}`,
    'text/markdown': documentation === '' ? code : `${code}\n\n${documentation}`,
  };
}
