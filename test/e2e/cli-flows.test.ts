/** The command line against a whole process and real interfaces: where a conversation stops is named. */
import { execFile, execFileSync } from 'node:child_process';
import { promisify } from 'node:util';
import { type Ran, skein } from '../cli/terminal.ts';
import { eventually } from '../eventually.ts';
import { TestNetns } from '../kernel/native_netns.ts';
import { inFolder, type Running, skeinUp } from './running.ts';

const run = promisify(execFile);

test('skein follow goes along the whole way, and names the place where packets are dropped', () =>
  inFolder((data) =>
    inNetwork(async ({ left, middle, right, tag }) => {
      await using server = await skeinUp(data, '--flow-update', '1s');
      const cli = (...words: string[]) => skein([...words, '--server', server.url], { now: Date.now() });
      const started = await startOnTheWay(cli, `${left.name}/${tag}l`, `${right.name}/${tag}r`);
      expect(started.err).toMatch(/^capturing on 7 nodes with \w+/);
      // The bridge itself does not see what it forwards.
      const way = [`${left.name}/${tag}l`, `${tag}lb`, `${tag}mb`, `${middle.name}/${tag}m`].concat(
        `${middle.name}/${tag}n`,
        `${right.name}/${tag}r`,
      );

      await ping(left, 4);
      // Places tell of their flows each in its own time.
      const passed = await trailOf(cli, ({ hops }) => hops.length === 6 && hops.every(({ ba }) => ba.packets === 4));
      expect(passed.hops.map(({ name }) => name)).toEqual(way);
      expect(passed.hops.map(({ ab, ba }) => [ab.packets, ba.packets])).toEqual(way.map(() => [4, 4]));
      expect(passed.falls).toEqual([]);

      middle.ip(`rule add iif ${tag}m to 10.97.2.1 blackhole`);
      await ping(left, 3).catch(() => undefined);
      const stopped = await trailOf(
        cli,
        ({ hops }) => hops.slice(0, 4).every(({ ab }) => ab.packets === 3),
        passed.trackingId,
      );
      expect(stopped.hops.map(({ name }) => name)).toEqual(way);
      expect(stopped.hops.map(({ ab }) => ab.packets)).toEqual([3, 3, 3, 3, 0, 0]);
      expect(stopped.falls).toMatchObject([
        { direction: 'A→B', from: `${middle.name}/${tag}m`, to: `${middle.name}/${tag}n`, packets: 3, of: 3 },
      ]);
      const { out } = await cli('follow', stopped.trackingId);
      expect(out).toContain(`all 3 packets stop between ${middle.name}/${tag}m and ${middle.name}/${tag}n`);
      expect(out).toContain('nothing comes back from B');

      const list = JSON.parse((await cli('capture', 'list', '-o', 'json')).out);
      expect(list.captures).toMatchObject([{ name: 'way', nodes: 7, state: 'active' }]);
      expect((await cli('capture', 'stop', 'way')).err).toBe('stopped way\n');
    }),
  ));

test('skein capture tail shows packets as they pass, and nothing is captured any more when it ends', () =>
  inFolder((data) =>
    inNetwork(async ({ left, right, tag }) => {
      await using server = await skeinUp(data);
      const place = `${right.name}/${tag}r`;
      const known = `G.V().Has('Type', 'netns', 'Name', '${right.name}').Out('Name', '${tag}r').Count()`;
      await eventually(async () => expect(await server.query(known)).toBe(1));
      const tail = ['capture', 'tail', '--on', place, '--bpf', 'icmp', '-c', '6', '--server', server.url];
      let isOpen = false;
      const running = skein(tail, {
        onErr: (text) => {
          isOpen ||= text.includes('tailing');
        },
      });
      await eventually(() => expect(isOpen).toBe(true));
      await ping(left, 3);
      const { out, err } = await running;
      const lines = out.trim().split('\n');
      expect(lines).toHaveLength(6);
      expect(lines[0]).toContain(`${place}  10.97.1.1 → 10.97.2.1  ICMP  98 bytes`);
      expect(lines[1]).toContain(`${place}  10.97.2.1 → 10.97.1.1  ICMP  98 bytes`);
      expect(err).toBe(`tailing ${place}\n6 packets\n`);
      await eventually(async () => expect(await packetSockets(server, right)).toBe(0));
    }),
  ));

interface Trail {
  readonly trackingId: string;
  readonly hops: readonly { readonly name: string; readonly ab: Count; readonly ba: Count }[];
  readonly falls: readonly object[];
}

interface Count {
  readonly packets: number;
}

type Cli = (...words: string[]) => Promise<Ran>;

/** The graph may not know all of it at once. */
async function startOnTheWay(cli: Cli, from: string, to: string): Promise<Ran> {
  return eventually(async () => {
    const ran = await cli('capture', 'start', '--on', from, '--to', to, '--name', 'way');
    expect(ran).toMatchObject({ exitCode: 0 });
    return ran;
  });
}

/** Of the newest echo, when it is as it should be. */
async function trailOf(cli: Cli, isWhole: (trail: Trail) => boolean, notId = ''): Promise<Trail> {
  return eventually(async () => {
    const flows = await cli('flows', '--ip', '10.97.2.1', '--protocol', 'icmp', '-o', 'ndjson');
    const ids = flows.out
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line).TrackingID as string);
    const id = ids.findLast((one) => one !== notId);
    expect(id).toBeDefined();
    const trail = JSON.parse((await cli('follow', id ?? '', '-o', 'json')).out) as Trail;
    expect(isWhole(trail)).toBe(true);
    return trail;
  });
}

/** In that namespace: /proc/net/packet lists them, the fourth word is the protocol. Those that hear neighbours are no captures. */
async function packetSockets({ child }: Running, { name }: TestNetns): Promise<number> {
  expect(child.exitCode).toBeNull();
  const { stdout } = await run('ip', ['netns', 'exec', name, 'cat', '/proc/net/packet']);
  const protocols = stdout
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/)[3]);
  return protocols.filter((protocol) => protocol !== '88cc' && protocol !== '0004').length;
}

async function ping(from: TestNetns, count: number): Promise<void> {
  const words = ['ping', '-c', String(count), '-i', '0.2', '-W', '1', '10.97.2.1'];
  await run('ip', ['netns', 'exec', from.name, ...words]);
}

interface Network {
  readonly left: TestNetns;
  readonly middle: TestNetns;
  readonly right: TestNetns;
  readonly tag: string;
}

/** left ── bridge in our namespace ── middle, which routes ── right */
async function inNetwork(work: (network: Network) => Promise<void>): Promise<void> {
  const tag = `sk${process.pid % 100_000}`;
  const ip = (words: string) => execFileSync('ip', words.split(' '));
  using left = new TestNetns();
  using middle = new TestNetns();
  using right = new TestNetns();
  using _ = {
    [Symbol.dispose]() {
      for (const device of [`${tag}br`, `${tag}lb`, `${tag}mb`])
        execFileSync('sh', ['-c', `ip link del ${device} 2>/dev/null || true`]);
    },
  };
  ip(`link add ${tag}br type bridge`);
  ip(`link set ${tag}br up`);
  ip(`link add ${tag}lb type veth peer name ${tag}l netns ${left.name}`);
  ip(`link add ${tag}mb type veth peer name ${tag}m netns ${middle.name}`);
  ip(`link add ${tag}n netns ${middle.name} type veth peer name ${tag}r netns ${right.name}`);
  for (const device of ['lb', 'mb']) ip(`link set ${tag}${device} master ${tag}br up`);
  for (const [netns, device, address] of [
    [left, 'l', '10.97.1.1'],
    [middle, 'm', '10.97.1.254'],
    [middle, 'n', '10.97.2.254'],
    [right, 'r', '10.97.2.1'],
  ] as const) {
    netns.ip(`addr add ${address}/24 dev ${tag}${device}`);
    netns.ip(`link set ${tag}${device} up`);
  }
  left.ip('route add default via 10.97.1.254');
  right.ip('route add default via 10.97.2.254');
  execFileSync('ip', ['netns', 'exec', middle.name, 'sysctl', '-qw', 'net.ipv4.ip_forward=1']);
  await work({ left, middle, right, tag });
}
