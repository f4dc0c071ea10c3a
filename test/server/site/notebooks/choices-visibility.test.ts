import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../database.js';
import { giveUsers, startAccessServer, type AccessServer } from '../../access/access-server.js';
import { churnNotebook, publish } from '../../published.js';

let database: TestDatabase;
let server: AccessServer;
const runs: Record<string, bigint> = {};
const cookies: Record<string, string> = {};

beforeAll(async () => {
  database = await createTestDatabase();
  const { owner } = database;
  const options = ['ON', 'QC'].map((value) => ({ value, label: `Label ${value}` }));
  const choices = [{ name: 'province', label: 'Province', standing: 'ON', options }];
  for (const province of ['ON', 'QC']) {
    const isFirst = province === 'ON';
    const state = { of: 'sales', values: { province } };
    runs[province] = await publish(owner, isFirst ? 'sales' : `sales--${province}`, churnNotebook, {
      ...{ title: 'Sales', visibility: [`team-${province}`] },
      ...(isFirst ? { choices } : { state }),
    });
  }
  server = await startAccessServer(database);
  await giveUsers(server.folder, {
    ...{ ada: [], olga: ['team-ON'], quinn: ['team-QC'], both: ['team-ON', 'team-QC'] },
  });
  for (const name of Object.keys(provinces)) cookies[name] = await server.signIn(name);
});

afterAll(async () => {
  await server.close();
  await database.drop();
});

const get = (who: string, path: string) =>
  server.send(path, { headers: { Cookie: cookies[who] ?? '', Accept: 'text/html' } });

const provinces: Record<string, string[]> = {
  ada: [],
  olga: ['ON'],
  quinn: ['QC'],
  both: ['ON', 'QC'],
};

test.each(Object.entries(provinces))(
  '%s reads of a notebook only the pages of their own choices',
  async (who, own) => {
    const status = async (path: string) => (await get(who, path)).status;
    const text = async (path: string) => (await get(who, path)).text();
    expect(await status('/notebooks/sales')).toBe(own.length > 0 ? 200 : 404);
    for (const province of ['ON', 'QC']) {
      const run = String(runs[province]);
      const name = province === 'ON' ? 'sales' : `sales--${province}`;
      const figure = 'figures/churn-peaked-in-may-2019-at-9-2.csv';
      const expected = own.includes(province) ? 200 : 404;
      for (const path of [
        `/notebooks/sales?province=${province}`,
        `/notebooks/sales/figures/churn-peaked-in-may-2019-at-9-2.csv?province=${province}`,
        `/notebooks/${name}/runs/${run}`,
        `/notebooks/${name}/runs/${run}/${figure}`,
        `/notebooks/${name}/compare/${run}/${run}`,
        `/notebooks/sales/runs/${run}?province=${province}`,
      ]) {
        expect([path, await status(path)]).toEqual([path, expected]);
      }
    }
    // Two of them in one address are there for those who may read both.
    const both = own.length === 2 ? 200 : 404;
    expect(await status('/notebooks/sales?province=QC&compare.province=ON')).toBe(both);
    expect(await status('/notebooks/sales?province=ON&compare.province=QC')).toBe(both);
    const listed = '/notebooks/sales?province=none';
    for (const path of ['/notebooks/sales', listed, '/', '/feed.atom', '/search.js']) {
      const page = await text(path);
      for (const province of ['ON', 'QC'].filter((one) => !own.includes(one))) {
        expect([path, page.includes(`Label ${province}`)]).toEqual([path, false]);
        expect([path, page.includes(`=${province}`)]).toEqual([path, false]);
      }
      if (path === listed && own.length > 0) expect(page).toContain(`Label ${own[0] ?? ''}`);
      if (path === '/') expect(page.includes('>Sales<')).toBe(own.length > 0);
    }
  },
);
