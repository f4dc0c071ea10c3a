import { existsSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { channelAddress, createConnectionFile } from '../../src/jupyter/connection-file.js';

test('five different free ports of the loopback address, a key, and nobody else may read it', async () => {
  const file = await createConnectionFile();
  const { info } = file;
  expect(statSync(file.path).mode & 0o777).toBe(0o600);
  expect(JSON.parse(readFileSync(file.path, 'utf8'))).toEqual(info);
  const ports = [
    info.shell_port,
    info.iopub_port,
    info.stdin_port,
    info.control_port,
    info.hb_port,
  ];
  expect(new Set(ports).size).toBe(5);
  expect(info).toMatchObject({
    transport: 'tcp',
    ip: '127.0.0.1',
    signature_scheme: 'hmac-sha256',
  });
  expect(info.key).toMatch(/^[0-9a-f-]{36}$/);
  for (const port of ports) {
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', resolve);
    });
    await new Promise((resolve) => server.close(resolve));
  }
  await file.remove();
  expect(existsSync(file.path)).toBe(false);
});

test('each transport writes its addresses in its own way', async () => {
  const file = await createConnectionFile();
  await file.remove();
  const { info } = file;
  expect(channelAddress(info, 'shell')).toBe(`tcp://127.0.0.1:${info.shell_port}`);
  expect(channelAddress({ ...info, transport: 'ipc', ip: '/run/k' }, 'hb')).toBe(
    `ipc:///run/k-${info.hb_port}`,
  );
});
