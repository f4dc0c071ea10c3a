// `daybook test`: a proof of the whole project.

import { formatDuration } from '../../text/amounts.js';
import type { Command } from '../command.js';
import { flag } from '../options.js';
import { proveProject, type ProvenStep } from '../proof/project-proof.js';

/** `daybook test`, which is `npm test` of a project. */
export const test: Command = {
  usage: '[--json]',
  description: `Proves the project, in a Postgres of its own that is gone afterwards: the project's warehouse and data
are not touched. On the sample logs that daybook.config.ts names (sampleLogs)

  models      parse, build, and pass their tests
  types       of notebooks/ and exploration/ hold, and daybook-env.d.ts is that of the models
  notebooks   run
  links       of the pages lead somewhere
  tests       in tests/ pass: by vitest where package.json names it, else by node:test. They may be
              TypeScript, and query() of daybook/pipeline asks the warehouse of the test

What there is none of is left out, and said to be.`,
  failsWhen: 'anything failed',
  options: { json: { type: 'boolean', help: 'Print each step as JSON, one object each' } },
  async run({ values, config, env, terminal, signal }) {
    const started = performance.now();
    const isJson = flag(values, 'json');
    const passed = await proveProject({
      ...{ config, env, signal },
      onStep: (step) => {
        terminal.out(isJson ? `${JSON.stringify(step)}\n` : stepText(step));
      },
    });
    const duration = formatDuration(performance.now() - started);
    terminal.err(`${passed ? 'passed' : 'failed'} in ${duration}\n`);
    return passed ? 0 : 1;
  },
};

function stepText({ name, outcome, detail, problems, duration }: ProvenStep): string {
  const word = outcome === 'failed' ? 'FAILED' : outcome;
  const head = `${word.padEnd(10)}${name.padEnd(11)}${detail}  ${formatDuration(duration)}`;
  return [head, ...problems.map((line) => `  ${line}`), ''].join('\n');
}
