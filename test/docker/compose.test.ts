import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { parseArgsOptions } from '../../src/commands/command.js';
import { commands } from '../../src/commands/commands.js';

// No Docker engine is needed: what can be wrong without one noticing is checked here.
const root = resolve(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(resolve(root, path), 'utf8');

interface Service {
  image: string;
  command?: string[];
  read_only?: boolean;
  environment: Record<string, string>;
  volumes: string[];
  healthcheck?: { test: string[] };
  ports?: string[];
}
const compose = parse(read('docker-compose.yml'), { merge: true }) as {
  services: Record<string, Service>;
  volumes: Record<string, unknown>;
};
const services = Object.entries(compose.services);
const ours = services.filter(([, service]) => service.image === 'daybook');

test('has the four services', () => {
  expect(services.map(([name]) => name).sort()).toStrictEqual([
    'dashboard',
    'notebook',
    'pipeline',
    'postgres',
  ]);
});

test.each(ours)('%s gives a command that daybook has, with options that it takes', (_, service) => {
  const [name = '', ...rest] = service.command ?? [];
  const entry = commands[name];
  expect(entry, name).toBeDefined();
  return entry?.load({ root, env: {} }).then((command) => {
    parseArgs({ args: rest, options: parseArgsOptions(command), strict: true });
  });
});

test.each(ours)('%s writes into volumes only', (_, service) => {
  expect(service.read_only).toBe(true);
  for (const volume of service.volumes) {
    const [source = ''] = volume.replace(/\$\{[^}]*\}/, '.').split(':');
    expect(source.startsWith('.') || source in compose.volumes, volume).toBe(true);
  }
});

test('only the pipeline knows the owner', () => {
  const owners = ours.filter(([, service]) =>
    Object.values(service.environment).some((value) => value.includes('${POSTGRES_PASSWORD')),
  );
  expect(owners.map(([name]) => name)).toStrictEqual(['pipeline']);
});

test('ports are open to this machine alone', () => {
  for (const [, service] of services) {
    for (const port of service.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:/);
  }
});

test('.env.example names every variable that the file asks for', () => {
  const asked = new Set(
    [...read('docker-compose.yml').matchAll(/\$\{(\w+)/g)].map(([, variable]) => variable),
  );
  asked.delete('DAYBOOK_CODE_VERSION'); // given by whoever builds
  const named = [...read('.env.example').matchAll(/^(\w+)=/gm)].map(([, variable]) => variable);
  expect(named.sort()).toStrictEqual([...asked].sort());
});

test('the image copies files that are there, and runs a command that daybook has', () => {
  const lines = read('Dockerfile').split('\n');
  const copied = lines
    .filter((line) => line.startsWith('COPY ') && !line.includes('--from'))
    .flatMap((line) => line.split(/\s+/).slice(1, -1));
  for (const path of copied) expect(existsSync(resolve(root, path)), path).toBe(true);
  expect(lines.some((line) => /^USER (?!root)/.test(line))).toBe(true);
  const command = lines.findLast((line) => line.startsWith('CMD '))?.slice(4) ?? '[]';
  expect(commands).toHaveProperty(JSON.parse(command) as string[]);
});
