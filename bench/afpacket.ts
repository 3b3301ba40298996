/**
 * A packet socket at full rate, as root: CPU of the reader's thread for each packet, beside the least that can be done in C
 * (bench/native/tpfloor.c: the same ring, one hash table, nothing else), in turn on the same veth pair. Everything sent is
 * either counted or said to be lost. Run: node bench/afpacket.ts
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { openPacketDoor } from '../src/native/index.ts';
import { compiled } from './native/compiled.ts';

const PACKETS = 1_000_000;
const ROUNDS = 3;
const SNAP = 256;
const RING_BYTES = 8 << 20;

interface Measured {
  readonly nsEach: number;
  readonly packets: number;
  readonly dropped: number;
}

const door = openPacketDoor();
const flood = compiled('flood');
const floor = compiled('tpfloor');
const netns = `skb${process.pid}`;
const alive = setInterval(() => {}, 1000);
ip('netns', 'add', netns);
try {
  inside('sysctl', '-qw', 'net.ipv6.conf.all.disable_ipv6=1', 'net.ipv6.conf.default.disable_ipv6=1');
  ip('-n', netns, 'link', 'add', 'near', 'type', 'veth', 'peer', 'name', 'far');
  for (const end of ['near', 'far']) ip('-n', netns, 'link', 'set', end, 'up');
  for (const flows of [1, 1000, 100_000]) await measure(flows);
} finally {
  ip('netns', 'del', netns);
  clearInterval(alive);
}

async function measure(flows: number): Promise<void> {
  const ours: Measured[] = [];
  const least: Measured[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    least.push(await readByFloor(flows));
    ours.push(await readByDoor(flows));
  }
  const best = (all: readonly Measured[]) => Math.min(...all.map(({ nsEach }) => nsEach));
  const lost = (all: readonly Measured[]) => {
    const dropped = all.reduce((sum, one) => sum + one.dropped, 0);
    const seen = all.reduce((sum, one) => sum + one.packets, 0);
    if (seen + dropped !== PACKETS * all.length)
      throw new Error(`${seen} seen and ${dropped} lost of ${PACKETS * all.length}`);
    return `${((dropped / (PACKETS * all.length)) * 100).toFixed(1)} % lost, all counted`;
  };
  console.log(
    `${flows} flows: ${best(ours).toFixed(0)} ns CPU a packet (goal ≤ 400; ${lost(ours)}); ` +
      `floor ${best(least).toFixed(0)} ns (${lost(least)}); ${(best(ours) / best(least)).toFixed(1)} × the floor (goal ≤ 2)`,
  );
}

async function readByFloor(flows: number): Promise<Measured> {
  const child = spawn('ip', ['netns', 'exec', netns, floor, 'far', `${SNAP}`, `${RING_BYTES / 1024}`], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  await send(flows);
  child.stdin.end('end');
  const [line] = await once(child.stdout, 'data');
  const { packets, dropped, cpuNs } = JSON.parse(String(line));
  return { nsEach: cpuNs / packets, packets, dropped };
}

async function readByDoor(flows: number): Promise<Measured> {
  const options = { netns: `/run/netns/${netns}`, interfaceName: 'far', source: 1, snapLength: SNAP };
  const sampled = { payloadBytes: SNAP, payloadPackets: 2 };
  const socket = await door.openPackets({ ...options, ...sampled, drainMs: 250, ringBytes: RING_BYTES }, () => {});
  await send(flows);
  const cpuNs = threadNs('skein-packets');
  await socket.close();
  const { packets, dropped } = socket.stats();
  return { nsEach: cpuNs / packets, packets, dropped };
}

/** And waits until all has arrived and was read. */
async function send(flows: number): Promise<void> {
  const child = spawn('ip', ['netns', 'exec', netns, flood, 'near', `${PACKETS}`, `${flows}`], { stdio: 'inherit' });
  await once(child, 'close');
  await sleep(1000);
}

/** CPU time of the thread of that name: the first number of schedstat (Documentation/scheduler/sched-stats.rst). */
function threadNs(name: string): number {
  for (const task of readdirSync('/proc/self/task')) {
    if (readFileSync(`/proc/self/task/${task}/comm`, 'utf8').trim() !== name) continue;
    return Number(readFileSync(`/proc/self/task/${task}/schedstat`, 'utf8').split(' ')[0]);
  }
  throw new Error(`no thread ${name}`);
}

function inside(...command: string[]): void {
  ip('netns', 'exec', netns, ...command);
}

function ip(...words: string[]): void {
  execFileSync('ip', words, { stdio: 'inherit' });
}
