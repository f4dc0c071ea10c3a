import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import type { ContentsModel } from '../../../src/lab/contents/contents-model.js';
import { Uploads } from '../../../src/lab/contents/uploads.js';
import { startTestLab } from '../lab.js';

const notebook = {
  nbformat: 4,
  nbformat_minor: 5,
  metadata: { kernelspec: { name: 'tslab', display_name: 'TypeScript' } },
  cells: [
    { id: 'a', cell_type: 'markdown', metadata: {}, source: '# Churn\n\nWho left?' },
    {
      id: 'b',
      cell_type: 'code',
      metadata: { trusted: true, tags: ['parameters'] },
      execution_count: 1,
      source: 'const answer = 42;\nanswer',
      outputs: [
        {
          output_type: 'execute_result',
          execution_count: 1,
          metadata: {},
          data: { 'text/plain': '4\n2', 'application/json': ['kept', 'as is'] },
        },
      ],
    },
  ],
};

test('a notebook is saved as git likes it and comes back as the editor had it', async () => {
  const lab = await startTestLab();
  const saved = await lab.api('PUT', '/api/contents/churn.ipynb', {
    type: 'notebook',
    format: 'json',
    content: notebook,
  });
  expect(saved.status).toBe(201);
  expect(saved.json).toMatchObject({ path: 'churn.ipynb', type: 'notebook', content: null });

  const text = await readFile(join(lab.workspace, 'churn.ipynb'), 'utf8');
  expect(text).toContain('"source": [\n    "const answer = 42;\\n",\n    "answer"\n   ]');
  expect(text).toContain('"text/plain": [\n');
  expect(text).not.toContain('trusted');
  expect(text.endsWith('}\n')).toBe(true);

  const { json } = await lab.api('GET', '/api/contents/churn.ipynb?hash=1');
  expect((json as ContentsModel).content).toEqual(notebook);
  expect(json).toMatchObject({ format: 'json', hash_algorithm: 'sha256', writable: true });
  expect(await readdir(lab.workspace)).toEqual(['churn.ipynb']);

  const again = await lab.api('PUT', '/api/contents/churn.ipynb', {
    type: 'notebook',
    content: notebook,
  });
  expect(again.status).toBe(200);
  expect((again.json as ContentsModel).hash).toBe((json as ContentsModel).hash);
});

test('a notebook from elsewhere is not trusted, whatever it says of itself', async () => {
  const lab = await startTestLab();
  await writeFile(join(lab.workspace, 'foreign.ipynb'), JSON.stringify(notebook));
  const trusted = async () => {
    const { json } = await lab.api('GET', '/api/contents/foreign.ipynb');
    const { cells } = (json as ContentsModel).content as unknown as typeof notebook;
    return cells[1]?.metadata.trusted;
  };
  expect(await trusted()).toBe(false);
  await lab.api('PUT', '/api/contents/foreign.ipynb', { type: 'notebook', content: notebook });
  expect(await trusted()).toBe(true);
  await lab.api('PATCH', '/api/contents/foreign.ipynb', { path: 'moved.ipynb' });
  await lab.api('PATCH', '/api/contents/moved.ipynb', { path: 'foreign.ipynb' });
  expect(await trusted()).toBe(true);
  await writeFile(join(lab.workspace, 'foreign.ipynb'), JSON.stringify(notebook));
  expect(await trusted()).toBe(false);
});

test('a folder lists what is visible and inside', async () => {
  const lab = await startTestLab();
  await mkdir(join(lab.workspace, 'notebooks'));
  await mkdir(join(lab.workspace, '.git'));
  await writeFile(join(lab.workspace, '.env'), 'SECRET=1');
  await writeFile(join(lab.workspace, 'churn.csv'), 'a,b');
  await writeFile(join(lab.folder, 'outside.txt'), 'outside');
  await symlink('churn.csv', join(lab.workspace, 'inside.csv'));
  await symlink('../../outside.txt', join(lab.workspace, 'outside.txt'));
  await symlink('nowhere', join(lab.workspace, 'dangling.txt'));

  const { json } = await lab.api('GET', '/api/contents/');
  const { content, ...model } = json as ContentsModel;
  expect(model).toMatchObject({ name: '', path: '', type: 'directory', format: 'json' });
  const entries = (content as ContentsModel[]).map(({ name, type, content: inner }) => ({
    name,
    type,
    inner,
  }));
  expect(entries.sort((a, b) => a.name.localeCompare(b.name))).toEqual([
    { name: 'churn.csv', type: 'file', inner: null },
    { name: 'inside.csv', type: 'file', inner: null },
    { name: 'notebooks', type: 'directory', inner: null },
  ]);
});

test('text and bytes travel in their formats', async () => {
  const lab = await startTestLab();
  const bytes = Buffer.from([0xff, 0x00, 0x80]);
  const put = (path: string, format: string, content: string) =>
    lab.api('PUT', `/api/contents/${path}`, { type: 'file', format, content });
  await put('note.md', 'text', 'Été\n');
  await put('picture.png', 'base64', bytes.toString('base64'));
  expect(await readFile(join(lab.workspace, 'picture.png'))).toEqual(bytes);

  const get = async (path: string) => (await lab.api('GET', `/api/contents/${path}`)).json;
  expect(await get('note.md')).toMatchObject({
    content: 'Été\n',
    format: 'text',
    mimetype: 'text/markdown',
  });
  expect(await get('note.md?format=base64')).toMatchObject({ content: 'w4l0w6kK' });
  expect(await get('picture.png')).toMatchObject({ content: '/wCA', format: 'base64' });
  expect((await lab.api('GET', '/api/contents/picture.png?format=text')).status).toBe(400);
  expect((await lab.api('GET', '/api/contents/note.md?type=directory')).status).toBe(400);
  expect((await lab.api('GET', '/api/contents/?type=file')).status).toBe(400);
});

test('an upload in parts appears when it is complete, and only then', async () => {
  const lab = await startTestLab();
  const part = (chunk: number, text: string) =>
    lab.api('PUT', '/api/contents/large.txt', {
      type: 'file',
      format: 'base64',
      content: Buffer.from(text).toString('base64'),
      chunk,
    });
  expect((await part(2, 'no beginning')).status).toBe(400);
  expect((await part(1, 'one ')).status).toBe(201);
  expect((await part(2, 'two ')).status).toBe(201);
  expect((await lab.api('GET', '/api/contents/large.txt')).status).toBe(404);
  expect((await part(-1, 'three')).status).toBe(201);
  expect(await readFile(join(lab.workspace, 'large.txt'), 'utf8')).toBe('one two three');
  expect(await readdir(lab.workspace)).toEqual(['large.txt']);
});

test('two uploads of one name never mix: the first is kept, the second told', async () => {
  const lab = await startTestLab();
  const part = (chunk: number, text: string) =>
    lab.api('PUT', '/api/contents/large.txt', {
      type: 'file',
      format: 'text',
      content: text,
      chunk,
    });
  expect((await part(1, 'a1 ')).status).toBe(201);
  const second = await part(1, 'b1 ');
  expect(second.status).toBe(409);
  expect(second.json).toMatchObject({ message: expect.stringContaining('large.txt') as string });
  expect((await part(2, 'a2 ')).status).toBe(201);
  expect((await part(-1, 'a3')).status).toBe(201);
  expect(await readFile(join(lab.workspace, 'large.txt'), 'utf8')).toBe('a1 a2 a3');
  // Another name, and the same one afterwards.
  expect((await part(1, 'b1 ')).status).toBe(200);
  expect((await part(-1, 'b2')).status).toBe(200);
  expect(await readFile(join(lab.workspace, 'large.txt'), 'utf8')).toBe('b1 b2');
});

test('a part that is not the next one ends its upload, and leaves nothing', async () => {
  const lab = await startTestLab();
  const part = (chunk: number) =>
    lab.api('PUT', '/api/contents/large.txt', {
      type: 'file',
      format: 'text',
      content: `${chunk} `,
      chunk,
    });
  for (const wrong of [2, 4, 0, -2]) {
    expect((await part(1)).status).toBe(201);
    expect((await part(2)).status).toBe(201);
    expect((await part(wrong)).status, String(wrong)).toBe(400);
    expect((await part(-1)).status, String(wrong)).toBe(400);
    expect(await readdir(lab.workspace)).toEqual([]);
  }
});

test('parts of uploads in any order give one of them whole, or nothing', async () => {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'daybook-uploads-')));
  onTestFinished(() => rm(folder, { recursive: true }));
  const target = join(folder, 'large.txt');
  const step = fc.record({
    from: fc.constantFrom('a', 'b', 'c'),
    pause: fc.constantFrom(0, 0, 0, 0, 61_000),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 24 }), async (steps) => {
      let time = 0;
      const uploads = new Uploads(() => time);
      const next = new Map<string, number>();
      for (const { from, pause } of steps) {
        time += pause;
        if (pause > 0) next.clear(); // who is silent for so long is gone
        const chunk = (next.get(from) ?? 0) + 1;
        const last = chunk === 4;
        next.set(from, last ? 0 : chunk);
        const bytes = Buffer.from(`${from}${chunk}`);
        // A client whose part is refused gives up, and begins anew.
        const added = uploads.add(target, bytes, last ? -1 : chunk);
        await added.catch(() => next.set(from, 0));
        const text = await readFile(target, 'utf8').catch(() => '');
        expect(['', ...['a', 'b', 'c'].map((one) => `${one}1${one}2${one}3${one}4`)]).toContain(
          text,
        );
      }
      await uploads.close();
      await rm(target, { force: true });
      expect(await readdir(folder)).toEqual([]);
    }),
    { numRuns: 200 },
  );
});

test('a name may have as many bytes as the file system allows', async () => {
  const lab = await startTestLab();
  for (const bytes of [100, 213, 214, 230, 244, 245, 255]) {
    const name = (end: string) => 'n'.repeat(bytes - Buffer.byteLength(end)) + end;
    const file = `/api/contents/${name('.txt')}`;
    const save = { type: 'file', format: 'text', content: 'x' };
    expect((await lab.api('PUT', file, save)).status).toBe(201);
    expect((await lab.api('POST', `${file}/checkpoints`)).status).toBe(201);
    expect((await lab.api('POST', `${file}/checkpoints/checkpoint`)).status).toBe(204);
    expect((await lab.api('PUT', file, { ...save, chunk: 1 })).status).toBe(200);
    expect((await lab.api('PUT', file, { ...save, chunk: -1 })).status).toBe(200);
    const book = `/api/contents/${encodeURIComponent(name('é.ipynb'))}`;
    expect((await lab.api('PUT', book, { type: 'notebook', content: notebook })).status).toBe(201);
    expect((await lab.api('PATCH', book, { path: name('è.ipynb') })).status).toBe(200);
    const moved = `/api/contents/${encodeURIComponent(name('è.ipynb'))}`;
    const { cells } = ((await lab.api('GET', moved)).json as ContentsModel)
      .content as unknown as typeof notebook;
    expect(cells[1]?.metadata.trusted).toBe(true);
    expect((await lab.api('DELETE', moved)).status).toBe(204);
    const tooLong = await lab.api('PUT', `/api/contents/${'n'.repeat(256)}`, save);
    expect(tooLong.status).toBe(400);
  }
});

test('a folder is made without content, and what a client leaves out is said', async () => {
  const lab = await startTestLab();
  const made = await lab.api('PUT', '/api/contents/reports', { type: 'directory' });
  expect(made.status).toBe(201);
  expect(made.json).toMatchObject({ type: 'directory', path: 'reports' });
  const again = await lab.api('PUT', '/api/contents/reports', {
    type: 'directory',
    format: 'json',
  });
  expect(again.status).toBe(200);
  for (const type of ['file', 'notebook']) {
    const { status, json } = await lab.api('PUT', '/api/contents/reports/a', { type });
    expect(status).toBe(400);
    expect((json as { message: string }).message).toMatch(/content|notebook/);
  }
  expect(await readdir(join(lab.workspace, 'reports'))).toEqual([]);
});

test('new entries get free names', async () => {
  const lab = await startTestLab();
  const names: string[] = [];
  for (const body of [
    { type: 'notebook' },
    { type: 'notebook' },
    { type: 'file', ext: '.ts' },
    { type: 'file', ext: '.ts' },
    { type: 'directory' },
    { type: 'directory' },
    { copy_from: 'Untitled.ipynb' },
  ]) {
    const { status, json } = await lab.api('POST', '/api/contents/', body);
    expect(status).toBe(201);
    names.push((json as ContentsModel).path);
  }
  expect(names).toEqual([
    'Untitled.ipynb',
    'Untitled1.ipynb',
    'untitled.ts',
    'untitled1.ts',
    'Untitled Folder',
    'Untitled Folder 1',
    'Untitled-Copy1.ipynb',
  ]);
  const { status } = await lab.api('POST', '/api/contents/', { type: 'file', ext: '/../x' });
  expect(status).toBe(400);
});

test('renaming never replaces, deleting never takes a full folder', async () => {
  const lab = await startTestLab();
  await mkdir(join(lab.workspace, 'full'));
  await writeFile(join(lab.workspace, 'full', 'one.txt'), 'one');
  await writeFile(join(lab.workspace, 'two.txt'), 'two');
  const rename = async (path: string) =>
    (await lab.api('PATCH', '/api/contents/two.txt', { path })).status;
  expect(await rename('full/one.txt')).toBe(409);
  expect(await rename('full/two.txt')).toBe(200);
  expect((await lab.api('DELETE', '/api/contents/full')).status).toBe(400);
  for (const path of ['full/one.txt', 'full/two.txt', 'full']) {
    expect((await lab.api('DELETE', `/api/contents/${path}`)).status).toBe(204);
  }
  expect((await lab.api('DELETE', '/api/contents/full')).status).toBe(404);
  expect(await readdir(lab.workspace)).toEqual([]);
});

test('a checkpoint is outside of the workspace, goes with its file and brings it back', async () => {
  const lab = await startTestLab();
  await mkdir(join(lab.workspace, 'notes'));
  await writeFile(join(lab.workspace, 'notes', 'a.txt'), 'first');
  const at = '/api/contents/notes/a.txt/checkpoints';
  expect((await lab.api('GET', at)).json).toEqual([]);
  expect((await lab.api('POST', at)).status).toBe(201);
  await writeFile(join(lab.workspace, 'notes', 'a.txt'), 'second');
  await lab.api('PATCH', '/api/contents/notes', { path: 'renamed' });
  const moved = '/api/contents/renamed/a.txt/checkpoints';
  expect((await lab.api('GET', moved)).json).toMatchObject([{ id: 'checkpoint' }]);
  expect((await lab.api('POST', `${moved}/checkpoint`)).status).toBe(204);
  expect(await readFile(join(lab.workspace, 'renamed', 'a.txt'), 'utf8')).toBe('first');
  expect((await lab.api('DELETE', `${moved}/checkpoint`)).status).toBe(204);
  expect((await lab.api('POST', `${moved}/checkpoint`)).status).toBe(404);
  expect(await readdir(join(lab.workspace, 'renamed'))).toEqual(['a.txt']);
});

test('a save keeps the mode and writes through a link inside the workspace', async () => {
  const lab = await startTestLab();
  const script = join(lab.workspace, 'run.sh');
  await writeFile(script, 'old');
  await chmod(script, 0o750);
  await symlink('run.sh', join(lab.workspace, 'link.sh'));
  await lab.api('PUT', '/api/contents/link.sh', { type: 'file', format: 'text', content: 'new' });
  expect(await readFile(script, 'utf8')).toBe('new');
  expect((await stat(script)).mode & 0o777).toBe(0o750);
});

test('what is no notebook is refused with a reason, and can be opened as text', async () => {
  const lab = await startTestLab();
  await writeFile(join(lab.workspace, 'broken.ipynb'), '{"cells":');
  const { status, json } = await lab.api('GET', '/api/contents/broken.ipynb');
  expect(status).toBe(400);
  expect((json as { message: string }).message).toMatch(/not JSON/);
  const text = await lab.api('GET', '/api/contents/broken.ipynb?type=file');
  expect(text.json).toMatchObject({ type: 'file', content: '{"cells":' });
});

test('a notebook that would lose its cells is not saved', async () => {
  const lab = await startTestLab();
  const cell = { cell_type: 'code', metadata: {}, source: '', outputs: [] };
  for (const content of [
    null,
    {},
    { ...notebook, nbformat: 3 },
    { ...notebook, cells: 'none' },
    { ...notebook, cells: [null] },
    { ...notebook, cells: [{ ...cell, outputs: undefined }] },
    { ...notebook, cells: [{ ...cell, metadata: undefined }] },
  ]) {
    const { status } = await lab.api('PUT', '/api/contents/a.ipynb', { type: 'notebook', content });
    expect(status, JSON.stringify(content)).toBe(400);
  }
});

test('files come with their type, and never as a page of our origin', async () => {
  const lab = await startTestLab();
  await writeFile(join(lab.workspace, 'page.html'), '<script>alert(1)</script>');
  const headers = { authorization: `token ${lab.token}` };
  const page = await lab.raw({ path: '/files/page.html', headers });
  expect(page.status).toBe(200);
  expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
  expect(page.headers['x-content-type-options']).toBe('nosniff');
  const policy = page.headers['content-security-policy'];
  expect(policy).toMatch(/; sandbox$/);
  expect(policy).toMatch(/^default-src 'none'/);
  const download = await lab.raw({ path: '/files/page.html?download=1', headers });
  expect(download.headers['content-disposition']).toBe("attachment; filename*=UTF-8''page.html");
});
