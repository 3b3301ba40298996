/** `reach` by `connect`: what a program inside of the namespace is told. */
import { nameOf } from '../../query/forwarding/atlas.ts';
import type { PathAnswer } from '../../query/forwarding/path.ts';
import { mistake } from '../../std/mistake.ts';
import { Unavailable } from '../../std/unavailable.ts';
import { byDial, codeOfIcmp, type Fate } from './codes.ts';
import { type Diagnosis, diagnosed } from './diagnosis.ts';
import type { Moment } from './moment.ts';
import type { Run } from './run.ts';
import { numbers, type Outcome, once, packetText, type Sending, wayOf } from './traffic.ts';
import type { Dialed, DropSeen } from './world.ts';

/** Connections one after the other. */
const PAUSE_MS = 20;

export async function byConnecting(sending: Sending, run: Run, moment: Moment, signal: AbortSignal): Promise<Outcome> {
  const { world } = run;
  const { proto, port, from, to, count, check } = sending;
  if (world.dial === undefined)
    throw new Unavailable('a check by connect', 'a server that can dial from inside of namespaces');
  const way = await wayOf(sending, moment, signal);
  const namespace = way.from.namespace;
  if (namespace === undefined) throw mistake('check.endpoint', `where ${from.name} is is not in the graph`);
  const protocol = proto === 'icmp6' ? 'icmp' : proto;
  const question = {
    protocol,
    address: way.packet.destination,
    ...(port !== undefined && { port }),
    timeoutMs: check.timeoutMs,
  } as const;
  const seen = { from: from.name, to: to.name, packet: packetText(sending), method: 'connect' } as const;
  if (run.isDry) return dry(sending, way, seen);
  const watching = await world
    .drops?.(
      [
        { a: way.packet.source, protocol: numbers[proto] },
        { a: way.packet.destination, protocol: numbers[proto] },
      ],
      hostsOf(way),
    )
    .catch(() => undefined);
  const dialed: Dialed[] = [];
  let drops: readonly DropSeen[] = [];
  try {
    for (let at = 0; at < count; at++) {
      signal.throwIfAborted();
      if (at > 0) await new Promise<void>((resolve) => world.clock.after(PAUSE_MS, resolve));
      dialed.push(await world.dial(namespace, question, signal));
    }
    if (dialed.some(({ outcome }) => !isGood(outcome))) await watching?.settled();
    drops = watching?.drops() ?? [];
  } finally {
    await watching?.[Symbol.asyncDispose]();
  }
  const good = dialed.filter(({ outcome }) => isGood(outcome));
  const worst = dialed.find(({ outcome }) => !isGood(outcome));
  const last = good.at(-1) ?? (worst as Dialed);
  const fate = fateOf(last, way.packet.family);
  const times = good.flatMap(({ rttMs }) => rttMs ?? []).sort((a, b) => a - b);
  const fact: Diagnosis = {
    sending,
    way,
    fate,
    sentence: last.sentence,
    drops: relevant(drops, way, port),
    refusedBy: last.icmp?.from,
    seen: undefined,
    packets: undefined,
    missing: watching === undefined ? ['drops: the kernel does not tell of them here'] : [],
  };
  return {
    fate,
    got: last.sentence,
    reason: fate.result === 'delivered' ? undefined : last.sentence,
    seen: {
      ...seen,
      sent: count,
      delivered: good.length,
      lossPercent: Math.round(((count - good.length) / count) * 1000) / 10,
      ...(times.length > 0 && { rttMs: quantiles(times) }),
    },
    look: once((late) => diagnosed(fact, run, moment, late)),
  };
}

function isGood(outcome: Dialed['outcome']): boolean {
  return outcome === 'connected' || outcome === 'answered';
}

function fateOf({ outcome, icmp }: Dialed, family: 4 | 6): Fate {
  if (outcome === 'unreachable' && icmp) return { code: codeOfIcmp(family, icmp.type, icmp.code), result: 'refused' };
  return byDial[outcome] as Fate;
}

/** In ms, to the µs. */
export function quantiles(sorted: readonly number[]): { p50: number; p95: number; max: number } {
  const at = (share: number) =>
    round(sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] as number);
  return { p50: at(0.5), p95: at(0.95), max: round(sorted.at(-1) as number) };
}

function round(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}

export function hostsOf({ there, from }: PathAnswer): ReadonlySet<string> {
  const hosts = new Set(there.hops.map(({ node }) => node.host));
  if (from.node) hosts.add(from.node.host);
  return hosts;
}

/** Those on the way there; what is dropped of the answers counts where nothing else is. */
export function relevant(
  drops: readonly DropSeen[],
  { packet }: PathAnswer,
  port: number | undefined,
): readonly DropSeen[] {
  const its = drops.filter(({ tuple }) => tuple.protocol === 0 || tuple.protocol === packet.protocol);
  const there = its.filter(
    ({ tuple }) => tuple.from === packet.source && (tuple.toPort === port || tuple.to === packet.destination),
  );
  const translated = its.filter(
    ({ tuple }) => tuple.to === packet.destination || (tuple.from === packet.source && tuple.toPort === port),
  );
  const back = its.filter(({ tuple }) => tuple.from === packet.destination);
  return there.length > 0 ? there : translated.length > 0 ? translated : back;
}

function dry(sending: Sending, way: PathAnswer, seen: Outcome['seen']): Outcome {
  const where = way.from.namespace === undefined ? '' : ` inside of ${nameOf(way.from.namespace)}`;
  return {
    fate: { code: 'DELIVERED', result: 'delivered' },
    got: packetText(sending),
    seen,
    would: [
      `${sending.count} × connect ${packetText(sending)} from ${way.packet.source} to ${way.packet.destination}${where}`,
    ],
    look: async () => ({ code: 'DELIVERED', evidence: {} }),
  };
}
