/** `reach` by `inject`: packets of our own, looked for at each hop. */
import type { Flow } from '../../flow/flow.ts';
import { nameOf } from '../../query/forwarding/atlas.ts';
import type { PathAnswer } from '../../query/forwarding/path.ts';
import { Mistake, mistake } from '../../std/mistake.ts';
import { pause } from '../../std/pause.ts';
import { Unavailable } from '../../std/unavailable.ts';
import type { TrafficSeen } from '../result.ts';
import { codeOfDrop, codeOfIcmp, type Fate } from './codes.ts';
import { type Diagnosis, diagnosed } from './diagnosis.ts';
import { keptOf } from './kept.ts';
import type { Moment } from './moment.ts';
import { hostsOf, relevant } from './reach-connect.ts';
import type { Run } from './run.ts';
import { flowsByEnds, flowsWith, merged, seenIn } from './seen.ts';
import { numbers, type Outcome, once, packetText, type Sending, wayOf } from './traffic.ts';
import { type Places, placesOf } from './watches.ts';
import type { DropSeen, Injected } from './world.ts';

/** Between packets of one attempt. */
const INTERVAL_MS = 20;
/** What was captured is told of by then. */
const TOLD_MS = 700;
const LOOK_EVERY_MS = 50;

export async function byInjecting(sending: Sending, run: Run, moment: Moment, signal: AbortSignal): Promise<Outcome> {
  const { world } = run;
  const { injecting } = world;
  if (injecting === undefined) throw new Unavailable('a check by inject', 'a server that can inject packets');
  const { proto, port, count, check } = sending;
  const way = await wayOf(sending, moment, signal);
  const { packet } = way;
  const intervalMs = Math.max(INTERVAL_MS, Math.ceil(run.rations.intervalMs));
  const asked = {
    From: sending.from.text,
    To: packet.destination,
    SrcIP: packet.source,
    DstIP: packet.destination,
    Type: `${proto === 'icmp6' ? 'icmp' : proto}${packet.family}` as 'icmp4',
    ...(port !== undefined && { DstPort: port }),
    Count: count,
    Interval: intervalMs,
    // What is sent again with the same ports is no new connection.
    Mode: count > 1 && proto === 'tcp' ? 'random' : 'unique',
    Way: 'stack',
    Wait: check.timeoutMs,
  } as const;
  const seen = { from: sending.from.name, to: sending.to.name, packet: packetText(sending), method: 'inject' } as const;
  if (run.isDry) return dry(sending, way, seen);
  const places = placesOf(way);
  await run.watches.ready(places, signal);
  await run.rations.take(check.id, count, run.stretch, signal);
  // The last of them goes out so much later.
  run.stretch((count - 1) * intervalMs);
  const watching = await world
    .drops?.(
      [
        { a: packet.source, protocol: numbers[proto] },
        { a: packet.destination, protocol: numbers[proto] },
      ],
      hostsOf(way),
    )
    .catch(() => undefined);
  const since = world.clock.now();
  let over: Injected;
  let drops: readonly DropSeen[] = [];
  try {
    over = await injected(asked, injecting, signal);
    if (goodOf(over, proto) < count) await watching?.settled();
    drops = relevant(watching?.drops() ?? [], way, port);
  } finally {
    await watching?.[Symbol.asyncDispose]();
  }
  const missing = [
    ...(watching === undefined ? ['drops: the kernel does not tell of them here'] : []),
    ...run.watches.notes(),
  ];
  const arrived =
    proto === 'udp' ? await arrivedAt({ over, sending, way, places, count, since }, run, signal) : goodOf(over, proto);
  const { fate, sentence } = fateOf({ over, sending, way, arrived, drops });
  const isWell = fate.result === 'delivered';
  const delivered = Math.min(count, isWell ? Math.max(arrived, goodOf(over, proto)) : 0);
  const { RTT } = over.Replies;
  const ms = (ns: number) => Math.round(ns / 1000) / 1000;
  const traffic: TrafficSeen = {
    ...seen,
    sent: over.Sent,
    delivered,
    lossPercent: Math.round(((count - delivered) / count) * 1000) / 10,
    ...(RTT && { rttMs: { p50: ms(RTT.P50), p95: ms(RTT.P95), max: ms(RTT.Max) } }),
  };
  return {
    fate,
    got: sentence,
    reason: isWell ? undefined : sentence,
    seen: traffic,
    look: once(async (late) => {
      const looked = await lookedFor({ over, sending, way, places, count, since }, run, late);
      const refusedBy = over.Replies.Errors[0]?.From;
      const fact: Diagnosis = {
        ...{ sending, way, fate, sentence, drops, refusedBy, ...looked },
        missing: [...missing, ...looked.missing],
      };
      return diagnosed(fact, run, moment, late);
    }),
  };
}

/** Sent, and answers waited for; removed whatever happens. */
async function injected(
  asked: Parameters<NonNullable<Run['world']['injecting']>['create']>[0],
  injecting: NonNullable<Run['world']['injecting']>,
  signal: AbortSignal,
): Promise<Injected> {
  let made: Injected;
  try {
    made = await injecting.create(asked);
  } catch (error) {
    if (error instanceof Mistake && /no-route|neighbour|unreachable/.test(error.faults[0]?.code ?? ''))
      return unsent(error.message);
    throw error;
  }
  try {
    const over = await injecting.done(made.UUID, signal);
    signal.throwIfAborted();
    if (over === undefined) throw mistake('check.removed', 'the injection was removed by somebody else');
    return over;
  } finally {
    await injecting.remove(made.UUID);
  }
}

function unsent(error: string): Injected {
  const Replies = { Received: 0, EchoReply: 0, SynAck: 0, Reset: 0, Datagram: 0, Errors: [] };
  return {
    UUID: '',
    State: 'failed',
    TrackingIDs: [],
    Packet: { Name: '' },
    Sent: 0,
    Replies,
    Error: error,
  };
}

function goodOf({ Replies }: Injected, proto: Sending['proto']): number {
  if (proto === 'tcp') return Replies.SynAck;
  return proto === 'udp' ? Replies.Datagram : Replies.EchoReply;
}

interface Facts {
  readonly over: Injected;
  readonly sending: Sending;
  readonly way: PathAnswer;
  readonly arrived: number;
  readonly drops: readonly DropSeen[];
}

function fateOf({ over, sending, way, arrived, drops }: Facts): { readonly fate: Fate; readonly sentence: string } {
  const { proto, port, to } = sending;
  const { Replies, Sent, Error: error, State } = over;
  const said = (code: Fate['code'], result: Fate['result'], sentence: string) => ({ fate: { code, result }, sentence });
  if (goodOf(over, proto) > 0) return said('DELIVERED', 'delivered', `${goodOf(over, proto)} of ${Sent} answered`);
  if (Sent === 0 || State === 'failed') return unsentFate(error ?? 'nothing was sent', way);
  if (Replies.Reset > 0) {
    const isOpen = isListening(way, port);
    return said(
      isOpen ? 'RST' : 'PORT_CLOSED',
      'refused',
      `${to.name} (${way.packet.destination}) refused the connection to port ${port} with a reset`,
    );
  }
  const [icmp] = Replies.Errors;
  if (icmp)
    return said(codeOfIcmp(way.packet.family, icmp.Type, icmp.Code), 'refused', `${icmp.From} says: ${icmp.Text}`);
  const isDropped = drops.some(
    ({ tuple, reason }) => tuple.from === way.packet.source && codeOfDrop(reason) !== undefined,
  );
  if (proto === 'udp' && arrived > 0 && !isDropped)
    return said('DELIVERED', 'delivered', `${arrived} of ${Sent} came to ${to.name}`);
  return said(
    'NO_REPLY',
    'dropped',
    `no answer to ${Sent} ${packetText(sending)} packets to ${way.packet.destination}`,
  );
}

/** The kernel of its own namespace would not send it. */
function unsentFate(error: string, way: PathAnswer): { readonly fate: Fate; readonly sentence: string } {
  // Who may not send does not know what would have become of it.
  const [, needs] = /: needs (CAP_.+)$/.exec(error) ?? [];
  const code = needs === undefined ? unsentCodes.find(([pattern]) => pattern.test(error))?.[1] : undefined;
  const where = way.from.namespace ? nameOf(way.from.namespace) : 'the source';
  if (code === undefined)
    throw needs === undefined
      ? new Unavailable(`${where} could not send: ${error}`, 'packets that can be sent')
      : new Unavailable(`sending from ${where}`, needs);
  return { fate: { code, result: 'refused' }, sentence: `${where} could not send it: ${error}` };
}

const unsentCodes: readonly (readonly [RegExp, Fate['code']])[] = [
  [/EPERM|not permitted|EACCES/i, 'POLICY_DENY'],
  [/ENETUNREACH|no route|network is unreachable|blackhole/i, 'NO_ROUTE'],
  [/EHOSTUNREACH|neighbour|ARP|nobody answer/i, 'NO_ARP'],
  [/ENETDOWN|is down/i, 'LINK_DOWN'],
  [/EMSGSIZE|too (big|large|long)/i, 'MTU_EXCEEDED'],
];

function isListening({ to }: PathAnswer, port: number | undefined): boolean {
  const services = to.namespace?.metadata.Services;
  return Array.isArray(services) && services.some((one) => (one as { readonly Port?: number }).Port === port);
}

/** Of datagrams, which nobody has to answer: those that were seen at the destination's interface. */
async function arrivedAt(sent: Sent, run: Run, signal: AbortSignal): Promise<number> {
  const { over, way, places } = sent;
  if (over.Replies.Errors.length > 0 || over.Replies.Datagram > 0) return over.Replies.Datagram;
  const last = way.there.hops.findLast(({ node }) => run.watches.isWatched(node.id))?.node;
  const end = way.there.reaches === 'yes' ? last : way.to.node;
  if (end === undefined || !run.watches.isWatched(end.id)) return 0;
  const packets = await toldOf(
    sent,
    run,
    signal,
    (flows) => (seenIn(flows, way.packet.source, places, run).there.get(end.id)?.packets ?? 0) >= over.Sent,
  );
  return seenIn(packets, way.packet.source, places, run).there.get(end.id)?.packets ?? 0;
}

/** Flows of these packets, when there is as much of them as is asked for, or what is late is not to come any more. */
async function toldOf(
  { over, way, count, since }: Pick<Sent, 'over' | 'way' | 'count' | 'since'>,
  run: Run,
  signal: AbortSignal,
  isAll: (flows: readonly Flow[]) => boolean,
): Promise<readonly Flow[]> {
  const { clock } = run.world;
  const end = clock.now() + TOLD_MS;
  const isTranslated = way.there.hops.some(({ how }) => how.nat !== undefined);
  for (;;) {
    const local = over.Packet.SrcPort ?? over.Packet.ICMPID;
    const locals = local === undefined ? undefined : { from: local, count };
    const translated = isTranslated ? await flowsByEnds({ way, locals, since }, run) : [];
    const flows = merged(await flowsWith(over.TrackingIDs, run), translated);
    if (isAll(flows) || clock.now() >= end) return flows;
    await pause(clock, LOOK_EVERY_MS, signal);
    signal.throwIfAborted();
  }
}

interface Sent {
  readonly over: Injected;
  readonly sending: Sending;
  readonly way: PathAnswer;
  readonly places: Places;
  readonly count: number;
  /** Epoch ms. */
  readonly since: number;
}

async function lookedFor(
  { over, sending, way, places, count, since }: Sent,
  run: Run,
  signal: AbortSignal,
): Promise<Pick<Diagnosis, 'seen' | 'answers' | 'packets' | 'missing'>> {
  const isWatched = [...places.nodes.keys()].some((id) => run.watches.isWatched(id));
  if (!isWatched) return { seen: undefined, answers: undefined, packets: undefined, missing: [] };
  const all = places.nodes.size;
  const flows = await toldOf({ over, way, count, since }, run, signal, (found) => {
    const { there } = seenIn(found, way.packet.source, places, run);
    return there.size === all && [...there.values()].every(({ packets }) => packets >= count);
  });
  const { there, back } = seenIn(flows, way.packet.source, places, run);
  const { packets, missing } = await keptOf(flows, places, run, sending.check);
  return { seen: there, answers: back, packets, missing: missing === undefined ? [] : [missing] };
}

function dry(sending: Sending, way: PathAnswer, seen: TrafficSeen): Outcome {
  const where = way.from.namespace === undefined ? '' : ` from inside of ${nameOf(way.from.namespace)}`;
  return {
    fate: { code: 'DELIVERED', result: 'delivered' },
    got: packetText(sending),
    seen,
    would: [`${sending.count} × ${packetText(sending)} ${way.packet.source} → ${way.packet.destination}${where}`],
    look: async () => ({ code: 'DELIVERED', evidence: {} }),
  };
}
