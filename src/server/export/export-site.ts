import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { match } from 'path-to-regexp';
import type { Site } from '../../config/project-settings.js';
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

/** What a static copy is made of. */
export interface ExportOptions extends Readers {
  readonly assets: Assets;
  readonly timeZone: string;
  /** What the dashboard is called, and how it is sorted; default as without a project file. */
  readonly site?: Site | undefined;
  /** The address that the folder's root will have, like `https://reports.example.org/daybook`; default not known. */
  readonly publicAddress?: string | undefined;
  /** Only this notebook's page and what it loads; its links lead to {@link publicAddress}, or nowhere. */
  readonly notebook?: string | undefined;
  /** For whom: only what they may read is written. Default everybody: all of it. */
  readonly audience?: Audience;
  /** Where it is written: an empty folder. */
  readonly folder: string;
  readonly logger?: Logger;
  /** Stops it between two files. */
  readonly signal?: AbortSignal;
}

/** Files of one copy; beyond it something is wrong. */
const maxFiles = 100_000;

/**
 * Writes the dashboard as static files that link to each other by relative paths, so that the folder
 * works from any host, below any path, and from a disk. Everything that the pages lead to is in it:
 * earlier runs, comparisons, the data of charts, pipeline, catalogue, search.
 *
 * @returns How many files were written.
 * @throws DaybookError `OUTPUT_UNWRITABLE`, `WAREHOUSE_UNAVAILABLE`; the reason of the signal.
 */
export async function exportSite(options: ExportOptions): Promise<number> {
  const { folder, publicAddress, notebook, logger = silentLogger } = options;
  const found = new Set([notebook === undefined ? '/' : notebookPath(notebook)]);
  const sources = openPageSources({
    ...options,
    logger,
    now: () => new Date(),
    isPatient: true,
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
      // Nothing changes in a copy, and nobody signs in.
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
  // A copy has nowhere to sign in.
  const audience = { ...(options.audience ?? everybody), account: undefined };
  // A Set goes through what is added on the way, too.
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

/** The table of addresses as that of a folder of files. */
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

  /** The file of a path, below the folder; undefined: a copy has none. */
  fileOf(path: string): string | undefined {
    if (!this.#files.has(path)) this.#files.set(path, this.#findFile(path));
    return this.#files.get(path);
  }

  /** What is at a path; undefined when a link leads nowhere. */
  async bodyOf(path: string, audience: Audience): Promise<EncodedBody | undefined> {
    const found = this.#find(path);
    const made = await found?.route.make({ params: found.params, query: {}, audience });
    if (made?.status === 503) {
      throw new DaybookError('WAREHOUSE_UNAVAILABLE', 'The warehouse did not answer', {
        where: path,
      });
    }
    return made?.status === 200 ? made.body : undefined;
  }

  /**
   * Names stay percent-encoded: no name can lead elsewhere. One that is too long for a file, as in scripts of which
   * each character takes nine bytes so, ends in its digest.
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

/** Bytes that a name may have: 255 for files (POSIX's NAME_MAX on what is common), less what is added to it. */
const maxNameBytes = 200;

function shorten(name: string): string {
  if (name.length <= maxNameBytes) return name;
  const digest = createHash('sha256').update(name).digest('hex').slice(0, 16);
  const start = name.slice(0, maxNameBytes - 17).replace(/%[0-9A-F]?$/i, '');
  return `${start}~${digest}`;
}

/** A file's name as a part of an address. */
function encodeFile(file: string): string {
  return file.replaceAll('%', '%25');
}
