import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { InstalledProject } from './installed-project.js';

/** TypeScript's language server, as VS Code and others drive it. */
export interface Tsserver {
  /** Sends a command that has no answer. */
  tell(command: string, args: object): void;
  /** The body of a command's answer. */
  ask(command: string, args: object): Promise<unknown>;
  stop(): Promise<void>;
}

/** Starts the tsserver of the TypeScript that came with Daybook, in a project. */
export function startTsserver({ folder, env, user }: InstalledProject): Tsserver {
  const path = join(folder, 'node_modules/typescript/lib/tsserver.js');
  const child = spawn(process.execPath, [path, '--disableAutomaticTypingAcquisition'], {
    ...{ cwd: folder, env, ...user },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const waiting = new Map<number, (body: unknown) => void>();
  let seq = 0;
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
    const lines = said.split('\n');
    said = lines.pop() ?? '';
    for (const line of lines.filter((one) => one.startsWith('{'))) {
      const message = JSON.parse(line) as { type: string; request_seq: number; body?: unknown };
      if (message.type === 'response') waiting.get(message.request_seq)?.(message.body);
    }
  });
  const send = (command: string, args: object) => {
    seq += 1;
    child.stdin.write(`${JSON.stringify({ seq, type: 'request', command, arguments: args })}\n`);
    return seq;
  };
  return {
    tell: send,
    ask: (command, args) =>
      new Promise((resolve) => {
        waiting.set(send(command, args), resolve);
      }),
    stop: async () => {
      const ended = once(child, 'exit');
      child.kill();
      await ended;
    },
  };
}
