// Export of the dashboard as static files (`daybook export`).

import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { match } from 'path-to-regexp';
import type { Site } from '../../config/project/project-settings.js';
import { DaybookError } from '../../errors.js';
import { makeFolder } from '../../files/make-folder.js';
import type { EncodedBody } from '../../http/encoded-body.js';
import { silentLogger, type Logger } from '../../logger.js';
import { everybody, type Audience } from '../access/audience.js';
import type { Assets } from '../parts/assets.js';
import { notebookPath } from '../paths.js';
import type { Readers } from '../reading/readers/readers.js';
import { openPageSources } from '../site/page-sources.js';
import type { ContentRoute } from '../site/route.js';
import { contentRoutes } from '../site/routes.js';

/** What a static copy is made from. */
export interface ExportOptions extends Readers {
  readonly assets: Assets;
  readonly timeZone: string;
  /** Name, groups and order of the dashboard; default as without a project file. */
  readonly site?: Site | undefined;
  /** The public address of the folder's root, like `https://reports.example.org/daybook`; default unknown. */
  readonly publicAddress?: string | undefined;
  /** Exports only this notebook's page and its files; links lead to {@link publicAddress}, or nowhere. */
  readonly notebook?: string | undefined;
  /** Filters the notebooks by permission. Default: everybody, who reads all. */
  readonly audience?: Audience;
  /** The output folder; it is empty. */
  readonly folder: string;
  readonly logger?: Logger;
  /** Aborts the export between two files. */
  readonly signal?: AbortSignal;
}

/** The limit of files in a copy; more indicate an error. */
const maxFiles = 100_000;

/**
 * Writes the dashboard as static files with relative links: the folder works from any host, below any path, and
 * from a disk. It includes everything that the pages link to: earlier runs, comparisons, data of charts, pipeline,
 * catalogue, search.
 *
 * @returns The number of files.
 * @throws DaybookError `OUTPUT_UNWRITABLE`, `WAREHOUSE_UNAVAILABLE`; the reason of the signal.
 */
export async function exportSite(options: ExportOptions): Promise<number> {
  const { folder, publicAddress, notebook, logger = silentLogger } = options;
  const found = new Set([
    notebook === undefined ? '/' : notebookPath(notebook),
    // The stylesheet names the fonts: no page does.
    ...options.assets.house.files.map(({ path }) => path),
  ]);
  const sources = openPageSources({
    ...options,
    logger,
    now: () => new Date(),
    isPatient: true,
    namesChoices: true,
    publicAddress: (path) => {
      const file = fileOf(path);
      if (publicAddress === undefined || notebook !== undefined || file === undefined) {
        return undefined;
      }
      found.add(path);
      return `${publicAddress}/${encodeFile(file)}`;
    },
    address: (page) => (target) => {
      const [path = '', fragment] = target.split('#');
      const [plain = ''] = path.split('?');
      const file = fileOf(plain);
      // A copy has no live events and no sign-in.
      if (file === undefined) return undefined;
      if (notebook !== undefined && !plain.startsWith('/assets/')) {
        return publicAddress === undefined ? undefined : publicAddress + target;
      }
      found.add(plain);
      const up = '../'.repeat((fileOf(page) ?? '').split('/').length - 1);
      return up + encodeFile(file) + (fragment === undefined ? '' : `#${fragment}`);
    },
  });
  const table = new CopyTable(contentRoutes(sources).filter((route) => 'make' in route));
  const fileOf = table.fileOf.bind(table);
  // A copy has no sign-in page.
  const audience = { ...(options.audience ?? everybody), account: undefined };
  // Iteration over a Set includes entries that are added meanwhile.
  for (const path of found) {
    options.signal?.throwIfAborted();
    if (found.size > maxFiles) throw new Error(`the dashboard has more than ${maxFiles} pages`);
    const body = await table.bodyOf(path, audience);
    if (body === undefined && notebook !== undefined) {
      throw new DaybookError('NOTEBOOK_NOT_FOUND', 'There is no published notebook of that name', {
        where: notebook,
        hint: 'Its name is the file’s, without .ipynb; the dashboard lists what is published',
      });
    }
    if (body === undefined) continue;
    const file = join(folder, ...(fileOf(path) ?? '').split('/'));
    makeFolder(dirname(file));
    await writeFile(file, body.bytes).catch((cause: unknown) => {
      throw new DaybookError('OUTPUT_UNWRITABLE', 'The file cannot be written', {
        where: file,
        cause,
      });
    });
  }
  return found.size;
}

/** The table of addresses, as files of a folder. */
class CopyTable {
  readonly #routes: readonly { route: ContentRoute; matches: ReturnType<typeof match> }[];
  readonly #files = new Map<string, string | undefined>();

  constructor(routes: readonly ContentRoute[]) {
    this.#routes = routes.flatMap((route) =>
      route.file === undefined
        ? []
        : [{ route, matches: match(route.pattern, { sensitive: true }) }],
    );
  }

  /** The file of a path, relative to the folder; undefined: a copy has none. */
  fileOf(path: string): string | undefined {
    if (!this.#files.has(path)) this.#files.set(path, this.#findFile(path));
    return this.#files.get(path);
  }

  /** The content at a path; undefined for a broken link. */
  async bodyOf(path: string, audience: Audience): Promise<EncodedBody | undefined> {
    const found = this.#find(path);
    const made = await found?.route.make({ params: found.params, query: {}, audience });
    // A file cannot lead on: it is a copy.
    const target = made?.status === 308 ? made.headers?.['Location'] : undefined;
    if (target !== undefined)
      return this.bodyOf(new URL(target, `file://${path}`).pathname, audience);
    if (made?.status === 503) {
      throw new DaybookError('WAREHOUSE_UNAVAILABLE', 'The warehouse did not answer', {
        where: path,
      });
    }
    return made?.status === 200 ? made.body : undefined;
  }

  /**
   * Names stay percent-encoded, so none leaves the folder. A name that is too long for a file system, as non-Latin
   * ones easily are at nine bytes a character, is cut and ends in its digest.
   */
  #findFile(path: string): string | undefined {
    if (path === '/') return 'index.html';
    const kind = this.#find(path)?.route.file;
    const names = path.slice(1).split('/').map(shorten).join('/');
    return kind === undefined ? undefined : kind === 'plain' ? names : `${names}.html`;
  }

  #find(path: string) {
    for (const { route, matches } of this.#routes) {
      const found = matches(path);
      if (found !== false) return { route, params: found.params as Record<string, string> };
    }
    return undefined;
  }
}

/** The longest name in bytes: 255 for files (NAME_MAX), less the suffix. */
const maxNameBytes = 200;

function shorten(name: string): string {
  if (name.length <= maxNameBytes) return name;
  const digest = createHash('sha256').update(name).digest('hex').slice(0, 16);
  const start = name.slice(0, maxNameBytes - 17).replace(/%[0-9A-F]?$/i, '');
  return `${start}~${digest}`;
}

/** A file name as a path segment of an address. */
function encodeFile(file: string): string {
  return file.replaceAll('%', '%25');
}
