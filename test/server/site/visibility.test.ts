import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../database.js';
import { addPipelineHistory, churnNotebook, notebookOf, prose, publish } from '../published.js';
import { giveUsers, startAccessServer, type AccessServer } from '../access/access-server.js';

let database: TestDatabase;
let server: AccessServer;
const runs: Record<string, bigint> = {};
const cookies: Record<string, string> = {};

beforeAll(async () => {
  database = await createTestDatabase();
  await addPipelineHistory(database.owner);
  const visibilities = {
    open: 'public',
    staff: undefined,
    books: ['finance'],
    broken: [],
  } as const;
  for (const [slug, visibility] of Object.entries(visibilities)) {
    const options = { title: `Title of ${slug}`, ...(visibility ? { visibility } : {}) };
    runs[slug] = await publish(database.owner, slug, churnNotebook, options);
    runs[`${slug} later`] = await publish(database.owner, slug, churnNotebook, options);
  }
  server = await startAccessServer(database, { DAYBOOK_DATA_VISIBILITY: 'finance' });
  await giveUsers(server.folder, { ada: [], finn: ['finance'] });
  cookies['nobody'] = '';
  for (const name of ['ada', 'finn']) cookies[name] = await server.signIn(name);
});

afterAll(async () => {
  await server.close();
  await database.drop();
});

function send(who: string, path: string, accept = 'text/html'): Promise<Response> {
  return server.send(path, { headers: { Cookie: cookies[who] ?? '', Accept: accept } });
}

/** Which notebooks an answer tells of, by their titles or their addresses. */
async function mentioned(who: string, path: string): Promise<string[]> {
  const text = await (await send(who, path)).text();
  return ['open', 'staff', 'books', 'broken'].filter(
    (slug) => text.includes(`Title of ${slug}`) || text.includes(`/notebooks/${slug}`),
  );
}

const seen = {
  nobody: ['open'],
  ada: ['open', 'staff'],
  finn: ['open', 'staff', 'books'],
};

test.each(Object.entries(seen))(
  '%s finds only what they may read, wherever something is listed',
  async (who, slugs) => {
    // What it is made of is read in the background.
    await expect.poll(() => mentioned(who, '/search.js')).toEqual(slugs);
    const lists = ['/', '/feed.atom', '/status.json', '/notebooks/open'];
    for (const path of lists) expect([path, await mentioned(who, path)]).toEqual([path, slugs]);
    const metrics = await (await send(who, '/metrics')).text();
    const inMetrics = [...metrics.matchAll(/daybook_notebook_state\{notebook="(\w+)"/g)];
    expect(inMetrics.map(([, slug]) => slug).sort()).toEqual([...slugs].sort());
  },
);

test.each(Object.entries(seen))(
  '%s reads what they may read, and no other address',
  async (who, slugs) => {
    for (const slug of ['open', 'staff', 'books', 'broken', 'missing']) {
      const run = String(runs[slug] ?? 1n);
      const later = String(runs[`${slug} later`] ?? 2n);
      const paths = [
        `/notebooks/${slug}`,
        `/notebooks/${slug}/runs/${run}`,
        `/notebooks/${slug}/runs/${run}/figures/the-number-of-active-customers-still-grows-more-slowly-each.csv`,
        ...['csv', 'xlsx', 'json', 'svg'].map(
          (form) => `/notebooks/${slug}/figures/churn-peaked-in-may-2019-at-9-2.${form}`,
        ),
        `/notebooks/${slug}/compare/${run}/${later}`,
      ];
      for (const path of paths) {
        const response = await send(who, path);
        const expected = slugs.includes(slug) ? 200 : who === 'nobody' ? 303 : 404;
        expect([path, response.status]).toEqual([path, expected]);
      }
    }
    const [pipelineRun] = (
      await database.owner.query<{ id: string }>(
        'select max(run_id)::text as id from ops.pipeline_run',
      )
    ).rows;
    for (const path of [
      '/pipeline',
      `/pipeline/runs/${pipelineRun?.id ?? ''}`,
      '/data',
      '/data/gold.monthly_churn',
      '/Pipeline',
      '/pipeline/',
    ]) {
      const { status } = await send(who, path);
      const isThere = path !== '/Pipeline';
      const expected = who === 'nobody' ? 303 : who === 'finn' && isThere ? 200 : 404;
      expect([path, status]).toEqual([path, expected]);
    }
  },
);

test('where nobody says who reads pipeline and data, nobody does once a notebook is for a group', async () => {
  const unstated = await startAccessServer(database);
  try {
    await giveUsers(unstated.folder, { ada: [], finn: ['finance'] });
    const cookie = await unstated.signIn('finn');
    const statuses = async () => {
      const paths = ['/data', '/data/gold.monthly_churn', '/pipeline'];
      const sent = paths.map((path) => unstated.send(path, { headers: { Cookie: cookie } }));
      return (await Promise.all(sent)).map(({ status }) => status);
    };
    const home = async () =>
      (await unstated.send('/', { headers: { Cookie: cookie, Accept: 'text/html' } })).text();
    expect(await statuses()).toEqual([404, 404, 404]);
    expect(await home()).not.toContain('href="/pipeline"');
    const groups = `update publication.notebook set visibility = $2 where slug = $1`;
    for (const slug of ['books', 'broken']) await database.owner.query(groups, [slug, null]);
    await expect.poll(statuses).toEqual([200, 200, 200]);
    expect(await home()).toContain('href="/pipeline"');
    await database.owner.query(groups, ['books', '["finance"]']);
    await database.owner.query(groups, ['broken', '[]']);
    await expect.poll(statuses).toEqual([404, 404, 404]);
  } finally {
    await unstated.close();
  }
});

test('a run of a notebook cannot be read by the address of another', async () => {
  const { status } = await send('ada', `/notebooks/open/runs/${String(runs['books'])}`);
  expect(status).toBe(404);
});

test('what is hidden and what is not there get the same answer', async () => {
  const bodyOf = async (who: string, path: string) => {
    const response = await send(who, path);
    const text = (await response.text()).replace(/missing|books/g, '');
    return [response.status, response.headers.get('location')?.replace(/missing|books/g, ''), text];
  };
  for (const who of ['nobody', 'ada']) {
    expect(await bodyOf(who, '/notebooks/books')).toEqual(await bodyOf(who, '/notebooks/missing'));
  }
  const answers = await Promise.all(
    ['/notebooks/books', '/notebooks/missing', '/data', '/nowhere'].map(async (path) => {
      const response = await send('nobody', path, 'application/json');
      return [response.status, await response.text()];
    }),
  );
  expect(new Set(answers.map(String))).toEqual(new Set([String([401, 'Sign in to read this.\n'])]));
});

test('who has not signed in is sent to the sign-in page, and from there to what they wanted', async () => {
  const response = await send('nobody', '/notebooks/staff?code=shown');
  expect(response.headers.get('location')).toBe('/sign-in?to=%2Fnotebooks%2Fstaff%3Fcode%3Dshown');
  expect(response.headers.get('cache-control')).toBe('no-store');
});

test("one person's page is never another's from a cache", async () => {
  for (const [who, cache] of [
    ['nobody', 'no-cache'],
    ['ada', 'private, no-cache'],
  ] as const) {
    for (const path of [
      '/',
      '/notebooks/open',
      `/notebooks/open/runs/${String(runs['open'])}/figures/the-number-of-active-customers-still-grows-more-slowly-each.csv`,
      '/search.js',
      '/feed.atom',
    ]) {
      const { headers } = await send(who, path);
      expect([path, headers.get('vary')]).toEqual([path, 'Cookie, Accept-Encoding']);
      if (!path.endsWith('.csv') || who !== 'nobody') {
        expect([path, headers.get('cache-control')]).toEqual([path, cache]);
      }
    }
  }
  // The tag of what one sees does not make another's 304.
  const mine = (await send('finn', '/')).headers.get('etag') ?? '';
  const other = await server.send('/', {
    headers: { Cookie: cookies['ada'] ?? '', 'If-None-Match': mine },
  });
  expect(other.status).toBe(200);
  const page = await (await send('ada', '/')).text();
  const asset = /\/assets\/daybook\.[^"]+\.css/.exec(page)?.[0] ?? '';
  expect((await send('ada', asset)).headers.get('cache-control')).toBe(
    'public, max-age=31536000, immutable',
  );
});

test('the links behind the numbers are there for those who may follow them', async () => {
  expect(await (await send('ada', '/')).text()).not.toContain('href="/pipeline"');
  expect(await (await send('finn', '/')).text()).toContain('href="/pipeline"');
  expect(await (await send('nobody', '/')).text()).toContain('href="/sign-in"');
});

test('without anything public, the home page is the sign-in page', async () => {
  await database.owner.query(
    `update publication.notebook set visibility = null where slug = 'open'`,
  );
  await expect.poll(async () => (await send('nobody', '/')).status).toBe(303);
  await database.owner.query(
    `update publication.notebook set visibility = '"public"' where slug = 'open'`,
  );
  await expect.poll(async () => (await send('nobody', '/')).status).toBe(200);
});

test('a visibility that changes counts at once, for earlier runs, too', async () => {
  const once = await publish(database.owner, 'moved', notebookOf([prose('# Moved')]), {
    visibility: 'public',
  });
  const path = `/notebooks/moved/runs/${once}`;
  await expect.poll(async () => (await send('nobody', path)).status).toBe(200);
  await expect.poll(async () => await (await send('nobody', '/search.js')).text()).toMatch(/moved/);
  await publish(database.owner, 'moved', notebookOf([prose('# Moved')]), {
    visibility: ['finance'],
    error: { cell: 1, ename: 'Error', evalue: 'no' },
  });
  await expect.poll(async () => (await send('nobody', path)).status).toBe(303);
  expect((await send('finn', path)).status).toBe(200);
  // Nor do pages about many notebooks, which may show a run of before while a later one is rendered.
  for (const list of ['/', '/search.js', '/feed.atom', '/status.json', '/metrics']) {
    expect(await (await send('nobody', list)).text()).not.toMatch(/\bmoved\b/i);
  }
  await database.owner.query(`delete from publication.notebook where slug = 'moved'`);
});
