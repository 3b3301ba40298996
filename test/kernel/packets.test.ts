/** Packet sockets on a real kernel. Needs root. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openPacketDoor } from '../../src/native/index.ts';
import type { PacketSocket, PacketsOptions } from '../../src/native/packets.ts';
import { type Observed, observed } from '../capture/observed.ts';
import { eventually } from '../eventually.ts';
import { compiled } from './compiled.ts';
import { TestNetns } from './native_netns.ts';

const door = openPacketDoor();
const flood = compiled('flood');
const ETHERNET = 1;

/** Two ends of a veth pair in a namespace, both up; nobody but the test sends there. */
class Pair extends TestNetns {
  constructor() {
    super();
    execFileSync('ip', [
      'netns',
      'exec',
      this.name,
      'sysctl',
      '-qw',
      'net.ipv6.conf.all.disable_ipv6=1',
      'net.ipv6.conf.default.disable_ipv6=1',
    ]);
    this.ip('link add near type veth peer name far');
    for (const name of ['near', 'far', 'lo']) this.ip(`link set ${name} up`);
  }

  run(...command: string[]): string {
    return execFileSync('ip', ['netns', 'exec', this.name, ...command], { encoding: 'utf8' });
  }

  flood(...options: (string | number)[]): void {
    this.run(flood, ...options.map(String));
  }

  /** Packets and bytes that an interface has received and sent. */
  counted(name: string): { packets: number; bytes: number } {
    const [
      {
        stats64: { rx, tx },
      },
    ] = JSON.parse(this.run('ip', '-s', '-j', 'link', 'show', 'dev', name));
    return { packets: rx.packets + tx.packets, bytes: rx.bytes + tx.bytes };
  }
}

interface Capture extends AsyncDisposable {
  readonly socket: PacketSocket;
  readonly seen: Observed[];
  /** Of what was handed over. */
  packets(): number;
  /** Resolves when so many have come: what was sent may be on its way still. */
  got(packets: number): Promise<void>;
  readonly ended: Promise<string>;
}

async function capture(
  netns: TestNetns,
  interfaceName: string,
  options: Partial<PacketsOptions> & { readonly text?: string } = {},
): Promise<Capture> {
  const seen: Observed[] = [];
  const { text, ...others } = options;
  const filter = text === undefined ? {} : { filter: door.compileFilter(text, ETHERNET, 256) };
  const asked = { netns: netns.path, interfaceName, source: 3, snapLength: 256, drainMs: 20, ringBytes: 8 << 20 };
  const socket = await door.openPackets({ ...asked, ...filter, ...others }, (observations) => {
    seen.push(...observed(observations));
  });
  const { promise: ended, resolve } = Promise.withResolvers<string>();
  socket.onEnd(resolve);
  return {
    socket,
    seen,
    ended,
    packets: () => seen.reduce((sum, { packets }) => sum + packets, 0),
    got: (packets) => eventually(() => expect(socket.stats().received).toBeGreaterThanOrEqual(packets)),
    [Symbol.asyncDispose]: () => socket.close(),
  };
}

test('at full rate every packet that passes an interface is counted, or said to be lost', async () => {
  using pair = new Pair();
  await using far = await capture(pair, 'far');
  await using near = await capture(pair, 'near');
  pair.flood('near', 300_000, 1000, 120);
  const { packets: passed, bytes } = pair.counted('far');
  for (const { socket, seen, packets, got } of [far, near]) {
    await got(passed);
    await socket.close();
    const { received, dropped, packets: decoded, bytes: decodedBytes } = socket.stats();
    expect({ received, told: packets() + dropped, decoded }).toEqual({
      received: passed,
      told: passed,
      decoded: passed - dropped,
    });
    expect(passed).toBe(300_000);
    if (dropped === 0) expect(decodedBytes).toBe(bytes);
    expect(seen.every(({ source, layers }) => source === 3 && layers === 'Ethernet/IPv4/UDP')).toBe(true);
    // 1,000 senders and 4,096 ports: as many conversations as flows.
    expect(new Set(seen.map(({ ports }) => ports.join())).size).toBe(1000);
  }
});

test('on the loopback each packet is seen once', async () => {
  using pair = new Pair();
  await using capturing = await capture(pair, 'lo');
  pair.run('ping', '-q', '-c', '3', '-i', '0.01', '127.0.0.1');
  await capturing.got(6);
  await capturing.socket.close();
  // Requests and replies; the kernel shows each when it is sent and when it is received.
  expect(capturing.packets()).toBe(6);
  expect(capturing.socket.stats().received).toBe(6);
});

test('VLAN tags are seen that the kernel has taken off, on both sides of a link', async () => {
  using pair = new Pair();
  for (const name of ['near', 'far']) {
    await using capturing = await capture(pair, name);
    pair.flood('near', 10, 1, 100, 42);
    pair.flood('near', 10, 1, 100, 7, 42);
    await capturing.got(20);
    await capturing.socket.close();
    const told = capturing.seen.map(({ layers, vlan, packets, bytes }) => `${layers} ${vlan}: ${packets}, ${bytes} B`);
    expect({ name, told: told.sort() }).toEqual({
      name,
      told: ['Ethernet/Dot1Q/Dot1Q/IPv4/UDP 7: 10, 1000 B', 'Ethernet/Dot1Q/IPv4/UDP 42: 10, 1000 B'],
    });
  }
});

test.each([
  ['udp dst port 10000', 300],
  ['tcp', 0],
  ['src host 10.0.0.1', 3],
  ['vlan 42', 20],
  ['vlan 42 and udp dst port 10000 and src host 10.0.0.1', 2],
  ['vlan 43', 0],
  ['not vlan', 300],
])('a filter "%s" is honoured by what is counted', async (text, expected) => {
  using pair = new Pair();
  for (const name of ['near', 'far']) {
    await using capturing = await capture(pair, name, { text });
    pair.flood('near', 300, 100);
    pair.flood('near', 20, 10, 64, 42);
    // Where nothing is asked of tags, one that the kernel took off is not in the way, as with tcpdump.
    const tagged =
      name === 'far' && !text.includes('vlan') ? ({ 'udp dst port 10000': 20, 'src host 10.0.0.1': 2 }[text] ?? 0) : 0;
    await capturing.got(expected + tagged);
    await capturing.socket.close();
    expect({ name, packets: capturing.packets() }).toEqual({ name, packets: expected + tagged });
  }
});

test('packets are looked at as far as was asked, and count in full', async () => {
  using pair = new Pair();
  await using capturing = await capture(pair, 'far', { snapLength: 42 });
  pair.flood('near', 5, 1, 1400);
  await capturing.got(5);
  await capturing.socket.close();
  expect(capturing.seen).toEqual([expect.objectContaining({ packets: 5, bytes: 7000, layers: 'Ethernet/IPv4/UDP' })]);
});

test('who does not read is told how much he missed', async () => {
  using pair = new Pair();
  // The whole process stands still, so its reader does too.
  const program = `
    import { openPacketDoor } from ${JSON.stringify(new URL('../../src/native/index.ts', import.meta.url).href)};
    let packets = 0;
    const socket = await openPacketDoor().openPackets(
      { netns: '${pair.path}', interfaceName: 'far', source: 1, snapLength: 128, drainMs: 20, ringBytes: 65536 },
      (bytes) => {
        const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
        for (let at = 0; at < bytes.length; at += view.getUint16(at, true)) packets += view.getFloat64(at + 120, true) + view.getFloat64(at + 136, true);
      });
    process.stdin.once('data', async () => {
      // The last may be on their way still.
      for (let i = 0; i < 1000 && socket.stats().received < 5000; i++) await new Promise((then) => setTimeout(then, 10));
      await socket.close();
      console.log(JSON.stringify({ ...socket.stats(), told: packets }));
      process.exit();
    });
    console.log('open');
  `;
  const options = ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', program];
  const child = spawn(process.execPath, options, { stdio: ['pipe', 'pipe', 'inherit'] });
  try {
    await once(child.stdout, 'data');
    child.kill('SIGSTOP');
    pair.flood('near', 5000);
    child.kill('SIGCONT');
    child.stdin.write('end');
    const [line] = await once(child.stdout, 'data');
    const { received, dropped, freezes, told } = JSON.parse(String(line));
    expect(received).toBe(5000);
    expect(dropped).toBeGreaterThan(1000);
    expect(freezes).toBeGreaterThan(0);
    expect(told + dropped).toBe(5000);
  } finally {
    child.kill('SIGKILL');
  }
});

test('of an interface that is deleted the last packets are told, and its end', async () => {
  using pair = new Pair();
  await using capturing = await capture(pair, 'far', { drainMs: 10_000 });
  pair.flood('near', 100);
  await capturing.got(100);
  pair.ip('link del near');
  expect(await capturing.ended).toBe('ENODEV');
  expect(capturing.packets()).toBe(100);
  expect(capturing.socket.stats()).toMatchObject({ received: 100, packets: 100 });
  await capturing.socket.close();
});

test('an interface that goes down and up again is captured on, as is one that is not up yet', async () => {
  using pair = new Pair();
  pair.ip('link set far down');
  await using capturing = await capture(pair, 'far');
  for (let round = 1; round <= 2; round++) {
    pair.ip('link set far up');
    await eventually(() => expect(pair.run('ip', 'link', 'show', 'near')).toContain('LOWER_UP'));
    pair.flood('near', 10);
    await eventually(() => expect(capturing.packets()).toBe(10 * round));
    pair.ip('link set far down');
  }
});

test('an interface that moves to another namespace has gone', async () => {
  using pair = new Pair();
  using other = new TestNetns();
  await using capturing = await capture(pair, 'far');
  pair.ip(`link set far netns ${other.name}`);
  expect(await capturing.ended).toBe('ENODEV');
});

test('an interface is promiscuous as long as it is captured', async () => {
  using pair = new Pair();
  const promiscuity = () => JSON.parse(pair.run('ip', '-d', '-j', 'link', 'show', 'far'))[0].promiscuity;
  const capturing = await capture(pair, 'far');
  expect(promiscuity()).toBe(1);
  await capturing.socket.close();
  expect(promiscuity()).toBe(0);
});

test('of an interface without Ethernet the packets begin with IP', async () => {
  using pair = new Pair();
  const tun = compiled(join(import.meta.dirname, 'packets_tun.c'));
  const holder = spawn('ip', ['netns', 'exec', pair.name, tun, 'tun'], { stdio: ['pipe', 'pipe', 'inherit'] });
  try {
    await once(holder.stdout, 'data');
    pair.ip('addr add 10.8.0.1/24 dev tun');
    pair.ip('link set tun up');
    await using capturing = await capture(pair, 'tun');
    expect(capturing.socket.linkType).toBe(101);
    expect(() => pair.run('ping', '-q', '-c', '1', '-W', '0.1', '10.8.0.2')).toThrow();
    await capturing.socket.close();
    expect(capturing.seen).toEqual([expect.objectContaining({ layers: 'IPv4/ICMPv4', packets: 1, bytes: 84 })]);
  } finally {
    holder.stdin.end();
    await once(holder, 'close');
  }
});

test('when it closes, what was under way is told before, and nothing after', async () => {
  using pair = new Pair();
  const capturing = await capture(pair, 'far', { drainMs: 60_000 });
  pair.flood('near', 1000);
  await capturing.got(1000);
  const [first, again] = [capturing.socket.close(), capturing.socket.close()];
  await first;
  expect(capturing.packets()).toBe(1000);
  await again;
  await capturing.socket.close();
  pair.flood('near', 10);
  await sleep(50);
  expect(capturing.packets()).toBe(1000);
  expect(capturing.socket.stats()).toMatchObject({ received: 1000, packets: 1000, dropped: 0 });
});

test('failures say what was attempted, and have errno as their code', async () => {
  using pair = new Pair();
  const refusals: [Partial<PacketsOptions>, string, string][] = [
    [{ interfaceName: 'none' }, 'ENODEV', 'find none'],
    [{ interfaceName: 'a name far too long for a device' }, 'ENODEV', 'find a name'],
    [{ netns: '/run/netns/none' }, 'ENOENT', 'setns /run/netns/none'],
    [{ filter: new Uint8Array(8).fill(0xff) }, 'EINVAL', 'attach a filter'],
  ];
  for (const [options, code, attempt] of refusals) {
    const error = await capture(pair, 'far', options).catch((caught) => caught);
    expect(error.code).toBe(code);
    expect(error.message).toContain(attempt);
  }
  await expect(capture(pair, 'far', { snapLength: 0 })).rejects.toThrow('snapLength must be a whole number');
  await expect(capture(pair, 'far', { filter: new Uint8Array(3) })).rejects.toThrow('8 bytes an instruction');
});
