// `daybook lab`: JupyterLab for the project.

import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { basename, join, relative, resolve, sep } from 'node:path';
import type { Config } from '../../config/config.js';
import { requireHome } from '../../config/require-home.js';
import { DaybookError } from '../../errors.js';
import { isLoopback } from '../../system/loopback.js';
import { readFrontEnd } from '../../lab/front-end/front-end.js';
import { startLabServer, type LabServer, type LabServerOptions } from '../../lab/lab-server.js';
import { openBrowser } from '../../lab/open-browser.js';
import { prepareFrontEnd, type FrontEndProgress } from '../../lab/front-end/prepare-front-end.js';
import type { Logger } from '../../logger.js';
import { kernelEnvironment } from '../../notebook/execute/kernel-environment.js';
import { notebookUser } from '../../notebook/execute/notebook-user.js';
import { openReader } from '../../warehouse/warehouse.js';
import type { Command, Invocation, Terminal } from '../command.js';
import { flag, portOption, textOption, textsOption } from '../options.js';
import { progressDisplay } from '../terminal/progress-display.js';

/** Jupyter's default port. */
const defaultPort = 8888;

/** `daybook lab`. */
export const lab: Command = {
  usage: '[NOTEBOOK] [--port N] [--host H] [--allow-host NAME]… [--no-browser] [--prepare]',
  description: `JupyterLab on TypeScript kernels, without Python. The first time its packages are installed from the
npm registry and bundled (100 MB to download, a minute or two); afterwards it needs no network.

It opens at the notebooks folder, or at NOTEBOOK. Only who has the address with its token can use it;
DAYBOOK_LAB_TOKEN sets a token that stays the same. VS Code and other clients connect to the same
address as to any Jupyter server. Ctrl-C ends it and all its kernels; notebooks that were not saved
stay open in the browser.`,
  options: {
    port: {
      type: 'string',
      placeholder: 'N',
      help: 'Port to listen on; 0: any free one',
      default: `${defaultPort}, or a free one when that is taken`,
    },
    host: { type: 'string', placeholder: 'H', help: 'Address to listen on', default: '127.0.0.1' },
    'allow-host': {
      type: 'string',
      multiple: true,
      placeholder: 'NAME',
      help: 'Answer also under this host name, behind a proxy',
    },
    'no-browser': { type: 'boolean', help: 'Open no browser' },
    prepare: { type: 'boolean', help: 'Install and bundle JupyterLab, and stop' },
  },
  positionals: { min: 0, max: 1 },
  async run({ values, positionals, config, env, cwd, terminal, logger, signal }) {
    const port = portOption(values);
    const host = textOption(values, 'host');
    const page = pageOf(config, cwd, positionals[0]);
    if (!existsSync(join(config.home, 'lab'))) requireHome(config.home);
    const bundle = await prepare(config, env, terminal, signal);
    if (flag(values, 'prepare')) {
      terminal.out(`JupyterLab is in ${bundle}\n`);
      return 0;
    }
    const server = await startOn(port, {
      root: config.root,
      stateFolder: join(config.home, 'lab'),
      frontEnd: await readFrontEnd(bundle),
      startFolder: existsSync(join(config.root, 'notebooks')) ? 'notebooks' : '',
      env: kernelEnvironment(env, config, await readerUrl(config, logger)),
      user: notebookUser(config),
      token: env['DAYBOOK_LAB_TOKEN']?.trim(),
      hostNames: textsOption(values, 'allow-host'),
      logger,
      host,
    });
    try {
      terminal.out(`JupyterLab is at ${server.url(page)}\n`);
      if (host !== undefined && !isLoopback(host)) {
        logger.warn('Other machines can reach it: whoever has the token can run code here');
      }
      if (terminal.interactive && !flag(values, 'no-browser')) {
        openBrowser(server.ticketUrl(page), env);
      }
      if (!signal.aborted) await once(signal, 'abort');
    } finally {
      await server.close();
    }
    return 0;
  },
};

/** The bundle of JupyterLab, made if necessary, with progress on the terminal. */
async function prepare(
  config: Config,
  env: Invocation['env'],
  terminal: Terminal,
  signal: AbortSignal,
): Promise<string> {
  const display = progressDisplay<FrontEndProgress | undefined, FrontEndProgress>(terminal, {
    initial: undefined,
    advance: (before, progress) =>
      before?.step === progress.step && before.done > progress.done ? before : progress,
    lines: ({ step, done }) =>
      done > 0
        ? []
        : step === 'install'
          ? ['Installing JupyterLab, this once']
          : ['Bundling JupyterLab'],
    line: (progress, columns) => {
      if (progress === undefined) return '';
      const width = Math.min(40, columns - 8);
      const filled = Math.round(progress.done * width);
      return `${'█'.repeat(filled)}${'░'.repeat(width - filled)} ${Math.round(progress.done * 100)} %`;
    },
  });
  try {
    return await prepareFrontEnd({
      folder: join(config.home, 'lab', 'front-end'),
      env,
      onProgress: display.event,
      signal,
    });
  } finally {
    display.end();
  }
}

/** Starts the server on the given port, by default on the next free one. */
async function startOn(port: number | undefined, options: LabServerOptions): Promise<LabServer> {
  if (port !== undefined) return startLabServer({ ...options, port });
  try {
    return await startLabServer({ ...options, port: defaultPort });
  } catch (error) {
    if (!(error instanceof DaybookError && error.code === 'PORT_IN_USE')) throw error;
    return startLabServer({ ...options, port: 0 });
  }
}

/** The page to open: of a notebook, or of JupyterLab's initial folder. */
function pageOf(config: Config, cwd: string, notebook: string | undefined): string {
  if (notebook === undefined) return '/lab';
  const path = relative(config.root, resolve(cwd, notebook));
  if (path.split(sep)[0] === '..' || !existsSync(join(config.root, path))) {
    throw new DaybookError('NOTEBOOK_NOT_FOUND', 'There is no such file in the project', {
      where: basename(notebook),
    });
  }
  return `/lab/tree/${path.split(sep).map(encodeURIComponent).join('/')}`;
}

/** The warehouse's address for kernels; undefined: they find the embedded one. */
async function readerUrl(config: Config, logger: Logger): Promise<string | undefined> {
  if (config.databaseUrl === undefined && config.notebookUser === undefined) return undefined;
  const reader = await openReader(config, { logger });
  await reader.close();
  return reader.url;
}
