/** Captures of a whole process on real interfaces: what passes is found at every hop, now, in the past and after a restart. */
import { execFile, execFileSync } from 'node:child_process';
import { promisify } from 'node:util';
import type { Flow } from '../../src/flow/flow.ts';
import { eventually } from '../eventually.ts';
import { TestNetns } from '../kernel/native_netns.ts';
import { inFolder, type Running, skeinUp, skeinUpAs } from './running.ts';

const run = promisify(execFile);
const fast = ['--flow-update', '1s'];

test('what two namespaces say to each other has one TrackingID at all four ends, now and in the past', () =>
  inFolder((data) =>
    inNetwork(async ({ left, names }) => {
      const skein = await skeinUp(data, ...fast);
      const id = await captureOn(skein, names);
      await active(skein, id, names.length);
      await ping(left, '10.99.1.2');
      const flows = await eventually(async () => {
        const found = await echoes(skein, 'G.Flows()');
        expect(found.map(({ Metric }) => Metric.ABPackets + Metric.BAPackets)).toEqual([6, 6, 6, 6]);
        return found;
      });
      const tracking = new Set(flows.map(({ TrackingID }) => TrackingID));
      expect(tracking.size).toBe(1);
      expect(new Set(flows.map(({ NodeTID }) => NodeTID)).size).toBe(4);
      for (const flow of flows) {
        expect(flow.Network).toMatchObject({ A: '10.99.1.1', B: '10.99.1.2' });
        expect(flow.Metric).toMatchObject({ ABPackets: 3, BAPackets: 3, ABBytes: 294, BABytes: 294 });
      }
      const [one] = tracking;
      const hops = (await skein.query(`G.Flows().Has('TrackingID', '${one}').Hops().Values('Name')`)) as string[];
      expect(hops.toSorted()).toEqual(names.toSorted());
      expect(await skein.query(`G.V().Has('Name', '${names[0]}').Flows().Has('Network', '10.99.1.2').Count()`)).toBe(1);

      // What was kept answers when nothing is live any more, and after a restart too.
      await deleteCapture(skein, id);
      const then = Date.now();
      await eventually(async () => expect(await echoes(skein, 'G.Flows()')).toEqual([]));
      const past = (from: Running) => echoes(from, `G.At(${then}, 60).Flows()`);
      await eventually(async () => expect(await past(skein)).toHaveLength(4));
      expect((await past(skein)).map(({ UUID }) => UUID).toSorted()).toEqual(flows.map(({ UUID }) => UUID).toSorted());
      expect(await skein.end()).toBe(0);
      const again = await skeinUp(data, ...fast);
      await eventually(async () => expect(await past(again)).toHaveLength(4));
      await again.end();
    }),
  ));

test('a capture survives kill -9, and starts on what appears later', () =>
  inFolder((data) =>
    inNetwork(async ({ left, names }) => {
      const before = await skeinUp(data, ...fast);
      const id = await captureOn(before, names);
      await active(before, id, names.length);
      await before.end('SIGKILL');

      execFileSync('ip', ['link', 'del', names[1] as string]);
      const skein = await skeinUp(data, ...fast);
      await active(skein, id, 2);
      left.ip(`link add ${names[0]} type veth peer name ${names[1]} netns 1`);
      await active(skein, id, 4);
      const [its] = (await skein.query(`G.V().Has('Name', '${names[0]}').Values('Captures')`)) as { ID: string }[][];
      expect(its).toMatchObject([{ ID: id, State: 'active' }]);
      await deleteCapture(skein, id);
      await eventually(async () => expect(await skein.query("G.V().HasKey('Captures').Count()")).toBe(0));
      await skein.end();
    }),
  ));

test('what cannot be captured is said: no capability, no type, no such filter', () =>
  inFolder(async (data) => {
    const skein = await skeinUp(data, '--probes-enabled', 'host');
    const post = async (body: object) => {
      const response = await skein.post('/api/capture', body);
      return [response.status, await response.text()];
    };
    expect(await post({ GremlinQuery: 'G.V()', BPFFilter: 'tcp port nowhere' })).toEqual([
      400,
      `BPFFilter: Not a valid BPF expression: unknown port 'nowhere' (position 9: "nowhere")\n`,
    ]);
    expect(await post({ GremlinQuery: "G.At('-1m').V()" })).toMatchObject([400, expect.stringContaining('there now')]);
    expect(await post({ GremlinQuery: 'G.Flows().Nodes()' })).toMatchObject([400, expect.stringContaining('Flows()')]);
    expect(await post({ GremlinQuery: 'G.V().Count()' })).toMatchObject([400, expect.stringContaining('gives')]);
    await skein.end();
  }));

test('without capabilities everything else runs, and a capture says what it needs', () =>
  inFolder(async (data) => {
    const NOBODY = 65534;
    const skein = await skeinUpAs(NOBODY, data);
    const response = await skein.post('/api/capture', { GremlinQuery: "G.V().Has('Name', 'lo')" });
    expect(response.status).toBe(201);
    const { UUID } = (await response.json()) as { UUID: string };
    await eventually(async () => {
      const its = await (await fetch(`${skein.url}/api/capture/${UUID}`)).json();
      expect(its).toMatchObject({ Count: 0, Failed: 1, Notes: [expect.stringContaining('CAP_NET_RAW')] });
    });
    expect(await skein.query("G.V().Has('Name', 'lo').Values('Captures.State')")).toEqual([['error']]);
    const { Captures } = (await (await fetch(`${skein.url}/api/status`)).json()) as { Captures: { Notes: string[] } };
    expect(Captures.Notes).toContainEqual(expect.stringContaining('CAP_NET_RAW'));
    expect(await skein.query('G.Flows()')).toEqual([]);
    const metrics = await (await fetch(`${skein.url}/metrics`)).text();
    expect(metrics).toMatch(/^skein_captures 1$/m);
    expect(metrics).toMatch(/^skein_capture_failed_nodes 1$/m);
    expect(metrics).toMatch(/^skein_capture_nodes\{type="afpacket"\} 0$/m);
    expect(metrics).toMatch(/^skein_flows 0$/m);
    expect(await skein.end()).toBe(0);
  }));

interface Network {
  readonly left: TestNetns;
  readonly right: TestNetns;
  /** Both ends of both veths: in the left namespace, in ours, in ours, in the right one. */
  readonly names: readonly string[];
}

/** left ── bridge in our namespace ── right */
async function inNetwork(work: (network: Network) => Promise<void>): Promise<void> {
  const tag = `sk${process.pid % 100_000}`;
  const names = ['a', 'b', 'c', 'd'].map((end) => `${tag}${end}`);
  const bridge = `${tag}br`;
  const ip = (words: string) => execFileSync('ip', words.split(' '));
  using left = new TestNetns();
  using right = new TestNetns();
  using _ = {
    [Symbol.dispose]() {
      for (const device of [bridge, names[1], names[2]])
        execFileSync('sh', ['-c', `ip link del ${device} 2>/dev/null || true`]);
    },
  };
  ip(`link add ${bridge} type bridge`);
  ip(`link set ${bridge} up`);
  for (const [index, [inside, outside, netns]] of [
    [names[0], names[1], left],
    [names[3], names[2], right],
  ].entries() as Iterable<[number, [string, string, TestNetns]]>) {
    ip(`link add ${outside} type veth peer name ${inside} netns ${netns.name}`);
    ip(`link set ${outside} master ${bridge} up`);
    netns.ip(`addr add 10.99.1.${index + 1}/24 dev ${inside}`);
    netns.ip(`link set ${inside} up`);
  }
  await work({ left, right, names });
}

async function captureOn(skein: Running, names: readonly string[]): Promise<string> {
  const query = `G.V().Has('Name', Within(${names.map((name) => `'${name}'`).join(', ')}))`;
  const response = await skein.post('/api/capture', { GremlinQuery: query });
  expect(response.status).toBe(201);
  return ((await response.json()) as { UUID: string }).UUID;
}

async function active(skein: Running, id: string, count: number): Promise<void> {
  await eventually(async () => {
    const response = await fetch(`${skein.url}/api/capture/${id}`);
    expect(await response.json()).toMatchObject({ Count: count });
  });
}

async function deleteCapture(skein: Running, id: string): Promise<void> {
  const response = await fetch(`${skein.url}/api/capture/${id}`, { method: 'DELETE' });
  expect(response.status).toBe(200);
}

async function ping(from: TestNetns, to: string): Promise<void> {
  await run('ip', ['netns', 'exec', from.name, 'ping', '-c', '3', '-i', '0.2', '-W', '2', to]);
}

async function echoes(skein: Running, flows: string): Promise<Flow[]> {
  return (await skein.query(`${flows}.Has('Network', '10.99.1.2', 'ICMP.Type', 'ECHO')`)) as Flow[];
}
