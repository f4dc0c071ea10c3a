import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { root } from '../database.js';

const execute = promisify(execFile);

/** A registry on this machine: what was published to it, and everything else from the machine's own registry. */
export interface Registry {
  /**
   * `http://127.0.0.1:PORT/UUID/`: npm keeps what it read by its address, so that a registry on a port that another
   * had before would be answered for out of npm's cache.
   */
  readonly url: string;
  /** What npm takes from the environment to install from it. */
  readonly env: Readonly<Record<string, string>>;
  /**
   * Packs and publishes a package as it stands; none of its scripts runs.
   *
   * @param source - The folder of the package, or a tarball.
   * @param tag - The distribution tag; default `latest`.
   * @returns The tarball.
   */
  publish(source: string, tag?: string): Promise<string>;
  stop(): Promise<void>;
}

interface Packed {
  readonly name: string;
  readonly version: string;
  readonly filename: string;
  readonly integrity: string;
  readonly shasum: string;
}

/** What a registry says of a package. */
interface Packument {
  readonly name: string;
  readonly 'dist-tags': Record<string, string>;
  readonly versions: Record<string, object>;
}

/**
 * Starts a registry. It answers as the npm registry does for what it has, which npm asks in two ways (a document
 * of each package, and tarballs), and sends npm on for everything else, so that npm's cache counts.
 *
 * @param folder - Exists; keeps the tarballs. Whoever made it removes it after {@link Registry.stop}.
 */
export async function startRegistry(folder: string): Promise<Registry> {
  const npmOptions = { cwd: root, env: { ...process.env, npm_config_update_notifier: 'false' } };
  const { stdout } = await execute('npm', ['config', 'get', 'registry'], npmOptions);
  const machine = stdout.trim();
  const certificates = process.env['NODE_EXTRA_CA_CERTS'];
  const packuments = new Map<string, Packument>();
  const tarballs = join(folder, 'tarballs');
  mkdirSync(tarballs);

  const base = `/${randomUUID()}/`;
  const server = createServer((request, response) => {
    const { url: asked = base } = request;
    // npm takes the tarballs of a lock file from this host without its path.
    const path = decodeURIComponent(asked.slice(asked.startsWith(base) ? base.length : 1));
    const packument = packuments.get(path);
    if (packument !== undefined) {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(packument));
    } else if (path.startsWith('-/tarballs/')) {
      readFile(join(tarballs, basename(path))).then(
        (tarball) => response.end(tarball),
        () => response.writeHead(404).end(),
      );
    } else {
      response.writeHead(302, { location: new URL(path.replace('/', '%2f'), machine).href }).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${base}`;

  return {
    url,
    env: {
      npm_config_registry: url,
      // Whom the machine trusts when npm is sent on.
      ...(certificates === undefined ? {} : { NODE_EXTRA_CA_CERTS: certificates }),
      npm_config_prefer_offline: 'true',
      npm_config_audit: 'false',
      npm_config_fund: 'false',
      npm_config_update_notifier: 'false',
    },
    publish: async (source, tag = 'latest') => {
      const args = ['pack', source, '--json', '--ignore-scripts', '--pack-destination', tarballs];
      const packed = await execute('npm', args, { ...npmOptions, maxBuffer: 64 * 1024 * 1024 });
      const [made] = JSON.parse(packed.stdout) as [Packed];
      const { name, version, integrity, shasum } = made;
      const filename = made.filename.replace('@', '').replace('/', '-');
      const tarball = join(tarballs, filename);
      const manifest = await execute('tar', ['-xOzf', tarball, 'package/package.json']);
      const known = packuments.get(name);
      packuments.set(name, {
        name,
        'dist-tags': { latest: version, ...known?.['dist-tags'], [tag]: version },
        versions: {
          ...known?.versions,
          [version]: {
            ...(JSON.parse(manifest.stdout) as object),
            dist: { tarball: `${url}-/tarballs/${filename}`, integrity, shasum },
          },
        },
      });
      return tarball;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}
