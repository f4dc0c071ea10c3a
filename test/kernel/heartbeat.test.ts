// @module-tag heavy
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Request } from 'zeromq';
import { expect, onTestFinished, test } from 'vitest';
import { createConnectionFile } from '../../src/jupyter/connection-file.js';
import { connectChannels } from '../../src/jupyter/kernel-channels.js';
import { findKernelspec } from '../../src/jupyter/kernelspec.js';
import { isMessage, type Message } from '../../src/jupyter/message.js';

test('the heartbeat answers while a cell loops, and SIGTERM ends the kernel then', async () => {
  const file = await createConnectionFile();
  onTestFinished(() => file.remove());
  const { argv } = await findKernelspec('daybook', { env: {} });
  const [command = '', ...args] = argv.map((arg) => arg.replace('{connection_file}', file.path));
  const kernel = spawn(command, args, { stdio: 'ignore' });
  const exited = once(kernel, 'exit');
  onTestFinished(() => void kernel.kill('SIGKILL'));
  const heard = new Set<(message: Message) => void>();
  const channels = connectChannels(file.info);
  channels.listen((_channel, message) => {
    for (const hear of heard) hear(message);
  });
  onTestFinished(() => {
    channels.close();
  });
  const began = new Promise<void>((resolve) => {
    heard.add((message) => {
      if (isMessage(message, 'stream')) resolve();
    });
  });
  // Published before the subscription is heard, the output would be lost: the loop repeats it.
  const request = channels.request('execute_request', {
    code: 'for (;;) { console.log("on"); const end = Date.now() + 50; while (Date.now() < end) {} }',
    silent: false,
    store_history: true,
    user_expressions: {},
    allow_stdin: false,
    stop_on_error: true,
  });
  await channels.send('shell', request);
  await began;
  const heartbeat = new Request({ linger: 0 });
  onTestFinished(() => {
    heartbeat.close();
  });
  heartbeat.connect(`tcp://127.0.0.1:${file.info.hb_port}`);
  await heartbeat.send('ping');
  const [pong] = await heartbeat.receive();
  expect(String(pong)).toBe('ping');
  kernel.kill('SIGTERM');
  expect(await exited).toEqual([143, null]);
});
