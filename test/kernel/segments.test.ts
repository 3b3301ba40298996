/**
 * Packets that the kernel puts together (GSO) count as what goes over a wire, whoever counts: between two veths they are
 * handed over in one piece. Needs root.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afpacket } from '../../src/capture/afpacket/index.ts';
import { ebpf } from '../../src/capture/ebpf/index.ts';
import type { Mechanism } from '../../src/capture/mechanism.ts';
import { openPacketDoor } from '../../src/native/index.ts';
import { contextOf } from '../capture/context.ts';
import { addUp, indexOf, type Seen } from './ebpf_world.ts';
import { TestNetns } from './native_netns.ts';

const door = openPacketDoor();
const BYTES = 20_000_000;

test.each([
  ['from Ethernet on', 256],
  ['cut off before its payload', 40],
])('bulk TCP is counted alike by ebpf and afpacket at both ends, %s', async (_, headerSize) => {
  using world = new Ends();
  const together = await world.bulk(headerSize);
  expect(together.map(({ name }) => name)).toEqual(['ebpf va', 'ebpf vb', 'afpacket va', 'afpacket vb']);
  for (const { packets, bytes } of together) expect({ packets, bytes }).toEqual(pick(together[0]));
  expect(together[0]?.packets[0]).toBeGreaterThanOrEqual(Math.ceil(BYTES / 1448));
  expectPayload(together[0]);

  world.separate();
  const apart = await world.bulk(headerSize);
  for (const { packets, bytes } of apart) expect({ packets, bytes }).toEqual(pick(apart[0]));
  expectPayload(apart[0]);
});

function bulkOf(seen: Map<bigint, Seen>): Pick<Counted, 'packets' | 'bytes'> {
  const [most] = [...seen.values()].sort((a, b) => b.bytes[0] - a.bytes[0]);
  if (!most) throw new Error('nothing was seen');
  return most;
}

interface Counted {
  readonly name: string;
  readonly packets: readonly [sent: number, received: number];
  readonly bytes: readonly [sent: number, received: number];
}

const pick = (counted: Counted | undefined) => ({ packets: counted?.packets, bytes: counted?.bytes });

/** Ethernet, IPv4 and TCP with time stamps are 66 bytes, 8 more of a SYN. A busy machine makes TCP send some again. */
function expectPayload(counted: Counted | undefined): void {
  const payload = (counted?.bytes[0] ?? 0) - 66 * (counted?.packets[0] ?? 0) - 8;
  expect(payload).toBeGreaterThanOrEqual(BYTES);
  expect(payload).toBeLessThan(BYTES * 1.25);
}

/** All of it arrives: whoever sends waits for whoever reads. */
const server = `require('net').createServer((socket) => socket.resume().on('end', () => socket.end(() => process.exit())))
  .listen(5201, () => console.log('listening'))`;
const client = `const socket = require('net').connect(5201, '10.77.0.2');
  socket.resume().on('end', () => process.exit());
  socket.end(Buffer.alloc(${BYTES}))`;

class Ends {
  readonly from = new TestNetns();
  readonly to = new TestNetns();

  constructor() {
    this.from.ip(`link add va type veth peer name vb netns ${this.to.name}`);
    for (const { netns, name, address } of this.#ends) {
      this.#inside(netns, 'sysctl', '-qw', 'net.ipv6.conf.all.disable_ipv6=1');
      netns.ip(`addr add ${address}/24 dev ${name}`);
      netns.ip(`link set ${name} up`);
    }
  }

  get #ends() {
    return [
      { netns: this.from, name: 'va', address: '10.77.0.1' },
      { netns: this.to, name: 'vb', address: '10.77.0.2' },
    ];
  }

  /** From now on every packet goes by itself. */
  separate(): void {
    for (const { netns, name } of this.#ends) {
      this.#inside(netns, 'ethtool', '-K', name, 'tso', 'off', 'gso', 'off', 'gro', 'off');
    }
  }

  /** One connection with all the payload, as each has counted it. */
  async bulk(headerSize: number): Promise<Counted[]> {
    await using captures = new AsyncDisposableStack();
    const counting: { readonly name: string; readonly seen: Map<bigint, Seen> }[] = [];
    for (const [type, mechanism] of [
      ['ebpf', ebpf],
      ['afpacket', afpacket],
    ] as const satisfies readonly (readonly [string, Mechanism])[]) {
      for (const { netns, name } of this.#ends) {
        const place = { name, netns: netns.path, ifIndex: indexOf(netns, name) };
        const seen = new Map<bigint, Seen>();
        const { context } = contextOf(door, { headerSize }, { place });
        // Told apart by their sources where they share what counts.
        const observe = (bytes: Uint8Array) => void addUp(seen, bytes);
        const sink = { ...context.sink, source: counting.length + 1, observe };
        captures.use(await mechanism.start({ ...context, sink }));
        counting.push({ name: `${type} ${name}`, seen });
      }
    }
    const reading = spawn('ip', ['netns', 'exec', this.to.name, process.execPath, '-e', server]);
    await once(reading.stdout, 'data');
    this.#inside(this.from, process.execPath, '-e', client);
    if (reading.exitCode === null) await once(reading, 'exit');
    await captures.disposeAsync();
    return counting.map(({ name, seen }) => ({ name, ...bulkOf(seen) }));
  }

  #inside(netns: TestNetns, ...command: string[]): void {
    execFileSync('ip', ['netns', 'exec', netns.name, ...command]);
  }

  [Symbol.dispose](): void {
    this.from[Symbol.dispose]();
    this.to[Symbol.dispose]();
  }
}
