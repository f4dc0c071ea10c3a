// Help on the parameters of notebooks (`daybook notebooks run --help-params`).

import type { NotebookSource } from './notebook-source.js';
import { parametersOf } from '../parameters/apply-parameters.js';
import { describeType } from '../parameters/parameter-type.js';

/** The parameters of notebooks as text for people. */
export async function parameterHelp(sources: readonly NotebookSource[]): Promise<string> {
  const parts = await Promise.all(
    sources.map(async ({ path, content }) => {
      const declared = 'notebook' in content ? await parametersOf(content.notebook, path) : [];
      if (declared.length === 0) return `${path}: no parameters\n`;
      const lines = declared.map(({ name, type, standing, secret, description }) => {
        const value =
          secret !== undefined
            ? `secret, from ${secret.variable}`
            : standing === undefined
              ? 'computed if not given'
              : JSON.stringify(standing);
        const about = description === '' ? '' : `  ${description}`;
        return `  ${name}: ${describeType(type)} (${value})${about}`;
      });
      return [`${path}:`, ...lines, ''].join('\n');
    }),
  );
  return parts.join('');
}
