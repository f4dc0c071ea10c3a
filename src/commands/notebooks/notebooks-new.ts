// `daybook notebooks new`: writes a notebook to begin with.

import { writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { DaybookError } from '../../errors.js';
import { makeFolder } from '../../files/make-folder.js';
import type { Cell, JsonObject, Notebook } from '../../nbformat/notebook.js';
import { titleFromSlug } from '../../nbformat/notebook-summary.js';
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
      await writeFile(file, formatNotebook(newNotebook(titleFromSlug(slugOf(file)))), {
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

/** A notebook that runs in every project: its rows are Postgres's own. */
function newNotebook(title: string): Notebook {
  return {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: {
      kernelspec: { display_name: 'TypeScript (Daybook)', language: 'typescript', name: 'daybook' },
      language_info: { file_extension: '.ts', mimetype: 'text/typescript', name: 'typescript' },
    },
    cells: [
      markdown('title', `# ${title}\n\nThe question, and what its words mean.`),
      code(
        'parameters',
        `// What a run may set: npx daybook notebooks run … --param since=2020-01-01\nconst since = '2019-01-01';`,
        { tags: ['parameters'] },
      ),
      code(
        'months',
        [
          '%%sql months',
          "select month::date as month, extract(day from month + interval '1 month' - interval '1 day')::int as days",
          "from generate_series(${since}::date, ${since}::date + interval '11 months', interval '1 month') as month",
          'order by month -- not null: month, days',
        ].join('\n'),
      ),
      code(
        'chart',
        [
          '// Draw the months',
          "import { formatMonth, plot } from 'daybook/display';",
          'plot({',
          "  title: 'Days of each month',",
          "  caption: 'A bar for each month.',",
          "  alt: 'A bar for each month; most are of one height.',",
          "  data: [{ type: 'bar', x: months.map(({ month }) => formatMonth(month)), y: months.map(({ days }) => days) }],",
          "  layout: { yaxis: { title: { text: 'Days' }, rangemode: 'tozero' } },",
          '});',
        ].join('\n'),
      ),
      markdown('check', '## How to check it\n\nThe tables, and the command that prints them.'),
    ],
  };
}

function markdown(id: string, source: string): Cell {
  return { cell_type: 'markdown', id, metadata: {}, source };
}

function code(id: string, source: string, metadata: JsonObject = {}): Cell {
  return { cell_type: 'code', id, metadata, execution_count: null, outputs: [], source };
}
