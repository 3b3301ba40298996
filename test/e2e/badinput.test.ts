/** What should bring nothing down: odd packets, many captures, vanishing nodes, broken traces, floods. Needs root. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { connect } from 'node:net';
import type { Flow } from '../../src/flow/flow.ts';
import { pcapFile } from '../capture/files.ts';
import { eventually } from '../eventually.ts';
import { ethernet, ipv4, udp } from '../kernel/ebpf_frames.ts';
import type { TestNetns } from '../kernel/native_netns.ts';
import { throughAll } from './mechanisms_all.ts';
import { frames } from './mechanisms_traffic.ts';
import { asking, capturing, inWorld } from './mechanisms_world.ts';
import type { Running } from './running.ts';

const datagram = (from: number, to: number, host: number, size = 18) =>
  ethernet(0x0800, ipv4(17, udp(from, to, new Uint8Array(size)), { from: host, to: 1 }));

test('18 zero bytes to and from the ports of tunnels are an ordinary conversation for every mechanism', () =>
  inWorld([], async (world) => {
    const ports = [4789, 6081, 8472];
    const odd = ports.flatMap((port, i) => [datagram(9, port, 10 + i), datagram(port, 9, 20 + i)]);
    for (const [mechanism, flows] of await throughAll(world, odd)) {
      const told = flows.map(({ LayersPath, Metric, Transport }) => [
        LayersPath,
        // Who began is a guess here, and records make another one than packets.
        [`${Transport?.A}`, `${Transport?.B}`].sort().join(' and '),
        Metric.ABPackets + Metric.BAPackets,
        Metric.ABBytes + Metric.BABytes,
      ]);
      expect([mechanism, ...told.sort()]).toEqual([
        mechanism,
        ...ports
          .flatMap((port) => [port, port])
          .map((port) => [`${port}`, '9'].sort().join(' and '))
          .map((ends) => ['Ethernet/IPv4/UDP', ends, 1, 60])
          .sort(),
      ]);
    }
    expect(world.skein.child.exitCode).toBe(null);
  }));

test(
  '500 captures at once count each for itself, and leave nothing when they are deleted',
  () =>
    inWorld([], async ({ skein, name, send, to }) => {
      const all = (i: number) => `G.V().Has('Name', '${name}').Limit(${i + 1})`;
      const before = { ...holdingsOf(skein), heard: packetSocketsIn(to) };
      const ids: string[] = [];
      for (let i = 0; i < 500; i++)
        ids.push(await asking(skein, { GremlinQuery: all(i), Type: i % 2 === 0 ? 'ebpf' : 'afpacket' }));
      await eventually(async () => expect((await statusOf(skein)).Captures.Active).toBe(500), 30_000);
      await send([datagram(1, 2, 7), datagram(3, 4, 7)], 5);
      await eventually(async () => {
        expect(await skein.query('G.Flows().Count()')).toBe(1_000);
        expect(await skein.query("G.Flows().Sum('Metric.ABPackets')")).toBe(5_000);
      });
      // Ten at a time: each open connection would be a descriptor, too.
      for (let at = 0; at < ids.length; at += 10) {
        const deleted = ids
          .slice(at, at + 10)
          .map((id) => fetch(`${skein.url}/api/capture/${id}`, { method: 'DELETE' }));
        for (const { status } of await Promise.all(deleted)) expect(status).toBe(200);
      }
      await eventually(async () => {
        const { descriptors, threads, residentBytes } = holdingsOf(skein);
        expect(await skein.query('G.Flows().Count()')).toBe(0);
        // The archive's files for its first flows; the captures had more than a thousand.
        expect(descriptors).toBeLessThanOrEqual(before.descriptors + 40);
        expect(packetSocketsIn(to)).toBe(before.heard);
        expect(threads).toBeLessThanOrEqual(before.threads);
        expect(residentBytes - before.residentBytes).toBeLessThan(150 << 20);
      });
    }),
  240_000,
);

test('an interface that goes while all mechanisms capture it takes them with it, and nothing else', () =>
  inWorld([], async ({ skein, name, send, to, from }) => {
    const GremlinQuery = `G.V().Has('Name', '${name}')`;
    for (const Type of ['ebpf', 'afpacket', 'pcap', 'pcapsocket', 'sflow'])
      await capturing(skein, { GremlinQuery, Type });
    const sending = send(frames, 200, 3).catch(() => 'the wire is gone');
    to.ip(`link del ${name}`);
    await sending;
    await eventually(async () => expect((await statusOf(skein)).Captures).toMatchObject({ Active: 0, Failed: 0 }));
    from.ip(`link add wire type veth peer name ${name} netns ${to.name}`);
    from.ip('link set wire up');
    to.ip(`link set ${name} up`);
    await eventually(async () => expect((await statusOf(skein)).Captures.Active).toBe(5));
    await eventually(async () => expect(await skein.query('G.Flows().Count()')).toBe(0));
    await send([datagram(1, 2, 7)], 3);
    await eventually(async () =>
      expect(await skein.query("G.Flows().Has('Network', '10.0.0.7').Values('Metric.ABPackets')")).toEqual([3, 3, 3]),
    );
  }));

test('a query that finds more nodes than a capture takes is bounded, and that is said', () =>
  inWorld(['--capture-nodes', '20'], async ({ skein, to }) => {
    const links = Array.from({ length: 50 }, (_, i) => `link add many${i} type veth peer name manyother${i}`);
    execFileSync('ip', ['-n', to.name, '-batch', '-'], { input: links.join('\n') });
    const id = await asking(skein, { GremlinQuery: "G.V().Has('Name', Regex('many.*'))" });
    await eventually(async () => {
      const told = await (await fetch(`${skein.url}/api/capture/${id}`)).json();
      expect(told).toMatchObject({
        Count: 20,
        Matched: 100,
        Notes: [
          'its query finds 100 nodes; 80 of them are not captured, since one capture takes 20 (option capture.nodes)',
        ],
      });
    });
  }));

test('traces that are broken, cut off or too large are refused or taken as far as they are whole', () =>
  inWorld([], async ({ skein }) => {
    const s = Math.floor(Date.now() / 1_000);
    const trace = pcapFile(frames.map((data) => ({ data, s })));
    const upload = async (body: Uint8Array) => {
      const response = await fetch(`${skein.url}/api/pcap`, { method: 'POST', body });
      return [response.status, await response.text()] as const;
    };
    expect(await upload(new Uint8Array(0))).toEqual([400, expect.stringContaining('it is empty')]);
    expect(await upload(Buffer.from('what is this'))).toEqual([400, expect.stringContaining('pcap')]);
    const past = () => skein.query(`G.At(${s * 1_000 + 999}, 2).Flows().Count()`);
    // The first packets of a connection, and half of one.
    expect(await upload(trace.subarray(0, 24 + 3 * (16 + 54) + 20))).toMatchObject([202, '']);
    expect(await past()).toBe(1);
    let random = 1;
    for (let i = 0; i < 150; i++) {
      const broken = Uint8Array.from(trace);
      for (let times = 0; times < 20; times++) {
        random = (Math.imul(random, 1_103_515_245) + 12_345) >>> 0;
        broken[random % broken.length] = random >>> 24;
      }
      expect([202, 400]).toContain((await upload(broken))[0]);
    }
    expect(await said(skein, 'POST /api/pcap HTTP/1.1\r\nhost: x\r\ncontent-length: 99999999999\r\n\r\n')).toMatch(
      / 413 /,
    );
    expect(await said(skein, 'POST /api/capture HTTP/1.1\r\nhost: x\r\ncontent-length: 99999999\r\n\r\n')).toMatch(
      / 413 /,
    );
    const endless = 'POST /api/capture HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n800000\r\n';
    expect(await said(skein, endless + ' '.repeat(5 << 20))).toMatch(/ 413 /);
    expect(skein.child.exitCode).toBe(null);
    expect(await skein.query("G.V().Has('Type', 'host').Count()")).toBe(1);
  }));

test(
  'a flood of SYNs from everywhere costs bounded memory, and what is not exact is said',
  () =>
    inWorld(['--flow-max-entries', '20000', '--capture-queue-size', '8MiB'], async ({ skein, name, from, send }) => {
      const GremlinQuery = `G.V().Has('Name', '${name}')`;
      const kernel = await capturing(skein, { GremlinQuery, Type: 'ebpf' });
      const socket = await capturing(skein, { GremlinQuery, Type: 'afpacket' });
      from.ip('addr add 10.200.0.1/24 dev wire');
      const known = [datagram(7777, 8888, 77)];
      await send(known, 100);
      await eventually(async () =>
        expect(await skein.query("G.Flows().Has('Network', '10.0.0.77').Values('Metric.ABPackets')")).toEqual([
          100, 100,
        ]),
      );
      const { residentBytes } = holdingsOf(skein);
      const hping = ['-q', '--flood', '--rand-source', '-S', '-p', '80', '10.200.0.2'];
      const flood = spawn('timeout', ['-s', 'INT', '3', 'ip', 'netns', 'exec', from.name, 'hping3', ...hping]);
      const over = once(flood, 'exit');
      let sent = 100;
      for (; flood.exitCode === null && flood.signalCode === null; sent += 20) {
        await send(known, 20);
        expect(await skein.query('G.Flows().Count()')).toBeLessThanOrEqual(20_000);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      await over;
      expect(sent).toBeGreaterThan(100);
      await send(known, 100);
      sent += 100;

      // Who talked before is counted to the packet, whatever is lost of the flood.
      for (const id of [kernel, socket])
        await eventually(async () => {
          const asked = `G.At(${Date.now()}, 120).Flows().Has('CaptureID', '${id}', 'Network', '10.0.0.77')`;
          const flows = (await skein.query(asked)) as Flow[];
          expect(flows.map(({ Metric }) => Metric.ABPackets)).toEqual([sent]);
        }, 60_000);
      expect((await lossOf(skein)).map(({ stage }) => stage)).toContain('flow-table');
      expect(holdingsOf(skein).residentBytes - residentBytes).toBeLessThan(400 << 20);

      // What waits is taken, and all is well again.
      let before = -1;
      await eventually(async () => {
        const { WaitingBytes, Packets } = (await statusOf(skein)).Flows;
        const isQuiet = WaitingBytes === 0 && Packets === before;
        before = Packets;
        if (!isQuiet) await new Promise((resolve) => setTimeout(resolve, 1_000));
        expect(isQuiet).toBe(true);
      }, 30_000);
      await send([datagram(1, 4444, 78)], 50);
      await eventually(async () =>
        expect(await skein.query("G.Flows().Has('Network', '10.0.0.78').Values('Metric.ABPackets')")).toEqual([50, 50]),
      );
    }),
  240_000,
);

async function lossOf(skein: Running): Promise<Lossy['loss']> {
  const response = await skein.post('/api/query', { query: 'G.Flows().Count()' });
  return ((await response.json()) as Partial<Lossy>).loss ?? [];
}

interface Lossy {
  readonly loss: { readonly capture: string; readonly stage: string; readonly packets: number }[];
}

interface Status {
  readonly Captures: { readonly Active: number; readonly Failed: number };
  readonly Flows: { readonly WaitingBytes: number; readonly Packets: number };
}

async function statusOf(skein: Running): Promise<Status> {
  const response = await fetch(`${skein.url}/api/status`);
  const text = await response.text();
  if (response.status !== 200) throw new Error(text + skein.said());
  return JSON.parse(text) as Status;
}

/** What a process holds on to. Its sockets are more and fewer as namespaces of this machine come and go. */
function holdingsOf({ child: { pid } }: Running) {
  const [, residentKb = '0'] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return {
    descriptors: readdirSync(`/proc/${pid}/fd`).filter((fd) => !isSocket(`/proc/${pid}/fd/${fd}`)).length,
    threads: readdirSync(`/proc/${pid}/task`).length,
    residentBytes: Number(residentKb) * 1024,
  };
}

function isSocket(descriptor: string): boolean {
  try {
    return readlinkSync(descriptor).startsWith('socket:');
  } catch {
    // It is closed already.
    return true;
  }
}

/** Skein alone listens there: /proc/net/packet has a line for each, below one of words. */
function packetSocketsIn({ name }: TestNetns): number {
  const lines = execFileSync('ip', ['netns', 'exec', name, 'cat', '/proc/net/packet'], { encoding: 'utf8' });
  return lines.trim().split('\n').length - 1;
}

/** The answer to a request as it is written, without a body. */
async function said(skein: Running, request: string): Promise<string> {
  const { hostname, port } = new URL(skein.url);
  const socket = connect(Number(port), hostname);
  socket.write(request.replace('host: x', `host: ${hostname}:${port}`));
  const [answer] = await once(socket, 'data');
  socket.destroy();
  return `${answer}`;
}
