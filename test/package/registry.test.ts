// @module-tag heavy
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startRegistry, type Registry } from './registry.js';

async function temporaryRegistry(): Promise<{ folder: string; registry: Registry }> {
  const folder = mkdtempSync(join(tmpdir(), 'daybook-registry-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const registry = await startRegistry(folder);
  onTestFinished(() => registry.stop());
  return { folder, registry };
}

test('hands out what was published to it', async () => {
  const { folder, registry } = await temporaryRegistry();
  const source = join(folder, 'source');
  mkdirSync(source);
  const manifest = { name: 'create-daybook', main: 'index.js', files: ['index.js'] };
  writeFileSync(join(source, 'index.js'), '');
  for (const [version, tag] of [
    ['9.9.8', 'latest'],
    ['9.9.9', 'next'],
  ] as const) {
    writeFileSync(join(source, 'package.json'), JSON.stringify({ ...manifest, version }));
    await registry.publish(source, tag);
  }

  const packument = await fetch(new URL('create-daybook', registry.url));
  const { versions, ...rest } = (await packument.json()) as {
    versions: Record<string, { dist: { tarball: string } }>;
  };
  expect(rest).toEqual({
    name: 'create-daybook',
    'dist-tags': { latest: '9.9.8', next: '9.9.9' },
  });
  for (const version of ['9.9.8', '9.9.9']) {
    const tarball = await fetch(versions[version]?.dist.tarball ?? '');
    expect([tarball.status, new Uint8Array(await tarball.arrayBuffer()).subarray(0, 2)]).toEqual([
      200,
      new Uint8Array([0x1f, 0x8b]),
    ]);
  }
});

test('no two registries have an address in common, even on the same port', async () => {
  const paths = await Promise.all(
    Array.from(
      { length: 2 },
      async () => new URL((await temporaryRegistry()).registry.url).pathname,
    ),
  );
  expect(new Set(paths).size).toBe(2);
});
