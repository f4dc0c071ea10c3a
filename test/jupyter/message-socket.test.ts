import { Dealer, Router } from 'zeromq';
import { expect, onTestFinished, test } from 'vitest';
import { createMessage, type Message } from '../../src/jupyter/message.js';
import { MessageSocket } from '../../src/jupyter/message-socket.js';
import { silentLogger } from '../../src/logger.js';

test('waiting for what has arrived never puts the receiving to sleep', async () => {
  const router = new Router({ linger: 0 });
  const dealer = new Dealer({ linger: 0 });
  onTestFinished(() => {
    router.close();
    dealer.close();
  });
  await router.bind('tcp://127.0.0.1:*');
  dealer.connect(router.lastEndpoint ?? '');
  const options = { key: 'key', logger: silentLogger };
  const server = new MessageSocket(router, options);
  const client = new MessageSocket(dealer, options);
  const requests: string[] = [];
  let arrived: () => void = () => undefined;
  void server.receive((message: Message) => {
    requests.push(message.header.msg_id);
    arrived();
  });

  // Messages that come at any moment of the waiting.
  for (let round = 0; round < 500; round += 1) {
    const request = createMessage('kernel_info_request', {}, { session: 'client' });
    const arrival = new Promise<void>((resolve) => (arrived = resolve));
    await client.send(request);
    for (let wait = 0; wait < round % 5; wait += 1) await server.received();
    await arrival;
    expect(requests.at(-1)).toBe(request.header.msg_id);
  }
});
