import { expect, test } from 'vitest';
import { parseConfig } from '../../../src/config/config.js';
import { completeProject, defaultProject } from '../../../src/config/project/project-settings.js';

/** The lineage of a project file and an environment. */
function lineageOf(openLineage: unknown, env: Readonly<Record<string, string>> = {}) {
  const completed = completeProject(openLineage === undefined ? {} : { openLineage });
  if ('problems' in completed) return completed.problems.map(({ message }) => message);
  return parseConfig(env, '/project', completed.settings).openLineage;
}

const rest = { namespace: 'default', apiKey: undefined, parent: undefined };

test('lineage goes where the project file says, or the environment, and nowhere else', () => {
  expect(lineageOf(undefined)).toBeUndefined();
  expect(parseConfig({}, '/project', defaultProject).openLineage).toBeUndefined();
  const url = 'https://lineage.example.org/base';
  const posted = { target: { url: `${url}/api/v1/lineage` }, ...rest };
  expect(lineageOf({ url })).toEqual(posted);
  expect(lineageOf({ url: `${url}/`, namespace: 'sales' })).toEqual({
    ...posted,
    namespace: 'sales',
  });
  expect(lineageOf({ file: 'a/b.ndjson' })).toEqual({
    target: { file: '/project/a/b.ndjson' },
    ...rest,
  });

  const env = {
    OPENLINEAGE_URL: 'http://127.0.0.1:5000',
    OPENLINEAGE_ENDPOINT: 'events?x=1',
    OPENLINEAGE_NAMESPACE: 'other',
    OPENLINEAGE_API_KEY: 'key',
    OPENLINEAGE_PARENT_ID: 'a/b/c',
  };
  const all = {
    ...{ target: { url: 'http://127.0.0.1:5000/events?x=1' }, namespace: 'other' },
    ...{ apiKey: 'key', parent: 'a/b/c' },
  };
  for (const file of [undefined, { url }, { file: 'x', namespace: 'sales' }]) {
    expect(lineageOf(file, env)).toEqual(all);
    expect(lineageOf(file, { ...env, OPENLINEAGE_DISABLED: 'true' })).toBeUndefined();
  }
  expect(lineageOf({ url }, { OPENLINEAGE_URL: 'file:///var/log/a%20b.ndjson' })).toEqual({
    target: { file: '/var/log/a b.ndjson' },
    ...rest,
  });
});

test.each([
  [{}, 'must have a url or a file'],
  [{ url: 'https://a.example', file: 'b' }, 'must have a url or a file'],
  [{ url: 'ftp://a.example' }, 'is not an address'],
  [{ url: 'no' }, 'is not an address'],
  [{ url: 'https://me:hidden@a.example' }, 'must not hold a user'],
  [{ file: ' ' }, 'must not be empty'],
  [{ url: 'https://a.example', namespace: '' }, 'must not be empty'],
  ['https://a.example', 'must be an object'],
])('%j is refused, without repeating what may be secret', (given, problem) => {
  const problems = lineageOf(given);
  expect(problems).toContainEqual(expect.stringContaining(problem));
  expect(JSON.stringify(problems)).not.toContain('hidden');
});

test.each(['no', 'ftp://a.example', 'https://me:hidden@a.example', 'file://host/path'])(
  'OPENLINEAGE_URL=%s is refused',
  (url) => {
    expect(() => lineageOf(undefined, { OPENLINEAGE_URL: url })).toThrow(
      /OPENLINEAGE_URL: (?!.*hidden)/,
    );
  },
);
