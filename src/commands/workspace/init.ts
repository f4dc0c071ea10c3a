// `daybook init`: a new project in the current folder.

import {
  CreateError,
  makeProject,
  readTemplateName,
  templateNames,
  templates,
  type ProjectRequest,
} from 'create-daybook';
import { DaybookError } from '../../errors.js';
import type { Command } from '../command.js';
import { flag, textOption } from '../options.js';

/** `daybook init`: what `npm create daybook` does, in the folder that the command is given in. */
export const init: Command = {
  usage: '[--template NAME] [--no-install]',
  description: `Makes this folder a Daybook project, as \`npm create daybook\` makes a new one: declarations, models,
notebooks, tests, containers and a README that says what is where. Files that are there stay as they are, and
package.json gets what it lacks. To a project that has a daybook.config.ts no template is added, only what
every project has and this one lacks.

Templates:
${templateNames.map((name) => `  ${name.padEnd(12)} ${templates[name].summary}`).join('\n')}`,
  options: {
    template: {
      type: 'string',
      placeholder: 'NAME',
      help: 'What it begins with; empty if not set',
    },
    'no-install': { type: 'boolean', help: 'Leave npm install to me' },
  },
  async run({ values, cwd, env, terminal }) {
    try {
      const request: ProjectRequest = {
        folder: '.',
        template: templateOf(textOption(values, 'template')),
        install: !flag(values, 'no-install'),
      };
      await makeProject(request, {
        cwd,
        env,
        isInteractive: false,
        out: (text) => {
          terminal.out(text);
        },
      });
      return 0;
    } catch (error) {
      if (!(error instanceof CreateError)) throw error;
      throw new DaybookError('PROJECT_FOLDER', error.message, { hint: error.hint, cause: error });
    }
  },
};

function templateOf(name: string | undefined) {
  return name === undefined ? 'empty' : readTemplateName(name);
}
