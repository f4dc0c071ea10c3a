// `daybook notebooks unpublish`: removes pages from the dashboard.

import { existsSync } from 'node:fs';
import { relative, resolve, sep } from 'node:path';
import { closestName } from '../../text/closest-name.js';
import { DaybookError } from '../../errors.js';
import { givenParameters } from '../../notebook/parameters/given-parameters.js';
import {
  readPublishedPages,
  retirePages,
  type PublishedPage,
} from '../../publication/published-pages.js';
import { openWarehouse } from '../../warehouse/warehouse.js';
import type { Command } from '../command.js';
import { flag, textsOption } from '../options.js';
import { formatTable } from '../../text/table.js';

/** `daybook notebooks unpublish`. */
export const notebooksUnpublish: Command = {
  usage: '[NAME|PATH…] [-p NAME=VALUE]… [--json]',
  description: `Takes pages off the dashboard; their runs are kept. NAME is the last part of a page's address, PATH a
notebook: then -p says which of its pages with other values, all that have these, and without -p it is
the page of the values in the file. A page of the values in the file comes back with the next run, as
long as its notebook is in notebooks/. Without NAME and PATH it lists the pages.`,
  options: {
    param: {
      type: 'string',
      multiple: true,
      short: 'p',
      placeholder: 'NAME=VALUE',
      help: 'Only pages of this value; with several, of all of them',
    },
    json: { type: 'boolean', help: 'Print one JSON object for each page' },
  },
  positionals: { min: 0, max: Infinity },
  async run({ values, positionals, config, cwd, terminal, logger }) {
    const params = textsOption(values, 'param');
    if (positionals.length === 0 && params.length > 0) {
      throw new DaybookError('USAGE', '-p says which pages of a notebook; name the notebook, too');
    }
    const [given = {}] = await givenParameters({ single: params, matrix: [], file: undefined });
    const wanted = Object.entries(given).map(([name, value]): [string, string] => [
      name,
      'text' in value ? value.text : '',
    ]);
    const warehouse = await openWarehouse(config, { logger });
    try {
      const pages = await readPublishedPages(warehouse.owner);
      const chosen =
        positionals.length === 0
          ? pages
          : positionals.flatMap((name) => {
              const path = relative(config.root, resolve(cwd, name)).split(sep).join('/');
              return pagesOf(pages, name, path, wanted);
            });
      if (positionals.length > 0) {
        await retirePages(
          warehouse.owner,
          chosen.map(({ slug }) => slug),
        );
      }
      if (flag(values, 'json')) {
        for (const page of chosen) terminal.out(`${JSON.stringify(entryOf(page))}\n`);
      } else if (positionals.length === 0) {
        const header = ['name', 'notebook', 'parameters', 'run', 'title'];
        terminal.out(formatTable([header, ...chosen.map(row)]));
      } else {
        for (const { slug, path, parameters } of chosen) {
          terminal.out(`${slug} is off the dashboard\n`);
          if (parameters === null && existsSync(resolve(config.root, path))) {
            terminal.err(`→ the next run of ${path} publishes it again\n`);
          }
        }
      }
      return 0;
    } finally {
      await warehouse.close();
    }
  },
};

/**
 * The pages of a name or path.
 *
 * @param path - The name as a path from the root.
 * @param wanted - Names and values as typed.
 * @throws DaybookError `NOTEBOOK_NOT_FOUND` when there is none.
 */
function pagesOf(
  pages: readonly PublishedPage[],
  name: string,
  path: string,
  wanted: readonly (readonly [name: string, value: string])[],
): PublishedPage[] {
  const named = pages.filter((page) => page.slug === name);
  const notebook = named[0]?.path ?? path;
  const chosen =
    wanted.length === 0
      ? named.length > 0
        ? named
        : pages.filter((page) => page.path === path && page.parameters === null)
      : pages.filter(
          ({ path: own, parameters }) =>
            own === notebook &&
            parameters !== null &&
            wanted.every(
              ([key, value]) => key in parameters && formatValue(parameters[key]) === value,
            ),
        );
  if (chosen.length > 0) return chosen;
  const closest = closestName(
    name,
    pages.flatMap(({ slug, path: own }) => [slug, own]),
  );
  const meant = closest === undefined ? '' : `Did you mean ${closest}? `;
  const values = wanted.map(([key, value]) => ` ${key} ${value}`).join(',');
  throw new DaybookError('NOTEBOOK_NOT_FOUND', `There is no page ${name}${values}`, {
    hint: `${meant}\`daybook notebooks unpublish\` lists the pages`,
  });
}

function formatValue(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function parametersOf({ parameters }: PublishedPage): string {
  return Object.entries(parameters ?? {})
    .map(([name, value]) => `${name}=${formatValue(value)}`)
    .join(' ');
}

function row(page: PublishedPage): string[] {
  const { slug, path, runId, title } = page;
  return [slug, path, parametersOf(page), runId === null ? '' : String(runId), title];
}

function entryOf({ runId, ...page }: PublishedPage): object {
  return { ...page, runId: runId === null ? null : Number(runId) };
}
