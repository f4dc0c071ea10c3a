import { once } from 'node:events';
import { createServer, connect, type AddressInfo, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/**
 * A proxy in front of a server that cuts every connection once so many bytes went to the server.
 *
 * @returns Makes a URL of the server one of the proxy.
 */
export async function cuttingProxy(target: URL, bytes: number): Promise<(url: string) => string> {
  const sockets = new Set<Socket>();
  let sent = 0;
  const proxy = createServer((client) => {
    const server = connect(Number(target.port), target.hostname);
    for (const socket of [client, server]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        server.destroy();
      });
    }
    client.on('data', (chunk) => {
      sent += chunk.length;
      if (sent > bytes) for (const socket of sockets) socket.destroy();
    });
    client.pipe(server);
    server.pipe(client);
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    proxy.close();
    await once(proxy, 'close');
  });
  const { port } = proxy.address() as AddressInfo;
  return (url) => {
    const result = new URL(url);
    result.port = String(port);
    return result.href;
  };
}
