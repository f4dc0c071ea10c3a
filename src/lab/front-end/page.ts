import type { FrontEnd } from './front-end.js';
import { decodePercent } from '../http/request-input.js';

/** What JupyterLab's page depends on. */
export interface PageOptions {
  readonly frontEnd: FrontEnd;
  /** The workspace's folder on disk, which the front end shows in tooltips. */
  readonly root: string;
  /** The folder in the workspace that the file browser begins in. */
  readonly startFolder: string;
  /** The page's path as the browser sent it, like `/lab/tree/notebooks/churn.ipynb`. */
  readonly path: string;
}

/** Whether a path is one of the pages that people visit. */
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
  // Within a script element only `<` could begin something else.
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
