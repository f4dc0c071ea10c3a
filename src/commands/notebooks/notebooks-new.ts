// `daybook notebooks new`: writes a notebook to begin with.

import { writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { DaybookError } from '../../errors.js';
import { makeFolder } from '../../files/make-folder.js';
import { packageFile } from '../../files/package-file.js';
import { joinText, type Notebook } from '../../nbformat/notebook.js';
import { titleFromSlug } from '../../nbformat/notebook-summary.js';
import { readNotebook } from '../../nbformat/read-notebook.js';
import { formatNotebook } from '../../nbformat/write-notebook.js';
import type { Command } from '../command.js';

/** `daybook notebooks new`. */
export const notebooksNew: Command = {
  usage: 'NAME',
  description: `Writes notebooks/NAME.ipynb, on Daybook's kernel: a title, a cell of parameters, a SQL cell, a chart of its rows.
It runs as it is, in any project; put your own question in. NAME is the address of its page, like
monthly-sales, or the path of a file that ends with .ipynb.`,
  options: {},
  positionals: { min: 1, max: 1 },
  async run({ positionals: [name = ''], config, cwd, terminal }) {
    const isPath = name.endsWith('.ipynb');
    if (!isPath && !/^[\w-]+$/.test(name)) {
      throw new DaybookError('USAGE', `"${name}" is no name of a notebook`, {
        hint: 'letters, digits and hyphens, like monthly-sales',
      });
    }
    const file = isPath ? resolve(cwd, name) : resolve(config.root, 'notebooks', `${name}.ipynb`);
    makeFolder(dirname(file));
    try {
      await writeFile(file, formatNotebook(await newNotebook(titleFromSlug(slugOf(file)))), {
        flag: 'wx',
      });
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
      throw new DaybookError('USAGE', 'there is a notebook of that name already', { where: file });
    }
    terminal.out(`${file}\n`);
    return 0;
  },
};

function slugOf(file: string): string {
  return file.replace(/^.*[\\/]/, '').replace(/\.ipynb$/, '');
}

/** The template: a notebook that runs in every project, since its rows are Postgres's own. JupyterLab's launcher has the same. */
async function newNotebook(title: string): Promise<Notebook> {
  const notebook = await readNotebook(packageFile('lab/src/new-notebook.json'));
  const [first, ...rest] = notebook.cells;
  if (first === undefined) return notebook;
  const source = joinText(first.source).replace(/^# .*/, () => `# ${title}`);
  return { ...notebook, cells: [{ ...first, source }, ...rest] };
}
