// `daybook notebooks render`: one executed notebook as one HTML file.

import { basename, resolve } from 'node:path';
import { writeAtomically } from '../../files/atomic-write.js';
import { DaybookError } from '../../errors.js';
import { readNotebook } from '../../nbformat/read-notebook.js';
import { loadAssets } from '../../server/parts/assets.js';
import { selfContainedPage } from '../../server/export/self-contained.js';
import type { Command } from '../command.js';

/** `daybook notebooks render`. */
export const notebooksRender: Command = {
  usage: 'IN.ipynb --output OUT.html',
  description:
    'Writes the page that the dashboard shows of an executed notebook, of any kernel, as one HTML file\n' +
    'that needs no server and nothing from elsewhere. The notebook is not run.',
  options: {
    output: { type: 'string', short: 'o', placeholder: 'OUT.html', help: 'The file to write' },
  },
  positionals: { min: 1, max: 1 },
  run: async ({ config, values, positionals, cwd, terminal }) => {
    const [input = ''] = positionals;
    const { output } = values;
    if (typeof output !== 'string' || output === '') {
      throw new DaybookError('USAGE', 'daybook notebooks render: --output is missing', {
        hint: `daybook notebooks render ${input} --output OUT.html`,
      });
    }
    const notebook = await readNotebook(resolve(cwd, input), input);
    const assets = await loadAssets(config.project.theme);
    const html = await selfContainedPage(notebook, basename(input, '.ipynb'), assets);
    const written = writeAtomically(resolve(cwd, output), html, { makeFolders: true });
    await written.catch((cause: unknown) => {
      throw new DaybookError('OUTPUT_UNWRITABLE', 'The file cannot be written', {
        where: output,
        cause,
      });
    });
    terminal.out(`${output}\n`);
    return 0;
  },
};
