// @module-tag heavy
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readFrontEnd } from '../../../src/lab/front-end/front-end.js';
import { startTestLab, type TestLab } from '../lab.js';

const themes = '@jupyterlab/apputils-extension:themes';

/** A server with the smallest thing that passes for a bundle. */
async function startBundledLab(): Promise<TestLab & { state: string }> {
  const holder = await startTestLab();
  const bundle = join(holder.folder, 'bundle');
  await mkdir(join(bundle, 'static'), { recursive: true });
  await mkdir(join(bundle, 'schemas', '@jupyterlab', 'apputils-extension'), { recursive: true });
  await writeFile(join(bundle, 'static', 'main.js'), '// the bundle');
  await writeFile(join(bundle, 'secret.json'), 'not static');
  await writeFile(
    join(bundle, 'front-end.json'),
    JSON.stringify({ version: '4.6.4', licenses: [{ name: 'a' }] }),
  );
  await writeFile(
    join(bundle, 'schemas', '@jupyterlab', 'apputils-extension', 'themes.json'),
    JSON.stringify({
      title: 'Theme',
      type: 'object',
      properties: { theme: { default: 'JupyterLab Light' }, 'adaptive-theme': { default: false } },
    }),
  );
  const state = join(holder.folder, 'lab-state');
  const lab = await startTestLab({
    frontEnd: await readFrontEnd(bundle),
    stateFolder: state,
    startFolder: 'notebooks',
  });
  return { ...lab, state };
}

test('the page carries its configuration, no token, and lets only our scripts run', async () => {
  const lab = await startBundledLab();
  const headers = { authorization: `token ${lab.token}` };
  const path = '/lab/tree/notebooks/%3C%2Fscript%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E.ipynb';
  const page = await lab.raw({ path, headers });
  expect(page.status).toBe(200);
  expect(page.headers['content-security-policy']).toContain("script-src 'self' 'unsafe-eval';");
  expect(page.headers['content-security-policy']).toContain("frame-ancestors 'self'");
  expect(page.body.match(/<script/g)).toHaveLength(2);
  expect(page.body).not.toContain(lab.token);
  const json = /<script id="jupyter-config-data"[^>]*>([^]*?)<\/script>/.exec(page.body)?.[1];
  expect(JSON.parse(json ?? '')).toMatchObject({
    appVersion: '4.6.4',
    preferredPath: 'notebooks',
    treePath: 'notebooks/</script><script>alert(1)</script>.ipynb',
    terminalsAvailable: 'false',
    workspace: 'default',
  });
  const other = await lab.raw({ path: '/lab/workspaces/second/tree/a.ipynb', headers });
  expect(other.body).toContain('"workspace":"second"');
  const single = await lab.raw({ path: '/doc/tree/a.ipynb', headers });
  expect(single.body).toContain('"mode":"single-document"');
  expect((await lab.raw({ path: '/lab/tree/%', headers })).status).toBe(400);
  expect((await lab.raw({ path: '/', headers })).headers.location).toBe('/lab');
});

test('the bundle is served, and nothing beside it', async () => {
  const lab = await startBundledLab();
  const headers = { authorization: `token ${lab.token}` };
  const get = async (path: string) => lab.raw({ path, headers });
  const main = await get('/lab/static/main.js?v=4.6.4');
  expect(main.body).toBe('// the bundle');
  expect(main.headers['cache-control']).toContain('immutable');
  expect((await get('/lab/static/plotly.js')).body).toContain('Plotly');
  for (const path of [
    '/lab/static/../secret.json',
    '/lab/static/%2e%2e/secret.json',
    '/lab/static/..%2fsecret.json',
    '/lab/static/',
    '/lab/themes/../secret.json',
  ]) {
    expect((await get(path)).body, path).not.toContain('not static');
  }
});

test('settings begin with our defaults and keep what the analyst sets', async () => {
  const lab = await startBundledLab();
  const at = `/lab/api/settings/${themes}`;
  const { json } = await lab.api('GET', at);
  expect(json).toMatchObject({ id: themes, raw: '{}', version: '4.6.4' });
  expect(json).toMatchObject({
    schema: { properties: { 'adaptive-theme': { default: true }, theme: {} } },
  });
  const raw = '{\n  // dark\n  "theme": "JupyterLab Dark"\n}';
  expect((await lab.api('PUT', at, { raw })).status).toBe(204);
  expect((await lab.api('GET', at)).json).toMatchObject({ raw });
  expect((await lab.api('GET', '/lab/api/settings')).json).toMatchObject({ settings: [{ raw }] });
  expect((await lab.api('GET', '/lab/api/settings?ids_only=true')).json).toEqual({
    settings: [{ id: themes }],
  });
  for (const id of ['@jupyterlab/none:plugin', '..%2f..%2fx:y', `${themes}%2f..%2fx`]) {
    const path = `/lab/api/settings/${id}`;
    expect((await lab.api('GET', path)).status, id).toBe(404);
    expect((await lab.api('PUT', path, { raw })).status, id).toBe(404);
  }
  expect((await lab.api('PUT', at, { raw: 5 })).status).toBe(400);
});

test('layouts are kept by their names, whatever those are', async () => {
  const lab = await startBundledLab();
  const layout = (id: string) => ({ data: { 'layout-restorer:data': {} }, metadata: { id } });
  for (const id of ['default', 'auto-x', '../../escape', 'a b', '..']) {
    const path = `/lab/api/workspaces/${encodeURIComponent(id)}`;
    expect((await lab.api('GET', path)).json).toEqual({ data: {}, metadata: { id } });
    expect((await lab.api('PUT', path, layout(id))).status).toBe(204);
    expect((await lab.api('GET', path)).json).toEqual(layout(id));
  }
  const { json } = await lab.api('GET', '/lab/api/workspaces');
  expect((json as { workspaces: { ids: string[] } }).workspaces.ids).toHaveLength(5);
  expect(await readdir(lab.state)).toEqual(['layouts']);
  expect((await lab.api('DELETE', '/lab/api/workspaces/default')).status).toBe(204);
  expect((await lab.api('PUT', '/lab/api/workspaces/x', { data: 1 })).status).toBe(400);
  expect((await lab.api('PUT', `/lab/api/workspaces/${'x'.repeat(300)}`, layout('x'))).status).toBe(
    400,
  );
});

test('what JupyterLab asks beside that has an answer', async () => {
  const lab = await startBundledLab();
  const get = async (path: string) => (await lab.api('GET', path)).json;
  expect(await get('/api')).toEqual({ version: expect.stringMatching(/^2\./) as string });
  expect(await get('/api/me')).toMatchObject({ identity: { username: 'analyst' } });
  expect(await get('/api/status')).toMatchObject({ kernels: 0, connections: 0 });
  expect(await get('/api/nbconvert')).toEqual({});
  expect(await get('/lab/api/translations')).toMatchObject({ data: { en: {} } });
  expect(await get('/lab/api/translations/fr')).toEqual({ data: {}, message: '' });
  expect(await get('/lab/api/licenses')).toEqual({
    bundles: { JupyterLab: { packages: [{ name: 'a' }] } },
  });
  expect((await lab.api('GET', '/api/terminals')).status).toBe(404);
});
