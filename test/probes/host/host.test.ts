import { hostname } from 'node:os';
import { Graph } from '../../../src/graph/graph.ts';
import { host } from '../../../src/probes/host/index.ts';
import { eventually } from '../../eventually.ts';
import { expectVocabulary, type Running, runProbe, self } from '../context.ts';
import { RECORDED, tree } from './tree.ts';

const seen = ({ graph }: Running) => graph.now().nodes(self.id)[Symbol.iterator]().next().value;

test('a machine is described as Skydive described it, and somewhat more', async () => {
  using machine = tree(RECORDED);
  const probe = runProbe(host, { options: { roots: machine.roots } });
  await probe.ready;
  const cpu = {
    CacheSize: 1024,
    Cores: 1,
    Family: '26',
    Mhz: 2596,
    Microcode: '0x1000065',
    Model: '2',
    ModelName: 'AMD EPYC',
    PhysicalID: '0',
    Stepping: 1,
    VendorID: 'AuthenticAMD',
  };
  expect(seen(probe)?.metadata).toEqual({
    Type: 'host',
    Name: 'h',
    TID: self.tid,
    Hostname: hostname(),
    InstanceID: 'i-0abc',
    MachineID: '3d1219c7c4c5404aaa1f6d2a48adfda4',
    BootID: '0e4e3895-3169-484c-af12-d65827c1a682',
    BootTime: 1_795_255_000_000,
    OS: 'linux',
    Platform: 'debian',
    PlatformFamily: 'debian',
    PlatformVersion: '12.11',
    KernelVersion: '6.18.44-fc-v669',
    Architecture: expect.any(String),
    VirtualizationSystem: 'kvm',
    VirtualizationRole: 'guest',
    KernelCmdLine: {
      console: 'ttyS0',
      reboot: 'k',
      panic: '1',
      quiet: true,
      rdinit: '/process_api',
      '--': true,
      '--firecracker-init': true,
      2024: true,
    },
    CPU: [
      { ...cpu, CPU: 0, CoreID: '0' },
      { ...cpu, CPU: 1, CoreID: '1' },
    ],
    MemoryTotal: 8_048_684 * 1024,
    NUMA: [{ Node: 0, CPU: [0, 1], MemoryTotal: 7_039_208 * 1024, Distance: [10] }],
  });
  expectVocabulary(host, probe.graph);
  await probe.stop();
});

test('the host is in the graph before anything else can run', async () => {
  const probe = runProbe(host);
  expect(seen(probe)?.metadata.TID).toBe(self.tid);
  await probe.stop();
});

test('reading the same machine again changes nothing', async () => {
  using machine = tree(RECORDED);
  const probe = runProbe(host, { options: { roots: machine.roots, hostnameMs: 100 } });
  await probe.ready;
  const { revision } = probe.graph;
  await new Promise((resolve) => setTimeout(resolve, 250));
  expect(probe.graph.revision).toBe(revision);
  await probe.stop();
});

test('a machine that says nothing still has a name', async () => {
  using machine = tree();
  const probe = runProbe(host, { options: { roots: machine.roots } });
  await probe.ready;
  expect(seen(probe)?.metadata).toMatchObject({ Name: 'h', Hostname: hostname(), CPU: [] });
  expectVocabulary(host, probe.graph);
  await probe.stop();
});

test('keys of the configuration are shown, but never in place of who the host is', async () => {
  using machine = tree();
  const metadata = { Rack: { Row: 3 }, Type: 'fridge', Name: 'x' };
  const probe = runProbe(host, { options: { roots: machine.roots, metadata } });
  await probe.ready;
  expect(seen(probe)?.metadata).toMatchObject({ Rack: { Row: 3 }, Type: 'host', Name: 'h' });
  await probe.stop();
});

test('what others say of the host stays', async () => {
  using machine = tree({ 'etc/app.json': '{"a":1}' });
  const files = [{ name: 'app', path: `${machine.path}/etc/app.json` }];
  const probe = runProbe(host, { options: { roots: machine.roots, files } });
  await probe.ready;
  probe.graph.apply([{ kind: 'set', id: self.id, set: { Sockets: [1] } }], { host: 'h', origin: 'x', time: 1001 });
  machine.write('etc/app.json', '{"a":2}');
  await eventually(() => expect(seen(probe)?.metadata).toMatchObject({ Sockets: [1], Config: { app: { a: 2 } } }));
  await probe.stop();
});

test('a key that was taken out of the configuration is gone after a restart, and only then', async () => {
  using machine = tree();
  const first = runProbe(host, { options: { roots: machine.roots, metadata: { Rack: 1 } } });
  await first.ready;
  const [left] = first.graph.now().nodes(self.id);
  await first.stop();
  const graph = new Graph();
  graph.remember(left ? [left] : []);
  const second = runProbe(host, { options: { roots: machine.roots }, before: { ...first, graph } });
  await second.ready;
  expect(seen(second)?.metadata.Rack).toBeUndefined();
  expect(seen(second)?.createdAt).toBe(left?.createdAt);
  await second.stop();
});

test('values of files follow their files: written, replaced, missing, back', async () => {
  using machine = tree({ 'etc/app.yml': 'db: {host: one}' });
  const files = [{ name: 'db', path: `${machine.path}/etc/app.yml`, selector: 'db.host' }];
  const probe = runProbe(host, { options: { roots: machine.roots, files } });
  await probe.ready;
  const config = () => seen(probe)?.metadata.Config;
  expect(config()).toEqual({ db: 'one' });
  machine.write('etc/app.yml', 'db: {host: two}');
  await eventually(() => expect(config()).toEqual({ db: 'two' }));
  machine.write('etc/app.yml', 'db: {');
  await eventually(() => expect(config()).toBeUndefined());
  expect(probe.notices.at(-1)).toContain(`${machine.path}/etc/app.yml: `);
  machine.write('etc/app.yml', 'db: {host: three}');
  await eventually(() => expect(config()).toEqual({ db: 'three' }));
  expect(probe.notices.at(-1)).toBeUndefined();
  await probe.stop();
});
