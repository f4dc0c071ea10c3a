// This folder makes docs/reference/ out of what the code itself goes by, so that it cannot drift. The pages are
// committed; test/docs/reference.test.ts compares them, and `npm run docs:reference` writes them anew.

import { join } from 'node:path';
import { addressesPage, metricsPage } from './addresses-page.js';
import { commandsPage } from './commands-page.js';
import { modelsPage, sourcesPage } from './declarations-pages.js';
import { graphPage, graphSchemaFile } from './graph-page.js';
import { modulePage } from './module-page.js';
import { notebooksPage } from './notebooks-page.js';
import { settingsPage } from './settings-page.js';

/** A page of docs/reference/. */
export interface ReferencePage {
  readonly file: string;
  readonly make: () => Promise<string>;
}

/**
 * All pages of the reference.
 *
 * @param root - The folder of the package, with its declarations in `dist/`.
 */
export function referencePages(root: string): ReferencePage[] {
  const moduleOf = (name: string, entry: string, introduction: string) => () =>
    modulePage({ name, introduction, declarations: join(root, 'dist', `${entry}.d.ts`) });
  return [
    { file: 'commands.md', make: () => commandsPage(join(root, 'docs')) },
    { file: 'settings.md', make: settingsPage },
    {
      file: 'project-file.md',
      make: moduleOf(
        'daybook/config',
        'config/define-config',
        'What `daybook.config.ts` is written with; [the guide](../project.md) says how. An environment variable that a field names wins over it.',
      ),
    },
    { file: 'models.md', make: modelsPage },
    { file: 'sources.md', make: sourcesPage },
    { file: 'notebooks.md', make: notebooksPage },
    {
      file: 'pipeline.md',
      make: moduleOf(
        'daybook/pipeline',
        'pipeline/index',
        'What notebooks and programs read the warehouse with. [The guide](../analyst.md#asking-the-warehouse) has examples, and how values of Postgres arrive in TypeScript.',
      ),
    },
    {
      file: 'display.md',
      make: moduleOf(
        'daybook/display',
        'display/index',
        'What a notebook shows beside text. Each call puts one output under its cell. [The guide](../analyst.md#showing-results) shows them.',
      ),
    },
    { file: 'addresses.md', make: addressesPage },
    { file: 'metrics.md', make: metricsPage },
    { file: 'graph.md', make: graphPage },
    { file: 'graph.schema.json', make: graphSchemaFile },
  ];
}
