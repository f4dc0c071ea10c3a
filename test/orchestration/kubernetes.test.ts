import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { findCommand, parseArguments } from '../../src/commands/command-line.js';
import { errorCodes } from '../../src/errors.js';
import { root } from '../database.js';

interface Container {
  readonly name: string;
  readonly args: readonly string[];
  readonly env?: readonly { readonly name: string }[];
}

interface Example {
  readonly spec: {
    readonly jobTemplate: {
      readonly spec: {
        readonly podFailurePolicy: {
          readonly rules: readonly {
            readonly action: string;
            readonly onExitCodes?: { readonly containerName: string; readonly values: number[] };
          }[];
        };
        readonly template: {
          readonly spec: {
            readonly initContainers: readonly Container[];
            readonly containers: readonly Container[];
          };
        };
      };
    };
  };
}

test('the example for Kubernetes runs commands that there are, and fails for good on what would fail again', async () => {
  const text = readFileSync(join(root, 'docs/examples/kubernetes.yaml'), 'utf8');
  const { podFailurePolicy, template } = (parse(text) as Example).spec.jobTemplate.spec;
  const containers = [...template.spec.initContainers, ...template.spec.containers];
  for (const { args, env = [] } of containers) {
    const asked = findCommand(args);
    if (!('entry' in asked)) throw new Error(`there is no command ${args.join(' ')}`);
    const command = await asked.entry.load({ root, env: {} });
    parseArguments(asked.name, command, asked.rest);
    const named = args.flatMap((arg) => /^\$\((\w+)\)$/.exec(arg)?.[1] ?? []);
    expect(env.map(({ name }) => name)).toEqual(expect.arrayContaining(named));
  }
  const final = new Set(Object.values(errorCodes).map(({ exitCode }) => exitCode));
  final.delete(75);
  for (const { onExitCodes } of podFailurePolicy.rules) {
    if (onExitCodes === undefined) continue;
    expect(onExitCodes.values).toEqual([...final].sort());
    expect(containers.map(({ name }) => name)).toContain(onExitCodes.containerName);
  }
});
