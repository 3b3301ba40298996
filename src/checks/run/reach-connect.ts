/** `reach` by `connect`: what a program inside of the namespace is told. */
import type { Flow } from '../../flow/flow.ts';
import type { GraphNode } from '../../graph/element.ts';
import { nameOf } from '../../query/forwarding/atlas.ts';
import type { PathAnswer } from '../../query/forwarding/path.ts';
import { Mistake, mistake } from '../../std/mistake.ts';
import { pause } from '../../std/pause.ts';
import { Unavailable } from '../../std/unavailable.ts';
import { byDial, codeOfIcmp, type Fate } from './codes.ts';
import { type Diagnosis, diagnosed } from './diagnosis.ts';
import { keptOf } from './kept.ts';
import type { Moment } from './moment.ts';
import { isWanted, type Run } from './run.ts';
import { flowsByEnds, flowsWith, type Meant, merged, seenIn } from './seen.ts';
import { numbers, type Outcome, once, packetText, type Sending, wayOf } from './traffic.ts';
import { type Places, placesOf } from './watches.ts';
import type { Dialed, Dialling, DropSeen, World } from './world.ts';

/** Connections one after the other. */
const PAUSE_MS = 20;
/** The second attempt waits so long for an answer. */
const AGAIN_MS = 2_000;
/** What was captured is told of by then. */
const TOLD_MS = 700;
const LOOK_EVERY_MS = 50;

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
  await run.rations.take(check.id, count, run.stretch, signal);
  run.stretch((count - 1) * (PAUSE_MS + check.timeoutMs));
  const dialing: Connecting = { dial: world.dial, namespace, question, way, proto };
  const { dialed, drops, missing } = await dialedTo(dialing, count, run, signal);
  const good = dialed.filter(({ outcome }) => isGood(outcome));
  const worst = dialed.find(({ outcome }) => !isGood(outcome));
  const last = good.at(-1) ?? (worst as Dialed);
  const fate = fateOf(last, way.packet.family);
  const times = good.flatMap(({ rttMs }) => rttMs ?? []).sort((a, b) => a - b);
  const fact: Diagnosis = {
    ...{ sending, way, fate, sentence: last.sentence, missing },
    drops: relevant(drops, way, port),
    refusedBy: last.icmp?.from,
    seen: undefined,
    packets: undefined,
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
    lookAgain: once(async (late) => diagnosed(await watchedAgain(fact, dialing, run, late), run, moment, late)),
  };
}

interface Connecting {
  readonly dial: NonNullable<World['dial']>;
  readonly namespace: GraphNode;
  readonly question: Dialling;
  readonly way: PathAnswer;
  readonly proto: Sending['proto'];
}

/** Connections, and what the kernels dropped of them. */
async function dialedTo(
  { dial, namespace, question, way, proto }: Connecting,
  count: number,
  { world }: Run,
  signal: AbortSignal,
): Promise<{ dialed: Dialed[]; drops: readonly DropSeen[]; missing: string[] }> {
  const protocol = numbers[proto];
  const packets = [way.packet.source, way.packet.destination].map((a) => ({ a, protocol }));
  const watching = await world.drops?.(packets, hostsOf(way)).catch(() => undefined);
  const missing = watching === undefined ? ['drops: the kernel does not tell of them here'] : [];
  const dialed: Dialed[] = [];
  try {
    for (let at = 0; at < count; at++) {
      signal.throwIfAborted();
      if (at > 0) await pause(world.clock, PAUSE_MS, signal);
      dialed.push(await dial(namespace, question, signal));
    }
    if (dialed.some(({ outcome }) => !isGood(outcome))) await watching?.settled();
    return { dialed, drops: watching?.drops() ?? [], missing };
  } finally {
    await watching?.[Symbol.asyncDispose]();
  }
}

/** It is tried once more, for the sake of its hops: with captures along its way, which nobody opens for what is fine. */
async function watchedAgain(
  fact: Diagnosis,
  connecting: Connecting,
  run: Run,
  signal: AbortSignal,
): Promise<Diagnosis> {
  const { sending, way, missing } = fact;
  const { id } = sending.check;
  const isPart = isWanted('path', sending.check, run) || isWanted('pcap', sending.check, run);
  if (!isPart || run.world.watching === undefined) return fact;
  const not = (why: string): Diagnosis => ({ ...fact, missing: [...missing, `packets on their way: ${why}`] });
  try {
    const places = placesOf(way);
    await run.watches.ready(places, signal);
    if (![...places.nodes.keys()].some((node) => run.watches.isWatched(node)))
      return not(run.watches.notes()[0] ?? 'nothing on it can be captured');
    await run.rations.take(id, 1, run.stretch, signal);
    const { question } = connecting;
    const asked = { ...connecting, question: { ...question, timeoutMs: Math.min(question.timeoutMs, AGAIN_MS) } };
    const since = run.world.clock.now();
    const { dialed, drops } = await dialedTo(asked, 1, run, signal);
    const [again] = dialed;
    const port = again?.local?.port;
    const locals = port === undefined ? undefined : { from: port, count: 1 };
    const flows = await flowsOf({ way, locals, since }, places, run, signal);
    const { there, back } = seenIn(flows, way.packet.source, places, run);
    const { packets, missing: cut } = await keptOf(flows, places, run, sending.check);
    const isOther = again !== undefined && isGood(again.outcome) !== (fact.fate.result === 'delivered');
    const said = isOther
      ? [`packets on their way: those of a second attempt, which ended otherwise: ${again.sentence}`]
      : [];
    return {
      ...fact,
      ...{ seen: isOther ? undefined : there, answers: isOther ? undefined : back, packets },
      drops: fact.drops.length > 0 ? fact.drops : relevant(drops, way, sending.port),
      missing: [...missing, ...said, ...(cut === undefined ? [] : [cut])],
    };
  } catch (error) {
    if (!(error instanceof Mistake) && !(error instanceof Unavailable)) throw error;
    return not(error.message);
  }
}

/** The conversation of one connection at all places. */
async function flowsOf(meant: Meant, places: Places, run: Run, signal: AbortSignal): Promise<readonly Flow[]> {
  const { clock } = run.world;
  const end = clock.now() + TOLD_MS;
  for (;;) {
    const found = await flowsByEnds(meant, run);
    const ids = new Set(found.flatMap(({ TrackingID }) => TrackingID ?? []));
    const flows = merged(found, await flowsWith([...ids], run));
    const { there } = seenIn(flows, meant.way.packet.source, places, run);
    if (clock.now() >= end || [...there.values()].every(({ packets }) => packets > 0)) return flows;
    await pause(clock, LOOK_EVERY_MS, signal);
    signal.throwIfAborted();
  }
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
