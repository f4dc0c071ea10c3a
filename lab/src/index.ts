import { JupyterLab } from '@jupyterlab/application';
import { JupyterPluginRegistry } from '@jupyterlab/coreutils';
import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import { IConnectionStatus, IServiceManager } from '@jupyterlab/services';
import { plugins, renderers } from '../generated/extensions.js';
import { cellExecutor } from './cell-executor.js';
import { formatSql } from './format-sql.js';
import { liveDiagnostics } from './live-diagnostics.js';
import { metricRenderer } from './metric-renderer.js';
import './outputs.css';
import { plotlyRenderer } from './plotly-renderer.js';
import { sqlCells } from './sql-cells.js';
import { staleCells } from './stale-cells.js';
import { variables } from './variables.js';
import { writingHelps } from './writing-helps.js';

/** Plugins of the extensions in package.json that have nothing to talk to here, or that ours replace. */
const unwanted = new Set([
  // Asks for news of other servers, and first asks whether to ask.
  '@jupyterlab/apputils-extension:announcements',
  // Need a language server; the kernel completes and inspects.
  '@jupyterlab/fileeditor-extension:language-server',
  '@jupyterlab/notebook-extension:language-server',
  '@jupyterlab/notebook-extension:cell-executor',
]);

const registry = new JupyterPluginRegistry();
registry.registerPlugins([
  ...plugins.filter(({ id }) => !unwanted.has(id)),
  cellExecutor,
  sqlCells,
  staleCells,
  liveDiagnostics,
  formatSql,
  variables,
  writingHelps,
]);
// JupyterLab takes modules here, and an object without `__esModule` for a CommonJS one: for what it
// exports.
const mimeExtensions = [
  ...renderers,
  plotlyRenderer,
  metricRenderer,
] as unknown as IRenderMime.IExtensionModule[];
const lab = new JupyterLab({
  pluginRegistry: registry,
  serviceManager: await registry.resolveRequiredService(IServiceManager),
  connectionStatus: (await registry.resolveOptionalService(IConnectionStatus)) ?? undefined,
  mimeExtensions,
});
await lab.start();
