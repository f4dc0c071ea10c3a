import { expect, test } from 'vitest';
import { parseConfig } from '../../../src/config/config.js';
import { completeProject } from '../../../src/config/project/project-settings.js';

function storageOf(storage: unknown, env: Readonly<Record<string, string>> = {}) {
  const completed = completeProject({ storage });
  if ('problems' in completed) throw new Error(completed.problems[0]?.message);
  return parseConfig(env, '/project', completed.settings).storage;
}

test('the project file says where the store is, and the environment wins over it', () => {
  const project = { endpoint: 'https://storage.example.org', region: 'eu-1' };
  expect(storageOf(project)).toMatchObject({ ...project, forcePathStyle: true });
  expect(storageOf({ ...project, forcePathStyle: false })).toMatchObject({ forcePathStyle: false });
  const AWS_ENDPOINT_URL = 'http://127.0.0.1:9000';
  const env = { AWS_ENDPOINT_URL, AWS_DEFAULT_REGION: 'eu-2' };
  expect(storageOf(project, env)).toMatchObject({ endpoint: AWS_ENDPOINT_URL, region: 'eu-2' });
  const more = { ...env, AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:9001', AWS_REGION: 'eu-3' };
  expect(storageOf(project, more)).toMatchObject({
    endpoint: 'http://127.0.0.1:9001',
    region: 'eu-3',
  });
});

test('keys win over a profile, and one of the two alone is none', () => {
  const keys = { AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'secret' };
  expect(storageOf(undefined, { ...keys, AWS_SESSION_TOKEN: 'token' })).toMatchObject({
    credentials: { accessKeyId: 'id', secretAccessKey: 'secret', sessionToken: 'token' },
  });
  const both = storageOf(undefined, { ...keys, AWS_PROFILE: 'other' });
  expect(both.profile).toBeUndefined();
  expect(both.credentials).toEqual({ accessKeyId: 'id', secretAccessKey: 'secret' });
  const one = storageOf(undefined, { AWS_ACCESS_KEY_ID: 'id', AWS_PROFILE: 'other' });
  expect(one).toMatchObject({ credentials: undefined, profile: 'other' });
});

test.each([
  [{ endpoint: 'storage.example.org' }, /is not an address like https/],
  [{ endpoint: 'https://key:secret@storage.example.org' }, /must not hold a user or a password/],
  [{ region: 'eu 1' }, /must be the name of a region/],
  [{ forcePathStyle: 'yes' }, /must be true or false/],
  [{ bucket: 'logs' }, /there is no such field/],
])('%j is wrong', (storage, problem) => {
  expect(() => storageOf(storage)).toThrow(problem);
});

test('a wrong address in the environment is named', () => {
  expect(() => storageOf(undefined, { AWS_ENDPOINT_URL_S3: 'nowhere' })).toThrow(
    /AWS_ENDPOINT_URL_S3: is not an address/,
  );
});
