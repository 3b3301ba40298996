/**
 * Packets a second that one injection sends over a veth pair, as root, beside the floor: the same packets, made once, given
 * to the kernel by the same socket with nothing around it; in turn. Run: node bench/injection.ts
 */
import { execFileSync } from 'node:child_process';
import { records } from '../src/injection/host/records.ts';
import { runOrder } from '../src/injection/host/run.ts';
import { SendingShare } from '../src/injection/host/share.ts';
import type { Order } from '../src/injection/order.ts';
import { packetSeries } from '../src/injection/packet/series.ts';
import { openDoor, openInjectionDoor, openPacketDoor } from '../src/native/index.ts';
import { systemClock } from '../src/std/clock.ts';

const PACKETS = 200_000;
const TOGETHER = 256;
const ROUNDS = 3;

const door = openInjectionDoor();
const netns = `skb${process.pid}`;
const path = `/run/netns/${netns}`;
const alive = setInterval(() => {}, 1_000);
ip('netns', 'add', netns);
try {
  ip('-n', netns, 'link', 'add', 'near', 'type', 'veth', 'peer', 'name', 'far');
  for (const end of ['near', 'far']) ip('-n', netns, 'link', 'set', end, 'up');
  const ifIndex = Number(execFileSync('ip', ['-n', netns, '-o', 'link', 'show', 'near']).toString().split(':', 1)[0]);
  const ours: number[] = [];
  const floor: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    floor.push(await sentByFloor(ifIndex));
    ours.push(await sentByUs(ifIndex));
  }
  const [best, most] = [Math.max(...ours), Math.max(...floor)];
  const share = ((best / most) * 100).toFixed(0);
  console.log(`${best.toFixed(0)} packets/s sent by one injection; floor ${most.toFixed(0)}; ${share} % of the floor`);
} finally {
  ip('netns', 'del', netns);
  clearInterval(alive);
}

function order(ifIndex: number): Order & { what: { kind: 'packets' } } {
  return {
    uuid: 'bench',
    way: 'link',
    nodeId: 'near',
    namespaceId: netns,
    interfaceName: 'near',
    ifIndex,
    intervalMs: 0,
    waitMs: 0,
    what: {
      kind: 'packets',
      type: 'udp4',
      link: { sourceMac: '02:00:00:00:00:01', destinationMac: '02:00:00:00:00:02', nextHop: '10.0.0.2' },
      source: '10.0.0.1',
      destination: '10.0.0.2',
      sourcePort: 50_000,
      destinationPort: 9,
      icmpId: 0,
      sequence: 0,
      isRandom: false,
      count: PACKETS,
      ttl: 64,
      payload: Buffer.alloc(56).toString('base64'),
      incrementBytes: 0,
    },
  };
}

async function sentByUs(ifIndex: number): Promise<number> {
  const parts = {
    door,
    packets: openPacketDoor(),
    netlink: openDoor(),
    clock: systemClock,
    elapsed: () => performance.now(),
    rate: Number.POSITIVE_INFINITY,
    share: new SendingShare({ rate: Number.POSITIVE_INFINITY, elapsed: () => performance.now() }),
    netns: path,
    met: () => undefined,
  };
  let sent = 0;
  const start = performance.now();
  const tell = (progress: { readonly sent: number }) => {
    sent = progress.sent;
  };
  await runOrder(order(ifIndex), parts, tell, new AbortController().signal);
  if (sent !== PACKETS) throw new Error(`${sent} sent of ${PACKETS}`);
  return (PACKETS / (performance.now() - start)) * 1_000;
}

async function sentByFloor(ifIndex: number): Promise<number> {
  const macs = { source: Uint8Array.of(2, 0, 0, 0, 0, 1), destination: Uint8Array.of(2, 0, 0, 0, 0, 2) };
  const packet = packetSeries(order(ifIndex).what, macs)(0);
  const batch = records(Array.from({ length: TOGETHER }, () => packet));
  const sender = await door.openSender({ netns: path, interfaceIndex: ifIndex });
  const start = performance.now();
  let sent = 0;
  while (sent < PACKETS) sent += (await sender.send(batch)).sent;
  const tookMs = performance.now() - start;
  sender.close();
  return (sent / tookMs) * 1_000;
}

function ip(...words: string[]): void {
  execFileSync('ip', words);
}
