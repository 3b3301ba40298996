/**
 * What counting in the kernel costs, side by side in one run: an empty program against ours (the kernel's own
 * run_time_ns / run_cnt), the CPU of the thread that reads the tables, and iperf3 over a veth with captures on both ends
 * against none.
 *
 *     node bench/ebpf.ts [ROUNDS]           needs root, gcc, clang, tc, bpftool, iperf3, ethtool
 */
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kernelFlowsOptions } from '../src/capture/ebpf/shape.ts';
import { openPacketDoor } from '../src/native/index.ts';
import type { KernelAttachment } from '../src/native/packets.ts';
import { ethernet, ipv4, tcp, udp, vxlan } from '../test/kernel/ebpf_frames.ts';

const rounds = Number(process.argv[2] ?? 5);
const folder = mkdtempSync(join(tmpdir(), 'skein-bench-'));
const [from, to] = [`sk${process.pid}f`, `sk${process.pid}t`];
const sh = (command: string) => execFileSync('sh', ['-c', command], { encoding: 'utf8' });
const median = (list: number[]) => list.toSorted((a, b) => a - b)[list.length >> 1] ?? 0;

const EMPTY = `
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
SEC("tc") int empty(struct __sk_buff *skb) { return -1; }
char LICENSE[] SEC("license") = "GPL";`;

sh(`ip netns add ${from}; ip netns add ${to}; ip link add bf netns ${from} type veth peer name bt netns ${to}
  ip -n ${from} addr add 10.78.0.1/24 dev bf; ip -n ${to} addr add 10.78.0.2/24 dev bt
  ip -n ${from} link set bf up; ip -n ${to} link set bt up`);
const was = sh('sysctl -n kernel.bpf_stats_enabled').trim();
try {
  const flows = await openPacketDoor().openKernelFlows(kernelFlowsOptions, () => {});
  const attach = (netns: string, name: string, source: number): Promise<KernelAttachment> => {
    const [{ ifindex }] = JSON.parse(sh(`ip -n ${netns} -j link show ${name}`)) as [{ ifindex: number }];
    return flows.attach({ netns: `/run/netns/${netns}`, ifIndex: ifindex, source, payloadBytes: 256 });
  };
  await kernelCost(() => attach(to, 'bt', 1));
  for (const offload of process.argv[3] === 'kernel' ? [] : ['on', 'off'])
    await throughput(offload, () => Promise.all([attach(from, 'bf', 1), attach(to, 'bt', 2)]));
  flows.close();
} finally {
  sh(`sysctl -qw kernel.bpf_stats_enabled=${was}; ip netns del ${from}; ip netns del ${to}`);
  rmSync(folder, { recursive: true });
}

async function kernelCost(attach: () => Promise<KernelAttachment>): Promise<void> {
  writeFileSync(join(folder, 'empty.bpf.c'), EMPTY);
  sh(
    `cd ${folder}; $(command -v clang-19 || command -v clang) -target bpf -O2 -g -I/usr/include/$(uname -m)-linux-gnu -c empty.bpf.c -o empty.o`,
  );
  sh(`gcc -O2 -o ${folder}/send ${new URL('../test/kernel/ebpf_send.c', import.meta.url).pathname}`);
  const range = Array.from({ length: 1000 }, (_, i) => i);
  const traffic = {
    'UDP, 1000 flows': range.map((i) => ethernet(0x0800, ipv4(17, udp(1000 + i, 2000, new Uint8Array(18))))),
    'TCP, 1000 flows': range.map((i) => ethernet(0x0800, ipv4(6, tcp(1000 + i, 80, 16, new Uint8Array(10))))),
    'TCP in VXLAN, 1000 flows': range.map((i) =>
      ethernet(0x0800, ipv4(17, vxlan(7, ethernet(0x0800, ipv4(6, tcp(1000 + i, 80, 16)))))),
    ),
  };
  sh('sysctl -qw kernel.bpf_stats_enabled=1');
  console.log('traffic                    empty ns   ours ns    net   reader µs/packet');
  for (const [name, frames] of Object.entries(traffic)) {
    const empty: number[] = [];
    const ours: number[] = [];
    const reader: number[] = [];
    for (let round = 0; round < rounds; round++) {
      sh(
        `tc -n ${to} qdisc add dev bt clsact; tc -n ${to} filter add dev bt ingress bpf da obj ${folder}/empty.o sec tc`,
      );
      empty.push((await send(frames)).ns);
      sh(`tc -n ${to} qdisc del dev bt clsact`);
      const attachment = await attach();
      const before = readerMs();
      const { ns, packets } = await send(frames);
      await attachment.close();
      ours.push(ns);
      reader.push(((readerMs() - before) * 1000) / packets);
    }
    const net = median(ours) - median(empty);
    console.log(
      `${name.padEnd(25)} ${median(empty).toFixed(0).padStart(9)} ${median(ours).toFixed(0).padStart(9)} ${net.toFixed(0).padStart(6)} ${median(reader).toFixed(4).padStart(10)}`,
    );
  }
  sh('sysctl -qw kernel.bpf_stats_enabled=0');
}

/** Nanoseconds that the programs of classifiers took for each packet meanwhile. */
async function send(frames: readonly Uint8Array[]): Promise<{ ns: number; packets: number }> {
  const input = Buffer.concat(frames.flatMap((frame) => [Buffer.from([frame.length & 255, frame.length >> 8]), frame]));
  const before = programs();
  const sending = spawn('ip', ['netns', 'exec', from, join(folder, 'send'), 'bf', '400']);
  sending.stdin.end(input);
  const { promise, resolve } = Promise.withResolvers<string>();
  sending.stdout.once('data', (said) => resolve(`${said}`));
  const packets = Number(await promise);
  let ns = 0;
  for (const [id, { time }] of programs()) ns += time - (before.get(id)?.time ?? 0);
  return { ns: ns / packets, packets };
}

function programs(): Map<number, { time: number }> {
  const list = JSON.parse(sh('bpftool -j prog show')) as { id: number; type: string; run_time_ns?: number }[];
  return new Map(
    list.filter(({ type }) => type === 'sched_cls').map(({ id, run_time_ns }) => [id, { time: run_time_ns ?? 0 }]),
  );
}

/** CPU of the reading thread so far (utime and stime, in ticks of 10 ms). */
function readerMs(): number {
  for (const task of readdirSync('/proc/self/task')) {
    const stat = readFileSync(`/proc/self/task/${task}/stat`, 'utf8');
    if (!stat.includes('(skein-ebpf)')) continue;
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) * 10;
  }
  return 0;
}

async function throughput(offload: string, attach: () => Promise<KernelAttachment[]>): Promise<void> {
  sh(
    `ip netns exec ${from} ethtool -K bf tso ${offload} gso ${offload} gro ${offload}; ip netns exec ${to} ethtool -K bt tso ${offload} gso ${offload} gro ${offload}`,
  );
  const run = async () => {
    spawn('ip', ['netns', 'exec', to, 'iperf3', '-s', '-1']);
    await new Promise((resolve) => setTimeout(resolve, 300));
    const { promise, resolve } = Promise.withResolvers<string>();
    let said = '';
    const client = spawn('ip', ['netns', 'exec', from, 'iperf3', '-c', '10.78.0.2', '-t', '2', '-J']);
    client.stdout.on('data', (piece) => {
      said += piece;
    });
    client.once('close', () => resolve(said));
    const { end } = JSON.parse(await promise) as { end: { sum_received: { bits_per_second: number } } };
    return end.sum_received.bits_per_second / 1e9;
  };
  const without: number[] = [];
  const ours: number[] = [];
  for (let round = 0; round < rounds; round++) {
    without.push(await run());
    const attachments = await attach();
    ours.push(await run());
    await Promise.all(attachments.map((attachment) => attachment.close()));
  }
  const ratio = median(ours) / median(without);
  console.log(
    `iperf3, TSO ${offload.padEnd(3)}: none ${median(without).toFixed(2)} Gbit/s, both ends ${median(ours).toFixed(2)} Gbit/s, ratio ${ratio.toFixed(3)}`,
  );
}
