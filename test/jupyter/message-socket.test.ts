import { expect, test } from 'vitest';
import { createConnectionFile } from '../../src/jupyter/connection-file.js';
import { connectChannels } from '../../src/jupyter/kernel-channels.js';
import { bindKernelSockets } from '../../src/jupyter/kernel-sockets.js';
import { createMessage, isMessage, type Message } from '../../src/jupyter/message.js';

test('sends that nobody waits for arrive all, in order; what is not signed with the key is dropped', async () => {
  const file = await createConnectionFile();
  const received: Message[] = [];
  const sockets = await bindKernelSockets(file.info, () => undefined);
  let arrived: () => void = () => undefined;
  const last = new Promise<void>((resolve) => (arrived = resolve));
  const channels = connectChannels(file.info);
  channels.listen((_, message) => {
    if (isMessage(message, 'stream')) received.push(message);
    if (message.content['text'] === 'last') arrived();
  });
  const stranger = connectChannels({ ...file.info, key: 'another' });
  try {
    // A subscription has no answer: publish until it is there.
    while (received.length === 0 || stranger.refusal === undefined) {
      await sockets.iopub.send(
        createMessage('stream', { name: 'stdout', text: 'hello' }, { session: 's' }),
      );
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    const texts = Array.from({ length: 3000 }, (_, index) => String(index)).concat('last');
    const sent = texts.map((text) =>
      sockets.iopub.send(createMessage('stream', { name: 'stdout', text }, { session: 's' })),
    );
    await Promise.all(sent);
    await last;
    const numbered = received.filter((message) => message.content['text'] !== 'hello');
    expect(numbered.map((message) => message.content['text'])).toEqual(texts);
    expect(stranger.refusal).toMatchObject({
      message: expect.stringContaining('the signature does not fit'),
    });
  } finally {
    channels.close();
    stranger.close();
    sockets.close();
    await file.remove();
  }
});

test('iopub has ended only when what was published before the end has been received', async () => {
  const file = await createConnectionFile();
  const sockets = await bindKernelSockets(file.info, () => undefined);
  let count = 0;
  const channels = connectChannels(file.info);
  channels.listen(() => (count += 1));
  try {
    const message = createMessage('stream', { name: 'stdout', text: 'x' }, { session: 's' });
    while (count === 0) {
      await sockets.iopub.send(message);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    const before = count;
    await Promise.all(Array.from({ length: 1000 }, () => sockets.iopub.send(message)));
    sockets.close();
    await channels.iopubEnded;
    expect(count).toBeGreaterThanOrEqual(before + 1000);
  } finally {
    channels.close();
    await file.remove();
  }
});
