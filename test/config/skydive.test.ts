import { optionByPath } from '../../src/config/list.ts';
import { loadConfig } from '../../src/config/load.ts';
import { lookUpConfig } from '../../src/config/look-up.ts';
import { skydiveKey, skydiveKeys } from '../../src/config/skydive-keys.ts';
import { probes as probeList } from '../../src/probes/index.ts';

const machine = { hostname: 'h1', isRoot: true, dataHome: '/home/me/.local/share' };
const probes = probeList.map(({ name }) => name);
const load = (text: string, env: Record<string, string> = {}) =>
  loadConfig({ machine, probes, env, file: { name: 'skydive.yml', text } });

test("a file of Skydive's is taken as it is, and what does nothing is named", () => {
  const { config, notes } = load(
    JSON.stringify({
      'flow.update': 10,
      'agent.topology.probes': ['ovsdb', 'neutron'],
      'ovs.oflow.enable': true,
      'ovs.oflow.address': { 'br-test': 'tcp:127.0.0.1:16633' },
      'agent.topology.netlink.metrics_update': 5,
    }),
  );
  expect(config.probes.netlink.metricsUpdate).toBe(5_000);
  expect(config.probes.enabled).toEqual(optionByPath.get('probes.enabled')?.default);
  expect(notes.map(({ text }) => text)).toEqual([
    'skydive.yml:1: agent.topology.probes: does nothing here: there is no probe neutron yet',
    'skydive.yml:1: ovs.oflow.enable: does nothing here: the probe openflow is on by default',
  ]);
});

test("probes of Skydive's analyzer run here too", () => {
  const { config, notes } = load(
    JSON.stringify({
      'analyzer.topology.probes': ['ovn', 'k8s'],
      'analyzer.topology.ovn.address': 'unix:///run/ovn/ovnnb_db.sock',
    }),
  );
  expect(config.probes.enabled).toContain('ovn');
  expect(config.probes.ovn.address).toBe('unix:/run/ovn/ovnnb_db.sock');
  expect(notes.map(({ text }) => text)).toEqual([
    'skydive.yml:1: analyzer.topology.probes: does nothing here: there is no probe k8s yet',
  ]);
});

test('who has runc tell of containers, as Skydive does, has it tell of those that podman and containerd had it run', () => {
  const enabled = (...names: string[]) =>
    load(JSON.stringify({ 'agent.topology.probes': names })).config.probes.enabled;
  const ours = optionByPath.get('probes.enabled')?.default as string[];
  const besides = ours.filter((name) => name !== 'podman' && name !== 'containerd');
  expect(enabled('ovsdb', 'docker', 'runc')).toEqual(besides);
  expect(enabled('runc', 'podman').toSorted()).toEqual([...besides, 'podman'].toSorted());
  expect(enabled('docker')).toEqual(ours);
});

test('what has a meaning here is mapped', () => {
  const { config, notes } = load(`
host_id: rack1
analyzer:
  listen: ":8082"
agent:
  metadata: { site: lab }
  metadata_config.files: [{ name: zone, path: /etc/site.ini, type: ini, selector: site.zone }]
  topology:
    netns.run_path: /var/run/mine
    docker.netns.run_path: /var/run/theirs
logging.level: WARNING
http.ws: { ping_delay: 5, queue_size: 500 }
`);
  expect(notes).toEqual([]);
  expect(config.host).toBe('rack1');
  expect(config.listen).toEqual({ host: '::', port: 8082 });
  expect(config.probes.host.metadata).toEqual({ site: 'lab' });
  expect(config.probes.host.files).toEqual([
    { name: 'zone', path: '/etc/site.ini', type: 'ini', selector: 'site.zone' },
  ]);
  expect(config.probes.netns.paths).toEqual(['/var/run/mine', '/var/run/theirs']);
  expect(config.log.level).toBe('warn');
  expect([config.api.ping, config.api.queue]).toEqual([5_000, 500]);
});

test("our own key wins over Skydive's, wherever it stands", () => {
  expect(load('listen: :1\nanalyzer.listen: :2').config.listen.port).toBe(1);
});

test("Skydive's variables work too, below ours", () => {
  const env = { SKYDIVE_ANALYZER_LISTEN: '0.0.0.0:9', SKYDIVE_HOST_ID: 'theirs', SKEIN_HOST: 'ours' };
  const { config } = load('', env);
  expect([config.listen.port, config.host]).toEqual([9, 'ours']);
  expect(load('', { SKYDIVE_FLOW_PROTOCOL: 'udp' }).notes[0]?.text).toMatch(
    'SKYDIVE_FLOW_PROTOCOL: does nothing here: agent and analyzer are one process',
  );
});

test('letters of its keys may be large or small', () => {
  expect(load('Analyzer: { Listen: ":7" }').config.listen.port).toBe(7);
});

test('a wrong value under its name is a mistake under its name', () => {
  expect(() => load('a: 1\nanalyzer.listen: nowhere')).toThrow(
    'skydive.yml:2: analyzer.listen: "nowhere" is not an address',
  );
});

test('every key says what becomes of it, and points at an option that exists', () => {
  for (const { key, to, why } of skydiveKeys) {
    expect([key, to === undefined ? typeof why : optionByPath.has(to)]).toEqual([
      key,
      to === undefined ? 'string' : true,
    ]);
    expect(skydiveKey(key.replace('.*', '.x'))).toBeDefined();
  }
  expect(new Set(skydiveKeys.map(({ key }) => key)).size).toBe(skydiveKeys.length);
});

test('keys are looked up as their users know them', () => {
  const loaded = load(`
flow.update: 5
archive.maxSize: 2GiB
token: 0123456789abcdef
storage.mine: { driver: elasticsearch, password: hunter2 }
storage.root.password: hunter2
`);
  expect(lookUpConfig(loaded, 'flow.update')).toBe(5);
  expect(lookUpConfig(loaded, 'flow.expire')).toBe(600);
  expect(lookUpConfig(loaded, 'analyzer.listen')).toBe('127.0.0.1:8082');
  expect(lookUpConfig(loaded, 'analyzer.topology.backend')).toBe('memory');
  expect(lookUpConfig(loaded, 'ui')).toEqual({});
  expect(lookUpConfig(loaded, 'archive.maxSize')).toBe('2GiB');
  expect(lookUpConfig(loaded, 'query')).toMatchObject({ timeout: '30s', items: 50_000_000 });
  expect(lookUpConfig(loaded, 'etcd')).toMatchObject({ embedded: true, listen: '127.0.0.1:12379' });
  expect(lookUpConfig(loaded, 'no.such.key')).toBeUndefined();
});

test('secrets are not shown', () => {
  const loaded = load('token: 0123456789abcdef\nstorage.mine: { password: hunter2 }\nstorage.b.password: hunter2');
  expect(lookUpConfig(loaded, 'token')).toBe('(hidden)');
  expect(
    JSON.stringify(
      ['storage', 'storage.mine', 'storage.b', 'storage.b.password'].map((key) => lookUpConfig(loaded, key)),
    ),
  ).not.toMatch('hunter2');
});

test('what Skydive says of flows and captures is heeded', () => {
  const { config, notes } = load(`flow:
  update: 10
  expire: 300
  max_entries: 20000
  default_layer_key_mode: L3
  application_timeout: { arp: 20, dns: 5 }
analyzer.startup:
  capture_gremlin: "g.V().Has('Name','eth0')"
  capture_bpf: icmp
  capture_type: pcap
agent.flow.pcapsocket: { bind_address: 0.0.0.0, min_port: 9000, max_port: 9010 }
agent.capture.stats_update: 2
ovs.ovsdb: unix:///run/ovs.sock
`);
  expect(notes).toEqual([]);
  expect(config.flow).toEqual({
    update: 10_000,
    expire: 300_000,
    maxEntries: 20_000,
    rawPacketsSize: 64 * 1024 ** 2,
    applicationTimeout: { ARP: 20_000, DNS: 5_000 },
  });
  expect(config.capture).toMatchObject({
    layerKeyMode: 'L3',
    statsUpdate: 2_000,
    ovsdb: 'unix:/run/ovs.sock',
    bind: '0.0.0.0',
    portMin: 9000,
    portMax: 9010,
    startup: { query: "g.V().Has('Name','eth0')", filter: 'icmp', type: 'pcap' },
  });
});

test('in ours, a number alone is seconds too where Skydive has the same name', () => {
  const { config } = load('flow: { update: 1m, expire: 7, applicationTimeout: { NTP: 30s } }');
  expect([config.flow.update, config.flow.expire]).toEqual([60_000, 7_000]);
  expect(config.flow.applicationTimeout).toEqual({ NTP: 30_000 });
  expect(() => load('flow: { update: soon }')).toThrow('"soon" is not a duration');
});

test.each([
  ['/run/ovs.sock', 'unix:/run/ovs.sock'],
  ['192.0.2.7:6640', 'tcp:192.0.2.7:6640'],
  ['tcp://192.0.2.7:6640', 'tcp:192.0.2.7:6640'],
])('the database of Open vSwitch at %s is %s', (theirs, ours) => {
  expect(load(`ovs.ovsdb: ${theirs}`).config.capture.ovsdb).toBe(ours);
});
