// `daybook kernel install`: Daybook's kernel for other Jupyter front ends.

import { join, resolve } from 'node:path';
import { DaybookError } from '../../errors.js';
import { daybookKernelspec, jupyterDataFolders } from '../../jupyter/kernelspec.js';
import { installKernelspec, removeKernelspec } from '../../lab/kernels/install-kernelspec.js';
import type { Command, Invocation } from '../command.js';
import { flag } from '../options.js';

/** `daybook kernel install`. */
export const kernelInstall: Command = {
  usage: '[--user | --prefix DIR] [--remove]',
  description: `Makes this project's TypeScript kernel known to the Jupyter and VS Code that are on this machine
already. It runs from this project, whose packages must stay where they are. JupyterLab from
\`daybook lab\` needs none of this.`,
  options: {
    user: {
      type: 'boolean',
      help: 'For this user: in the Jupyter folder of the home; so without any option',
    },
    prefix: {
      type: 'string',
      placeholder: 'DIR',
      help: 'For a Python environment or the whole system: in DIR/share/jupyter',
    },
    remove: { type: 'boolean', help: 'Take away what was installed before' },
  },
  async run({ values, config, env, cwd, terminal }) {
    const folder = dataFolder(values, env, cwd);
    const spec = daybookKernelspec();
    if (flag(values, 'remove')) {
      const removed = await removeKernelspec(spec.name, folder);
      if (removed !== undefined) terminal.out(`${spec.name} removed from ${removed}\n`);
    } else {
      const target = await installKernelspec(spec, folder, config.root);
      terminal.out(`${spec.name} installed in ${target}\n`);
    }
    return 0;
  },
};

/** The Jupyter data folder of the options. */
function dataFolder(values: Invocation['values'], env: Invocation['env'], cwd: string): string {
  const { prefix, user } = values;
  if (typeof prefix === 'string') {
    if (user === true) {
      throw new DaybookError('USAGE', '--user and --prefix name two places: give one of them');
    }
    return join(resolve(cwd, prefix), 'share', 'jupyter');
  }
  // Without JUPYTER_PATH the first folder is the user's own.
  const [first] = jupyterDataFolders({
    env: { ...env, JUPYTER_PATH: undefined, JUPYTER_PREFER_ENV_PATH: 'no' },
  });
  if (first === undefined) throw new DaybookError('INTERNAL', 'no Jupyter data folder');
  return first;
}
