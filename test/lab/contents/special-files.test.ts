import { execFileSync } from 'node:child_process';
import { readdir, readFile, mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { ContentsModel } from '../../../src/lab/contents/contents-model.js';
import { startTestLab, type TestLab } from '../lab.js';

/** A workspace with a pipe, a socket and, where we may make one, a device; their paths. */
async function startLabWithSpecialFiles(): Promise<{ lab: TestLab; paths: string[] }> {
  const lab = await startTestLab();
  const at = (name: string) => join(lab.workspace, name);
  await mkdir(at('folder'));
  await writeFile(at('folder/plain.txt'), 'plain');
  const pipes = ['pipe', 'pipe.ipynb', 'folder/pipe.txt'];
  execFileSync('mkfifo', pipes.map(at));
  const server = createServer().listen(at('socket'));
  onTestFinished(() => void server.close());
  const paths = [...pipes, 'socket'];
  try {
    execFileSync('mknod', [at('device'), 'c', '1', '5'], { stdio: 'ignore' }); // endless zeros
    paths.push('device');
  } catch {
    // Only root makes devices.
  }
  return { lab, paths };
}

test.skipIf(process.platform === 'win32')(
  'what is neither a file nor a folder is not there, and holds nothing up',
  async () => {
    const { lab, paths } = await startLabWithSpecialFiles();
    const text = { type: 'file', format: 'text', content: 'x' };
    for (const path of paths) {
      const at = `/api/contents/${path}`;
      const answers: [string, { status: number }][] = [
        ['get', await lab.api('GET', at)],
        ['hash', await lab.api('GET', `${at}?content=0&hash=1`)],
        ['as a file', await lab.api('GET', `${at}?type=file&format=base64`)],
        ['as a folder', await lab.api('GET', `${at}?type=directory`)],
        ['download', await lab.api('GET', `/files/${path}`)],
        ['checkpoint', await lab.api('POST', `${at}/checkpoints`)],
        ['copy', await lab.api('POST', '/api/contents/', { copy_from: path })],
        ['rename', await lab.api('PATCH', at, { path: 'other' })],
        ['delete', await lab.api('DELETE', at)],
      ];
      for (const [name, { status }] of answers)
        expect([path, name, status]).toEqual([path, name, 404]);
      expect((await lab.api('PUT', at, text)).status).toBe(400);
      expect((await lab.api('PUT', at, { ...text, chunk: 1 })).status).toBe(400);
      expect((await lab.api('PUT', at, { type: 'directory' })).status).toBe(404);
      const session = { path, type: 'notebook', kernel: { name: 'none' } };
      expect((await lab.api('POST', '/api/sessions', session)).status).toBeGreaterThanOrEqual(400);
    }
    const { json } = await lab.api('GET', '/api/contents/');
    const content = (json as ContentsModel).content as ContentsModel[];
    expect(content.map(({ name }) => name)).toEqual(['folder']);
    const before = ['device', 'folder', 'pipe', 'pipe.ipynb', 'socket'];
    const present = before.filter((name) => name !== 'device' || paths.includes(name));
    expect((await readdir(lab.workspace)).sort()).toEqual(present);
  },
);

test.skipIf(process.platform === 'win32')(
  'a folder is copied without what cannot be copied',
  async () => {
    const { lab } = await startLabWithSpecialFiles();
    const { status, json } = await lab.api('POST', '/api/contents/', { copy_from: 'folder' });
    expect([status, (json as ContentsModel).path]).toEqual([201, 'folder-Copy1']);
    expect(await readdir(join(lab.workspace, 'folder-Copy1'))).toEqual(['plain.txt']);
    expect(await readFile(join(lab.workspace, 'folder-Copy1', 'plain.txt'), 'utf8')).toBe('plain');
  },
);
