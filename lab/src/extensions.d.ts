/** The module that build.js writes: the plugins and renderers of all extensions in package.json. */
declare module '*/generated/extensions.js' {
  import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
  import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';

  export const plugins: JupyterFrontEndPlugin<unknown, JupyterFrontEnd>[];
  export const renderers: IRenderMime.IExtension[];
}

declare module '*.css';
