/** Real exporters of real traffic: what they tell is the same conversation that a packet socket sees. Needs root. */
import { execFile } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ipfix } from '../../src/capture/ipfix/index.ts';
import type { Mechanism, Running } from '../../src/capture/mechanism.ts';
import { netflow } from '../../src/capture/netflow/index.ts';
import { sflow } from '../../src/capture/sflow/index.ts';
import { rawPacketLayout } from '../../src/flow/layout.ts';
import { openPacketDoor } from '../../src/native/index.ts';
import { asked, place } from '../capture/asked.ts';
import { Kept, summed, type Told, told } from '../capture/told.ts';
import { eventually } from '../eventually.ts';
import { isRoot } from './netlinkrun.ts';
import { hasOvs, hasSoftflowd, SwitchedHosts } from './switched.ts';

const withOvs = isRoot && hasOvs ? test : test.skip;
const withSoftflowd = isRoot && hasOvs && hasSoftflowd ? test : test.skip;
const door = openPacketDoor();

class Listening implements AsyncDisposable {
  readonly sink = new Kept();
  readonly running: Running;
  readonly port: number;

  constructor(port: number, start: (sink: Kept) => Running) {
    this.port = port;
    this.running = start(this.sink);
  }

  conversation(a: string, b: string): Told | undefined {
    return [...summed(this.sink.observations).values()].find((one) => one.a === a && one.b === b);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.running[Symbol.asyncDispose]();
  }
}

async function listening(mechanism: Mechanism): Promise<Listening> {
  const port = await freePort();
  const sink = new Kept();
  const log = { info() {}, warn() {} };
  const running = await mechanism.start({ door, place, options: { ...asked, port }, sink, nowMs: Date.now, log });
  expect(running.listens).toBe(`udp 127.0.0.1:${port}`);
  return Object.assign(new Listening(port, () => running), { sink });
}

async function freePort(): Promise<number> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  return port;
}

/** What a packet socket at the port of the left host sees meanwhile. */
async function packetsOf(
  hosts: SwitchedHosts,
  during: () => Promise<void>,
  packets: Uint8Array[] = [],
): Promise<readonly Told[]> {
  const seen: Told[] = [];
  const socket = await door.openPackets(
    {
      netns: hosts.middle.path,
      interfaceName: 'pl',
      source: 1,
      isL3Key: true,
      rawPacketLimit: 1_000,
      rawBytes: 256,
      snapLength: 256,
      drainMs: 20,
      ringBytes: 4 << 20,
    },
    (observations, raw) => {
      seen.push(...told(observations));
      packets.push(raw.slice());
    },
  );
  await during();
  await eventually(() => expect(socketOf(seen)?.ba[0]).toBeGreaterThan(20));
  await socket.close();
  return seen;
}

const client = '10.7.0.1:40000';
const server = '10.7.0.2:8080';

function socketOf(seen: readonly Told[]): Told | undefined {
  return [...summed(seen).values()].find(({ a, b }) => a === client && b === server);
}

withOvs(
  'sFlow, NetFlow and IPFIX of Open vSwitch tell the conversation that packets show',
  async () => {
    await using hosts = await SwitchedHosts.start();
    await using samples = await listening(sflow);
    await using records5 = await listening(netflow);
    await using records10 = await listening(ipfix);
    await hosts.relay(6343, samples.port);
    await hosts.relay(2055, records5.port);
    await hosts.relay(4739, records10.port);
    hosts.ovs(
      ...[
        '--',
        '--id=@s',
        'create',
        'sflow',
        'agent=lo',
        'target="127.0.0.1:6343"',
        'header=128',
        'sampling=1',
        'polling=1',
      ],
      ...['--', '--id=@n', 'create', 'netflow', 'targets="127.0.0.1:2055"', 'active_timeout=1'],
      ...[
        '--',
        '--id=@i',
        'create',
        'ipfix',
        'targets="127.0.0.1:4739"',
        'sampling=1',
        'obs_domain_id=7',
        'obs_point_id=9',
      ],
      ...['cache_active_timeout=1', '--', 'set', 'bridge', 'br0', 'sflow=@s', 'netflow=@n', 'ipfix=@i'],
    );
    const seen = await packetsOf(hosts, () => hosts.traffic());
    const expected = socketOf(seen);
    expect(expected).toMatchObject({ path: 'Ethernet/IPv4/TCP', isCertain: true });

    const same = { trackingId: expected?.trackingId, ab: expected?.ab, ba: expected?.ba };
    await eventually(() => expect(samples.conversation(client, server)).toMatchObject({ ...same, isCertain: true }));
    await eventually(() => expect(records10.conversation(client, server)).toMatchObject(same));
    // Open vSwitch's NetFlow counts from the link layer on.
    await eventually(() => expect(records5.conversation(client, server)).toMatchObject(same));

    const ping = [...summed(seen).values()].find(({ path }) => path === 'Ethernet/IPv4/ICMPv4');
    expect(samples.conversation('10.7.0.1:0', '10.7.0.2:0')).toMatchObject({
      trackingId: ping?.trackingId,
      ab: [3, 294],
      ba: [3, 294],
    });
    // Its records have no id of a ping, so they are no particular one; who pinged they tell.
    await eventually(() => {
      for (const records of [records5, records10])
        expect(records.conversation('10.7.0.1:0', '10.7.0.2:0')).toMatchObject({
          ...{ isCertain: true, ab: [3, 294], ba: [3, 294] },
        });
    });

    await eventually(() => expect(samples.sink.series.SFlow?.IfInOctets).toBeGreaterThan(40_000));
    for (const { sink, running } of [samples, records5, records10]) {
      expect(sink.losses).toEqual({});
      expect(running.stats().packetsReceived).toBeGreaterThan(40);
    }
  },
  120_000,
);

withSoftflowd.each<[string, Mechanism, readonly string[], number]>([
  ['NetFlow 5', netflow, ['-v', '5'], 0],
  ['NetFlow 9', netflow, ['-v', '9'], 0],
  ['NetFlow 9 with MACs', netflow, ['-v', '9', '-T', 'ether'], 14],
  ['IPFIX', ipfix, ['-v', '10'], 0],
  ['IPFIX of both directions at once', ipfix, ['-v', '10', '-b', '-T', 'ether', '-A', 'milli'], 14],
])(
  '%s of softflowd tells the conversation that packets show',
  async (_, mechanism, version, linkBytes) => {
    await using records = await listening(mechanism);
    const { seen, file } = await recorded();
    const to = `127.0.0.1:${records.port}`;
    await promisify(execFile)('softflowd', ['-d', '-c', 'none', '-p', `${file}.pid`, '-r', file, '-n', to, ...version]);
    const expected = socketOf(seen) as Told;
    // Without MACs it counts from the network layer on.
    const counted = ([packets, bytes]: readonly [number, number]) => [packets, bytes - (14 - linkBytes) * packets];
    await eventually(() =>
      expect(records.conversation(client, server)).toMatchObject({
        trackingId: expected.trackingId,
        path: linkBytes > 0 ? 'Ethernet/IPv4/TCP' : 'IPv4/TCP',
        ab: counted(expected.ab),
        ba: counted(expected.ba),
      }),
    );
    // The clock of version 9 and of IPFIX goes by seconds.
    const { firstMs, lastMs } = records.conversation(client, server) as Told;
    expect(Math.abs(firstMs - expected.firstMs)).toBeLessThan(1_100);
    expect(Math.abs(lastMs - expected.lastMs)).toBeLessThan(1_100);
    expect(records.sink.losses).toEqual({});
  },
  120_000,
);

let recording: Promise<{ seen: readonly Told[]; file: string }> | undefined;
const folder = mkdtempSync(join(tmpdir(), 'skein-exporters-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The traffic once, as conversations and as a capture file. */
function recorded(): Promise<{ seen: readonly Told[]; file: string }> {
  recording ??= (async () => {
    await using hosts = await SwitchedHosts.start();
    const packets: Uint8Array[] = [];
    const seen = await packetsOf(hosts, () => hosts.traffic(), packets);
    const file = join(folder, 'traffic.pcap');
    writeFileSync(file, Buffer.concat([pcapHead(), ...packets.flatMap(pcapPackets)]));
    return { seen, file };
  })();
  return recording;
}

/** pcap(5): version 2.4, Ethernet. */
function pcapHead(): Buffer {
  const head = Buffer.alloc(24);
  head.writeUInt32LE(0xa1b2c3d4, 0);
  head.writeUInt16LE(2, 4);
  head.writeUInt16LE(4, 6);
  head.writeUInt32LE(65_535, 16);
  head.writeUInt32LE(1, 20);
  return head;
}

function pcapPackets(raw: Uint8Array): Buffer[] {
  const bytes = Buffer.from(raw);
  const parts: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const captured = bytes.readUInt32LE(at + rawPacketLayout.captured);
    const ms = bytes.readDoubleLE(at + rawPacketLayout.ms);
    const head = Buffer.alloc(16);
    head.writeUInt32LE(Math.floor(ms / 1_000), 0);
    head.writeUInt32LE(Math.floor((ms % 1_000) * 1_000), 4);
    head.writeUInt32LE(captured, 8);
    head.writeUInt32LE(bytes.readUInt32LE(at + rawPacketLayout.length), 12);
    const from = at + rawPacketLayout.headBytes;
    parts.push(head, bytes.subarray(from, from + captured));
    at = from + Math.ceil(captured / 8) * 8;
  }
  return parts;
}

test('a port that is taken is told with what would do', async () => {
  await using first = await listening(netflow);
  const log = { info() {}, warn() {} };
  const again = netflow.start({
    door,
    place,
    options: { ...asked, port: first.port },
    sink: new Kept(),
    nowMs: Date.now,
    log,
  });
  await expect(again).rejects.toThrow(
    `cannot listen on udp 127.0.0.1 port ${first.port} (EADDRINUSE): needs another port`,
  );
});

test('datagrams that the kernel has no room for are counted', async () => {
  await using listener = await listening(netflow);
  const socket = createSocket('udp4');
  // The event loop does not turn while these are sent: more than the buffer takes.
  const big = new Uint8Array(60_000);
  for (let i = 0; i < 1_000; i++) socket.send(big, listener.port, '127.0.0.1');
  await eventually(() => {
    const { losses } = listener.sink;
    const dropped = losses['socket: datagrams dropped by the kernel'] ?? 0;
    expect(dropped).toBeGreaterThan(0);
    expect(dropped + (losses['decoder: datagrams that are neither NetFlow 5, 9 nor IPFIX'] ?? 0)).toBe(1_000);
  });
  socket.close();
});
