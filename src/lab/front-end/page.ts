// JupyterLab's HTML page.

import type { FrontEnd } from './front-end.js';
import { decodePercent } from '../http/request-input.js';

/** What the page depends on. */
export interface PageOptions {
  readonly frontEnd: FrontEnd;
  /** The workspace's folder on disk, for tooltips. */
  readonly root: string;
  /** The initial folder of the file browser. */
  readonly startFolder: string;
  /** The page's path as the browser sent it, like `/lab/tree/notebooks/churn.ipynb`. */
  readonly path: string;
}

/** Whether a path is that of a page. */
export function isPagePath(path: string): boolean {
  return path === '/' || /^\/(lab|doc)(\/(tree|workspaces)(\/.*)?)?\/?$/.test(path);
}

/** JupyterLab's page: its configuration, and the tags that load the bundle. */
export function labPage(options: PageOptions): string {
  const { frontEnd, root, startFolder, path } = options;
  const [, mode, layout, treePath] =
    /^\/(lab|doc)(?:\/workspaces\/([^/]+))?(?:\/tree\/(.*))?\/?$/.exec(path) ?? [];
  const config = {
    appName: 'JupyterLab',
    appNamespace: 'jupyterlab',
    appVersion: frontEnd.version,
    appUrl: '/lab',
    baseUrl: '/',
    docUrl: '/doc',
    treeUrl: '/lab/tree',
    workspacesUrl: '/lab/workspaces',
    settingsUrl: '/lab/api/settings',
    themesUrl: '/lab/api/themes',
    translationsApiUrl: '/lab/api/translations',
    licensesUrl: '/lab/api/licenses',
    staticUrl: '/lab/static',
    fullStaticUrl: '/lab/static',
    mode: mode === 'doc' ? 'single-document' : 'multiple-document',
    workspace: layout ?? 'default',
    treePath: decodePercent(treePath ?? ''),
    preferredPath: startFolder,
    serverRoot: root,
    rootUri: '',
    cacheFiles: 'true',
    delete_to_trash: 'false',
    devMode: 'false',
    notebookStartsKernel: 'true',
    quitButton: 'false',
    terminalsAvailable: 'false',
  };
  // In a script element only `<` needs escaping.
  const json = JSON.stringify(config).replaceAll('<', '\\u003c');
  const version = encodeURIComponent(frontEnd.version);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>JupyterLab</title>
<link rel="icon" type="image/svg+xml" href="/lab/static/favicon.svg" class="idle favicon">
<link rel="" type="image/svg+xml" href="/lab/static/favicon-busy.svg" class="busy favicon">
<script id="jupyter-config-data" type="application/json">${json}</script>
<link rel="stylesheet" href="/lab/static/main.css?v=${version}">
<script defer src="/lab/static/main.js?v=${version}"></script>
</head>
<body></body>
</html>
`;
}
