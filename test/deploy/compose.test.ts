/** docker-compose.yml says what our configuration knows, and opens no more than it has to. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { optionList } from '../../src/config/list.ts';
import { loadConfig } from '../../src/config/load.ts';

interface Service {
  readonly image?: string;
  readonly build?: { readonly context: string; readonly dockerfile: string };
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly networks?: readonly string[];
  readonly network_mode?: string;
  readonly privileged?: boolean;
  readonly cap_add?: readonly string[];
  readonly cap_drop?: readonly string[];
  readonly depends_on?: Readonly<Record<string, unknown>>;
  readonly user?: string;
}

/** Which there are is no matter here: those that run by default. */
const probes = optionList.find(({ path }) => path === 'probes.enabled')?.default as readonly string[];

const root = join(import.meta.dirname, '..', '..');
const text = readFileSync(join(root, 'docker-compose.yml'), 'utf8');
const compose = parse(text, { merge: true }) as {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
  readonly networks: Readonly<Record<string, { readonly internal?: boolean } | null>>;
};
const services = Object.entries(compose.services);
const ours = services.filter(([, { image }]) => image === 'skein');

test('Elasticsearch, two analyzers and an agent are started', () => {
  expect(services.map(([name]) => name)).toEqual(['elasticsearch', 'init', 'analyzer1', 'analyzer2', 'agent']);
});

test('each variable of ours is one of the configuration, and its value is taken', () => {
  const known = new Set(optionList.map(({ env }) => env));
  for (const [name, { environment = {} }] of ours) {
    expect([name, Object.keys(environment).filter((variable) => !known.has(variable))]).toEqual([name, []]);
    const machine = { hostname: 'h', isRoot: true, dataHome: '/d' };
    expect(() => loadConfig({ env: environment, machine, probes })).not.toThrow();
  }
});

test('what is published is published on loopback alone, and Elasticsearch not at all', () => {
  const ports = services.flatMap(([, service]) => service.ports ?? []);
  expect(ports.length).toBe(2);
  for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:\d+:8082$/);
  expect(compose.services.elasticsearch?.ports).toBeUndefined();
  expect(compose.services.elasticsearch?.networks).toEqual(['archive']);
  expect(compose.networks.archive?.internal).toBe(true);
});

test('the agent reaches each analyzer where it is published, over TLS', () => {
  const { environment } = compose.services.agent ?? {};
  const published = ['analyzer1', 'analyzer2'].map((name) => compose.services[name]?.ports?.[0]);
  const urls = environment?.SKEIN_AGENT_ANALYZERS?.split(',');
  expect(urls).toEqual(published.map((port) => `wss://${port?.replace(/:8082$/, '')}`));
});

test('nothing is privileged, the analyzers have no capabilities, and are not root', () => {
  for (const [name, { privileged, cap_drop }] of ours) {
    expect([name, privileged]).toEqual([name, undefined]);
    if (name !== 'init') expect([name, cap_drop]).toEqual([name, ['ALL']]);
  }
  for (const name of ['analyzer1', 'analyzer2'])
    expect(compose.services[name]).toMatchObject({ user: 'skein', cap_drop: ['ALL'] });
  expect(compose.services.analyzer1?.cap_add ?? compose.services.analyzer2?.cap_add).toBeUndefined();
});

test('volumes, networks, services and files that are named are there', () => {
  const mounts = services.flatMap(([, { volumes = [] }]) => volumes.map((volume) => volume.split(':')[0] ?? ''));
  const named = [...new Set(mounts.filter((mount) => !mount.startsWith('/')))].sort();
  expect(named).toEqual(Object.keys(compose.volumes).sort());
  const networks = [...new Set(services.flatMap(([, service]) => service.networks ?? []))].sort();
  expect(networks).toEqual(Object.keys(compose.networks).sort());
  for (const [, { depends_on = {}, build }] of services) {
    for (const other of Object.keys(depends_on)) expect(Object.keys(compose.services)).toContain(other);
    if (build) expect(existsSync(join(root, build.context, build.dockerfile))).toBe(true);
  }
});

test('the private key of the authority is not with the agent', () => {
  const mounted = compose.services.agent?.volumes?.map((volume) => volume.split(':')[0]);
  expect(mounted).not.toContain('analyzer1');
  expect(compose.services.init?.command?.join('')).toMatch(/cp \$\$one\/tls\/ca\.crt \$\$agent\/ca\.crt/);
});

test('what the image copies is there', () => {
  const dockerfile = readFileSync(join(root, 'deploy', 'Dockerfile'), 'utf8');
  const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.*) \S+$/gm)].flatMap(
    ([, names]) => names?.split(' ') ?? [],
  );
  expect(copied.length).toBeGreaterThan(5);
  for (const name of copied) expect([name, existsSync(join(root, name))]).toEqual([name, true]);
});
