/**
 * A million conversations of two packets each through a table of some thousands: what came out, and what it took.
 *
 *     node bench/ebpf-million.ts [COUNT]        needs root and gcc
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kernelFlowsOptions } from '../src/capture/ebpf/shape.ts';
import { flag, layout } from '../src/flow/layout.ts';
import { openPacketDoor } from '../src/native/index.ts';
import { ethernet, ipv4, udp } from '../test/kernel/ebpf_frames.ts';

const count = Number(process.argv[2] ?? 1_000_000);
const folder = mkdtempSync(join(tmpdir(), 'skein-bench-'));
const [from, to] = [`sk${process.pid}f`, `sk${process.pid}t`];
const sh = (command: string) => execFileSync('sh', ['-c', command], { encoding: 'utf8' });
sh(`gcc -O2 -o ${folder}/send ${new URL('../test/kernel/ebpf_send.c', import.meta.url).pathname}
  ip netns add ${from}; ip netns add ${to}; ip link add bf netns ${from} type veth peer name bt netns ${to}
  ip -n ${from} link set bf up; ip -n ${to} link set bt up`);
try {
  const keys = new BigUint64Array(8 * count);
  let observed = 0;
  let packets = 0;
  let most = 0;
  const flows = await openPacketDoor().openKernelFlows(kernelFlowsOptions, (observations) => {
    const view = new DataView(observations.buffer, observations.byteOffset, observations.byteLength);
    for (let at = 0; at < observations.length; at += view.getUint16(at, true)) {
      if (view.getUint8(at + layout.flags) & flag.factsOnly || view.getUint8(at + layout.family) !== 4) continue;
      packets += view.getFloat64(at + layout.loPackets, true) + view.getFloat64(at + layout.hiPackets, true);
      keys[observed++] = view.getBigUint64(at + layout.key, true);
    }
    most = Math.max(most, process.memoryUsage.rss());
  });
  const [{ ifindex }] = JSON.parse(sh(`ip -n ${to} -j link show bt`)) as [{ ifindex: number }];
  const place = { netns: `/run/netns/${to}`, ifIndex: ifindex, source: 1, payloadBytes: 256 };
  const attachment = await flows.attach(place);
  const sender = spawn('ip', ['netns', 'exec', from, join(folder, 'send'), 'bf', '2']);
  for (let at = 0; at < count; at += 10_000) {
    const frames = Array.from({ length: Math.min(10_000, count - at) }, (_, i) => {
      const frame = ethernet(0x0800, ipv4(17, udp(1000, 2000, new Uint8Array(18)), { from: 1000 + at + i }));
      return Buffer.concat([Buffer.from([frame.length & 255, frame.length >> 8]), frame]);
    });
    if (!sender.stdin.write(Buffer.concat(frames))) await once(sender.stdin, 'drain');
  }
  const cpuBefore = process.cpuUsage();
  const startedMs = performance.now();
  const before = process.memoryUsage.rss();
  most = before;
  sender.stdin.end();
  const [sent] = await once(sender.stdout, 'data');
  const sentMs = performance.now() - startedMs;
  await attachment.close();
  const { user, system } = process.cpuUsage(cpuBefore);
  const distinct = new Set(keys.subarray(0, observed)).size;
  console.log({ sent: Number(`${sent}`), packetsPerSecond: Math.round(Number(`${sent}`) / (sentMs / 1000)) });
  console.log({ packets, conversations: distinct, attachment: attachment.stats(), flows: flows.stats() });
  console.log({ cpuMs: (user + system) / 1000, rssBeforeMiB: before >> 20, rssMostMiB: most >> 20 });
  flows.close();
} finally {
  sh(`ip netns del ${from}; ip netns del ${to}`);
  rmSync(folder, { recursive: true });
}
