/** Packets of our own through real namespaces: blue, a router, green. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WireFlow } from '../../src/contract/flow.ts';
import type { Injection, InjectionAsked } from '../../src/injection/injection.ts';
import { injectionTypes } from '../../src/injection/injection.ts';
import { packetSeries } from '../../src/injection/packet/series.ts';
import { pcapngHeader, pcapngInterface, pcapngPacket } from '../../src/std/pcapng.ts';
import { type Running, skeinUp } from '../e2e/running.ts';
import { eventually } from '../eventually.ts';
import { probing } from '../injection/probing.ts';
import { TestNetns } from './native_netns.ts';

class World implements AsyncDisposable {
  readonly blue = new TestNetns();
  readonly red = new TestNetns();
  readonly green = new TestNetns();
  readonly skein: Running;

  private constructor(skein: (world: World) => Running) {
    const { blue, red, green } = this;
    for (const [number, netns, device] of [
      [1, blue, 'to-blue'],
      [2, green, 'to-green'],
    ] as const) {
      netns.ip(`link add eth0 type veth peer name ${device} netns ${red.name}`);
      netns.ip('link set lo up');
      netns.ip('link set eth0 up');
      red.ip(`link set ${device} up`);
      netns.ip(`addr add 10.${number}.0.2/24 dev eth0`);
      red.ip(`addr add 10.${number}.0.1/24 dev ${device}`);
      netns.ip(`addr add fd0${number}::2/64 dev eth0 nodad`);
      red.ip(`addr add fd0${number}::1/64 dev ${device} nodad`);
      netns.ip(`route add default via 10.${number}.0.1`);
      netns.ip(`-6 route add default via fd0${number}::1`);
    }
    const settings = ['net.ipv4.ip_forward=1', 'net.ipv6.conf.all.forwarding=1'];
    execFileSync('ip', ['netns', 'exec', red.name, 'sysctl', '-qw', ...settings]);
    this.skein = skein(this);
  }

  static async make(data: string): Promise<World> {
    const skein = await skeinUp(data);
    const world = new World(() => skein);
    await eventually(async () => {
      const { blue, green } = world;
      for (const { name } of [blue, green]) {
        const found = (await skein.query(`G.V().Has('Name', '${name}').Out().Has('Name', 'eth0')`)) as Found[];
        expect(found[0]?.Metadata.RoutingTables).toBeDefined();
        expect([found[0]?.Metadata.IPV4?.length, found[0]?.Metadata.IPV6?.length]).toEqual([1, 2]);
      }
    });
    return world;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.skein[Symbol.asyncDispose]();
    for (const netns of [this.blue, this.red, this.green]) netns[Symbol.dispose]();
  }
}

interface Found {
  readonly Metadata: {
    readonly IPV4?: readonly string[];
    readonly IPV6?: readonly string[];
    readonly RoutingTables?: unknown;
    readonly PacketInjections?: readonly { readonly ID: string; readonly State: string; readonly Count: number }[];
  };
}

async function inject({ skein }: World, asked: InjectionAsked): Promise<Injection> {
  const response = await skein.post('/api/injectpacket', asked);
  if (response.status !== 201) throw new Error(await response.text());
  return (await response.json()) as Injection;
}

async function read({ skein }: World, uuid: string): Promise<Injection> {
  return (await (await fetch(`${skein.url}/api/injectpacket/${uuid}`)).json()) as Injection;
}

async function done(world: World, asked: InjectionAsked): Promise<Injection> {
  const { UUID } = await inject(world, asked);
  return eventually(async () => {
    const known = await read(world, UUID);
    expect(known.EndedAt).toBeDefined();
    return known;
  });
}

function remove({ skein }: World, uuid: string): Promise<Response> {
  return fetch(`${skein.url}/api/injectpacket/${uuid}`, { method: 'DELETE' });
}

let world: World;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'skein-injection-'));
  world = await World.make(folder);
}, 60_000);

afterAll(async () => {
  await world?.[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

const source = () => `G.V().Has('Name', '${world.blue.name}').Out().Has('Name', 'eth0')`;

test('packets of each type arrive, both ways of sending, are seen at every hop by the id that was promised, and their answers are told; so are frames of a trace', async () => {
  const { blue, green, red, skein } = world;
  const veths = `G.V().Has('Name', Within('${blue.name}', '${red.name}', '${green.name}')).Out().Has('Type', 'veth')`;
  await skein.post('/api/capture', { GremlinQuery: veths });
  await eventually(async () => expect(await skein.query(`${veths}.Has('Captures.State', 'active').Count()`)).toBe(4));
  const begin = Date.now();
  const ends = { From: `${blue.name}/eth0`, To: `${green.name}/eth0` };
  const trace = done(world, { Src: source(), Pcap: traceOf(3) });
  const sent = await Promise.all(
    injectionTypes.flatMap((Type) =>
      (['link', 'stack'] as const).map((Way) =>
        done(world, { ...ends, Type, Way, Count: 3, Interval: 5, ...(!Type.startsWith('icmp') && { DstPort: 81 }) }),
      ),
    ),
  );
  expect(sent.map(({ State, Sent, Replies, Error: error }) => [State, Sent, Replies.Received, error])).toEqual(
    sent.map(() => ['completed', 3, 3, undefined]),
  );
  const kinds = ({ Replies: { EchoReply, Errors, Reset } }: Injection) =>
    EchoReply > 0 ? 'reply' : Reset > 0 ? 'reset' : Errors[0]?.Text;
  expect(sent.map((one) => `${one.Packet.Type} ${kinds(one)}`)).toEqual(
    [
      'icmp4 reply',
      'icmp6 reply',
      'tcp4 reset',
      'tcp6 reset',
      'udp4 port unreachable',
      'udp6 port unreachable',
    ].flatMap((one) => [one, one]),
  );
  for (const { Replies, Packet } of sent)
    expect([Packet.Type, Packet.Way, Replies.RTT?.Min]).toEqual([Packet.Type, Packet.Way, expect.any(Number)]);
  const replayed = await trace;
  expect([replayed.State, replayed.Sent, replayed.Packet.Type, 'Pcap' in replayed]).toEqual([
    'completed',
    3,
    'pcap',
    false,
  ]);
  // A connection that was reset may be over already.
  await eventually(async () => {
    const seen = (await skein.query(`G.Between(${begin}, NOW).Flows()`)) as WireFlow[];
    for (const { TrackingIDs, Packet } of sent) {
      // A connection that was reset is over: the next SYN begins another flow, with the same id.
      const atHops = new Map<string, number>();
      for (const { TrackingID, NodeTID, Metric } of seen)
        if (TrackingID === TrackingIDs[0]) atHops.set(NodeTID, (atHops.get(NodeTID) ?? 0) + Metric.ABPackets);
      const counts = [...atHops.values()];
      expect([Packet.Type, Packet.Way, counts]).toEqual([Packet.Type, Packet.Way, [3, 3, 3, 3]]);
    }
    const frames = seen.filter(({ Link }) => Link?.A === '02:00:00:00:00:01' && Link.B === '02:00:00:00:00:02');
    expect(frames.map(({ Metric }) => Metric.ABPackets)).toEqual([3, 3]);
    expect(frames.map(({ TrackingID }) => [TrackingID])).toEqual([replayed.TrackingIDs, replayed.TrackingIDs]);
  });
}, 60_000);

test('a neighbour is asked for, a route used; what is in the way says so', async () => {
  const Src = source();
  const from = { From: `netns:${world.blue.name}` };
  const [routed, nobody, short, short6] = await Promise.all([
    done(world, { Src, DstIP: '10.2.0.2/24', Count: 2 }),
    done(world, { Src, DstIP: '10.1.0.77' }),
    done(world, { ...from, To: '10.2.0.2', Type: 'udp4', DstPort: 9, TTL: 1 }),
    done(world, { ...from, To: 'fd02::2', Type: 'udp6', DstPort: 9, TTL: 1 }),
  ]);
  // The router's MAC is that of its end of the wire; nobody has the other address.
  const shown = execFileSync('ip', ['-n', world.red.name, '-o', 'link', 'show', 'to-blue']).toString();
  expect([routed.State, routed.Packet.DstMAC]).toEqual(['completed', /link\/ether (\S+)/.exec(shown)?.[1]]);
  expect([nobody.State, nobody.Error]).toEqual([
    'failed',
    expect.stringMatching(/^Failed to resolve destination MAC address: nobody behind eth0 answers for 10\.1\.0\.77/),
  ]);
  // A router on the way says where it ends.
  expect(short.Replies.Errors).toMatchObject([{ Text: 'TTL exceeded', From: '10.1.0.1', Count: 1 }]);
  expect([short6.Packet.Way, short6.Packet.SrcIP]).toEqual(['stack', 'fd01::2']);
  expect(short6.Replies.Errors).toMatchObject([{ From: 'fd01::1', Count: 1 }]);
  // What a namespace does not let out is told, of each family.
  const rules =
    'add table inet t; add chain inet t out { type filter hook output priority 0; }; add rule inet t out udp dport 9 drop';
  execFileSync('ip', ['netns', 'exec', world.blue.name, 'nft', rules]);
  const filtered = await Promise.all([
    done(world, { ...from, To: '10.2.0.2', Type: 'udp4', DstPort: 9 }),
    done(world, { ...from, To: 'fd02::2', Type: 'udp6', DstPort: 9 }),
  ]);
  for (const { State, Sent, Error: error } of filtered)
    expect([State, Sent, error]).toEqual(['failed', 0, expect.stringMatching(/packet filter/)]);
}, 60_000);

test('an answer counts that a program there would hear: from who was asked, or as the namespace itself translates it', async () => {
  const { blue, green, red } = world;
  const from = { From: `netns:${blue.name}`, Type: 'tcp4', Wait: 300 } as const;
  const nft = ({ name }: TestNetns, rules: string) => execFileSync('ip', ['netns', 'exec', name, 'nft', rules]);
  // The router sends it to green, which answers by another way: to blue nobody it has asked says anything.
  blue.ip(`link add direct type veth peer name direct netns ${green.name}`);
  for (const netns of [blue, green]) netns.ip('link set direct up');
  blue.ip('addr add 10.3.0.1/24 dev direct');
  green.ip('addr add 10.3.0.2/24 dev direct');
  const chain = (hook: string) =>
    `add table ip n; add chain ip n c { type nat hook ${hook} priority -100; }; add rule ip n c`;
  nft(red, `${chain('prerouting')} ip daddr 10.9.9.9 dnat to 10.2.0.2`);
  nft(blue, `${chain('output')} ip daddr 10.9.9.8 tcp dport 80 dnat to 10.2.0.2:90`);
  const serving = "require('net').createServer().listen(90, () => console.log('up'))";
  const server = spawn('ip', ['netns', 'exec', green.name, process.execPath, '-e', serving]);
  await once(server.stdout, 'data');
  try {
    const [back, own] = await Promise.all([
      done(world, { ...from, To: '10.9.9.9', DstPort: 90 }),
      done(world, { ...from, To: '10.9.9.8', DstPort: 80 }),
    ]);
    expect([back.Replies, own.Replies]).toMatchObject([{ SynAck: 1 }, { SynAck: 1 }]);
    green.ip('route add 10.1.0.2/32 via 10.3.0.1');
    const astray = await done(world, { ...from, To: '10.9.9.9', DstPort: 90 });
    expect(astray).toMatchObject({ State: 'completed', Sent: 1, Replies: { Received: 0 } });
  } finally {
    server.kill('SIGKILL');
  }
  green.ip('route del 10.1.0.2/32');
}, 60_000);

test('over IPv6 answers that say nothing of their packet are told as guesses, echoes of packets that grow are known, and an address of a link is reached by its interface', async () => {
  const { blue, green, red } = world;
  // Answers the first when the third has come; what it sends back is its own, or what came.
  const serving = `
    const socket = require('dgram').createSocket('udp6');
    const waiting = [];
    socket.on('message', (data, { port, address }) => {
      waiting.push([data, port, address]);
      if (waiting.length < 3) return;
      for (const [data, port, address] of waiting.splice(0))
        socket.send(data.toString().startsWith('own') ? 'something' : data, port, address);
    });
    socket.bind(84, () => console.log('up'));`;
  const server = spawn('ip', ['netns', 'exec', green.name, process.execPath, '-e', serving]);
  await once(server.stdout, 'data');
  try {
    const asked = {
      From: `netns:${blue.name}`,
      To: 'fd02::2',
      Type: 'udp6',
      DstPort: 84,
      Count: 3,
      Interval: 20,
    } as const;
    const own = await done(world, { ...asked, Payload: 'own' });
    // Of the last that was answered it is known: the two before may be of either.
    expect(own.Replies).toMatchObject({ Received: 3, Datagram: 3, RTT: { Guessed: 2 } });
    const grown = await done(world, { ...asked, Payload: 'echo', IncrementPayload: 1 });
    expect(grown.Replies).toMatchObject({ Received: 3, Datagram: 3, RTT: { Min: expect.any(Number) } });
    expect(grown.Replies.RTT?.Guessed).toBeUndefined();
  } finally {
    server.kill('SIGKILL');
  }
  // Behind each of the two interfaces of the router there is one.
  const shown = execFileSync('ip', [
    '-n',
    green.name,
    '-6',
    '-o',
    'addr',
    'show',
    'dev',
    'eth0',
    'scope',
    'link',
  ]).toString();
  const its = /inet6 (fe80:[0-9a-f:]+)/.exec(shown)?.[1] ?? '';
  const from = { From: `netns:${red.name}`, Wait: 300 };
  // A kernel looks for a second or two whether anybody else has such an address.
  await eventually(async () => {
    const near = await done(world, { ...from, To: `${its}%to-green` });
    expect([near.Packet.DstIP, near.Packet.Name, near.Replies.EchoReply]).toEqual([its, 'to-green', 1]);
    await expect(inject(world, { ...from, To: its })).rejects.toThrow(/is an address of one link, and .* has several/);
  });
  const far = await done(world, { ...from, To: `${its}%to-blue` });
  expect([far.Packet.Name, far.Replies.EchoReply]).toEqual(['to-blue', 0]);
}, 60_000);

test('who asks for it is told which kernel dropped its packets, where and why', async () => {
  const { blue, green } = world;
  const rules =
    'add table inet t; add chain inet t in { type filter hook input priority 0; }; add rule inet t in tcp dport 82 drop';
  execFileSync('ip', ['netns', 'exec', green.name, 'nft', rules]);
  const { Dropped } = await done(world, {
    ...{ From: `netns:${blue.name}`, To: '10.2.0.2', Type: 'tcp4', DstPort: 82, Count: 2, Wait: 300, Drops: true },
  });
  const at = { Place: `${green.name}/eth0`, From: '10.1.0.2', To: '10.2.0.2' };
  expect(Dropped).toMatchObject([
    { ...at, Count: 2, Reason: 'NETFILTER_DROP', Words: expect.stringMatching(/packet filter/) },
  ]);
}, 60_000);

test('an injection is deleted while it runs, and one whose interface goes ends', async () => {
  const { blue, green, skein } = world;
  const Src = source();
  const entries = async () => ((await skein.query(Src)) as Found[])[0]?.Metadata.PacketInjections;
  const asked = { Src, Dst: Src.replace(blue.name, green.name), Count: 1000, Interval: 20 };
  // Deleted while it runs: nothing is sent any more, and nothing is left at the node.
  const [endless, lonely] = await Promise.all([inject(world, asked), inject(world, asked)]);
  for (const { UUID } of [endless, lonely])
    await eventually(async () => expect((await read(world, UUID)).Sent).toBeGreaterThan(2));
  await eventually(async () =>
    expect(await entries()).toContainEqual(expect.objectContaining({ ID: endless.UUID, State: 'active' })),
  );
  expect((await remove(world, endless.UUID)).status).toBe(200);
  expect((await remove(world, endless.UUID)).status).toBe(404);
  await eventually(async () => expect((await entries())?.some(({ ID }) => ID === endless.UUID)).not.toBe(true));

  blue.ip('link del eth0');
  await eventually(async () =>
    expect(await read(world, lonely.UUID)).toMatchObject({
      State: 'failed',
      Error: expect.stringMatching(/eth0 is gone/),
    }),
  );
  expect((await skein.post('/api/injectpacket', { Src, DstIP: '10.2.0.2' })).status).toBe(400);
  expect(await skein.end()).toBe(0);
}, 60_000);

function traceOf(count: number): string {
  const macs = { source: Uint8Array.of(2, 0, 0, 0, 0, 1), destination: Uint8Array.of(2, 0, 0, 0, 0, 2) };
  const frame = packetSeries(probing('udp4'), macs);
  const packets = Array.from({ length: count }, (_, at) => {
    const bytes = frame(at);
    return pcapngPacket({ interface: 0, timestampNs: BigInt(at) * 5_000_000n, data: bytes, length: bytes.length });
  });
  const file = [pcapngHeader('test'), pcapngInterface({ linkType: 1, snapLength: 0 }), ...packets];
  return Buffer.concat(file).toString('base64');
}
