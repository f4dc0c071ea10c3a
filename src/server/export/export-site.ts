import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DaybookError } from '../../errors.js';
import { silentLogger, type Logger } from '../../logger.js';
import { everybody, type Audience } from '../access/audience.js';
import { assetsByPath, type Assets } from '../parts/assets.js';
import type { EncodedBody } from '../../http/encoded-body.js';
import { mapScriptAt } from '../parts/map-scripts.js';
import { Pages } from '../site/pages.js';
import { eventsPath, notebookPath } from '../paths.js';
import type { Site } from '../../config/project-settings.js';
import type { Readers } from '../reading/readers/readers.js';
import { makeFolder } from '../../files/make-folder.js';

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
  const { assets, timeZone, folder, logger = silentLogger } = options;
  const { publicAddress, notebook } = options;
  const found = new Set([notebook === undefined ? '/' : notebookPath(notebook)]);
  const all = new Pages({
    ...options,
    assets,
    timeZone,
    logger,
    now: () => new Date(),
    isPatient: true,
    publicAddress: (path) => {
      if (publicAddress === undefined || notebook !== undefined) return undefined;
      found.add(path);
      return `${publicAddress}/${addressOf(path)}`;
    },
    address: (page) => (target) => {
      // Nothing changes in a copy.
      if (target === eventsPath) return undefined;
      const [path = '', fragment] = target.split('#');
      const [plain = ''] = path.split('?');
      if (notebook !== undefined && !plain.startsWith('/assets/')) {
        return publicAddress === undefined ? undefined : publicAddress + target;
      }
      found.add(plain);
      return relativeAddress(page, plain) + (fragment === undefined ? '' : `#${fragment}`);
    },
  });
  // A copy has nowhere to sign in.
  const pages = all.for({ ...(options.audience ?? everybody), account: undefined });
  const files = assetsByPath(assets);
  // A Set goes through what is added on the way, too.
  for (const path of found) {
    options.signal?.throwIfAborted();
    if (found.size > maxFiles) throw new Error(`the dashboard has more than ${maxFiles} pages`);
    const body = files.get(path)?.body ?? mapScriptAt(path)?.body ?? (await pageBody(pages, path));
    if (body === undefined && notebook !== undefined) {
      throw new DaybookError('NOTEBOOK_NOT_FOUND', 'There is no published notebook of that name', {
        where: notebook,
        hint: 'Its name is the file’s, without .ipynb; the dashboard lists what is published',
      });
    }
    if (body === undefined) continue;
    const file = join(folder, ...fileOf(path).split('/'));
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

/** The page at a path; undefined when a link leads nowhere. */
async function pageBody(pages: Pages, path: string): Promise<EncodedBody | undefined> {
  const parts = path.split('/').slice(1).map(decodeURIComponent);
  const [area = '', name, kind, id, file, last] = parts;
  const csv = file === 'figures' && last !== undefined ? /^(\d+)\.csv$/.exec(last)?.[1] : undefined;
  if (csv !== undefined && name !== undefined && id !== undefined) {
    return (await pages.figureCsv(name, id, Number(csv)))?.body;
  }
  if (file === 'picture.png' && name !== undefined && id !== undefined) {
    return (await pages.picture(name, id))?.body;
  }
  const page = await (() => {
    if (path === '/') return pages.home();
    if (path === '/search.js') return pages.search();
    if (path === '/feed.atom') return pages.feed();
    if (area === 'pipeline') {
      if (name === undefined || kind === undefined) return pages.pipeline();
      if (name === 'steps') return pages.pipelineSteps(Number(kind));
      return file === undefined ? pages.pipelineRun(kind) : pages.pipelineTask(kind, file);
    }
    if (area === 'data') return name === undefined ? pages.catalogue() : pages.relation(name);
    if (area !== 'notebooks' || name === undefined) return undefined;
    if (kind === 'compare') return pages.comparison(name, id ?? '', file ?? '');
    return pages.notebook({ slug: name, runId: id, showsCode: false });
  })();
  if (page?.status === 503) {
    throw new DaybookError('WAREHOUSE_UNAVAILABLE', 'The warehouse did not answer', {
      where: path,
    });
  }
  return page?.status === 200 ? page.body : undefined;
}

const plainFile =
  /^\/assets\/|^\/(?:search\.js|feed\.atom)$|\/figures\/\d+\.csv$|\/runs\/\d+\/picture\.png$/;

/** Bytes that a name may have: 255 for files (POSIX's NAME_MAX on what is common), less what is added to it. */
const maxNameBytes = 200;

/**
 * The file of a path, below the folder. Names stay percent-encoded: no name can lead elsewhere. One that
 * is too long for a file, as in scripts of which each character takes nine bytes so, ends in its digest.
 */
function fileOf(path: string): string {
  if (path === '/') return 'index.html';
  const names = path.slice(1).split('/').map(shorten).join('/');
  return plainFile.test(path) ? names : `${names}.html`;
}

function shorten(name: string): string {
  if (name.length <= maxNameBytes) return name;
  const digest = createHash('sha256').update(name).digest('hex').slice(0, 16);
  const start = name.slice(0, maxNameBytes - 17).replace(/%[0-9A-F]?$/i, '');
  return `${start}~${digest}`;
}

/** The way from the file of one page to that of another path, as an address. */
function relativeAddress(page: string, target: string): string {
  const up = '../'.repeat(fileOf(page).split('/').length - 1);
  return up + addressOf(target);
}

/** The address of a path's file from the folder. */
function addressOf(path: string): string {
  return fileOf(path).replaceAll('%', '%25');
}
