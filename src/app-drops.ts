/** The composition root's part about drops as the API tells them, and injections: with their places in the graph. */
import type { ApiDrops } from './api/drop-routes.ts';
import type { RunningDials } from './app-dial.ts';
import type { DropLine, DropsLost } from './contract/drops.ts';
import { dropBeats } from './drops/beats.ts';
import type { Drop, WatchedPackets } from './drops/drops.ts';
import { placeOf } from './drops/place.ts';
import { meaningOf } from './drops/reasons.ts';
import type { GraphView } from './graph/view.ts';
import type { InjectedPacket, InjectionDropped } from './injection/injection.ts';
import { ASKED_AGENTS_MAX, LOSSES_MAX, type WatchLosses } from './injection/losses.ts';
import type { Probing } from './injection/order.ts';
import { conversationAt, protocolOf } from './injection/packet/series.ts';
import { systemClock } from './std/clock.ts';

export function apiDrops({ dropsOn }: Pick<RunningDials, 'dropsOn'>, view: () => GraphView): ApiDrops {
  return async ({ a, b }, signal) => {
    const [one, other] = a === undefined ? [b, undefined] : [a, b];
    const packets = one === undefined ? undefined : [{ a: one, ...(other !== undefined && { b: other }) }];
    const watch = await dropsOn({ ...(packets && { packets }), most: 0 }, undefined);
    return lines();

    async function* lines(): AsyncGenerator<readonly (DropLine | DropsLost)[]> {
      await using its = watch;
      let before = 0;
      for await (const { drops, lost } of dropBeats(its, { clock: systemClock, signal })) {
        const now = drops.length > 0 ? view() : undefined;
        const where = placing(now);
        const told = drops.map((drop) => lineOf(drop, where(drop)));
        yield lost > before ? [...told, { Lost: lost }] : told;
        before = lost;
      }
    }
  };
}

/** Of one injection, from all hosts. */
export function injectionLosses(
  { dropsOn }: Pick<RunningDials, 'dropsOn'>,
  view: () => GraphView,
  agents: () => number,
): WatchLosses {
  return async (probing, packet, met) => {
    const isLarge = agents() > ASKED_AGENTS_MAX;
    if (isLarge) met('drops-agents');
    const hosts = isLarge ? hostsOf(packet, view()) : undefined;
    const watch = await dropsOn({ packets: packetsOf(probing) }, hosts);
    return {
      async told(isQuick) {
        if (!isQuick) await watch.settled();
        const found = new Map<string, InjectionDropped>();
        const where = placing(view());
        for (const drop of watch.drops()) {
          if (!isOf(drop, probing)) continue;
          const { Count, ...one } = droppedOf(drop, where(drop));
          const key = JSON.stringify(one);
          if (!found.has(key) && found.size >= LOSSES_MAX) met('drops');
          else found.set(key, { ...one, Count: Count + (found.get(key)?.Count ?? 0) });
        }
        return toldOnce([...found.values()]);
      },
      [Symbol.asyncDispose]: () => watch[Symbol.asyncDispose](),
    };
  };
}

function hostsOf({ Host, DstNodeID }: InjectedPacket, view: GraphView): ReadonlySet<string> {
  const hosts = new Set([Host]);
  if (DstNodeID !== undefined) for (const { host } of view.nodes(DstNodeID)) hosts.add(host);
  return hosts;
}

/** Where several agents are on one kernel each tells of all that it drops; whose namespace it is knows the place. */
function toldOnce(dropped: readonly InjectionDropped[]): readonly InjectionDropped[] {
  const placed = new Set(dropped.filter(({ Node }) => Node !== undefined).map(keyOf));
  return dropped.filter((one) => one.Node !== undefined || !placed.has(keyOf(one)));
}

function keyOf({ From, Reason, Symbol: symbol, To }: InjectionDropped): string {
  return `${From} ${To} ${Reason} ${symbol}`;
}

/** Behind a translation of one end the other is as it was, and its port. */
function packetsOf(probing: Probing): readonly WatchedPackets[] {
  const { type, source, destination, destinationPort, isRandom } = probing;
  const { sourcePort, icmpId } = conversationAt(probing, 0);
  const protocol = protocolOf(type);
  const isIcmp = type.startsWith('icmp');
  const own = isRandom ? {} : isIcmp ? { icmpId } : { aPort: sourcePort };
  const its = isIcmp ? {} : { bPort: destinationPort };
  const both = { a: source, b: destination, protocol, ...own, ...its };
  if (isRandom) return [both];
  const back = isIcmp ? own : { aPort: destinationPort, bPort: sourcePort };
  return [both, { a: source, protocol, ...own }, { a: destination, protocol, ...back }];
}

/** Errors of ICMP are about others too; an answer finds nobody who waits, as the kernel knows of no sender. */
function isOf({ reason, tuple }: Drop, { type, source }: Probing): boolean {
  if (tuple.protocol !== protocolOf(type)) return false;
  return !(reason === 'NO_SOCKET' && tuple.to === source);
}

function droppedOf(drop: Drop, where: Where): InjectionDropped {
  const { reason, symbol, host, tuple } = drop;
  return {
    Count: 1,
    Reason: reason,
    Words: meaningOf(drop).words,
    ...(symbol !== undefined && { Symbol: symbol }),
    Host: host,
    ...where,
    From: tuple.from,
    To: tuple.to,
  };
}

function lineOf(drop: Drop, where: Where): DropLine {
  const { code, words } = meaningOf(drop);
  const { from, to, protocol, fromPort, toPort, icmp, ttl } = drop.tuple;
  return {
    Time: drop.timeMs,
    Host: drop.host,
    Reason: drop.reason,
    Code: code,
    Words: words,
    ...(drop.symbol !== undefined && { Symbol: drop.symbol }),
    ...where,
    Direction: drop.direction,
    Length: drop.length,
    Protocol: protocol,
    From: from,
    To: to,
    ...(fromPort !== undefined && { FromPort: fromPort }),
    ...(toPort !== undefined && { ToPort: toPort }),
    ...(icmp && { ICMP: { Type: icmp.type, Code: icmp.code, ID: icmp.id } }),
    ...(ttl !== undefined && { TTL: ttl }),
  };
}

interface Where {
  readonly Node?: string;
  readonly Place?: string;
}

/** In one state of the graph: in a storm most are of one place, which is looked for once. */
function placing(view: GraphView | undefined): (drop: Drop) => Where {
  const known = new Map<string, Where>();
  return (drop) => {
    const { cookie, host, ifIndex, inode, isOwn } = drop;
    const key = `${host} ${cookie} ${inode} ${isOwn} ${ifIndex}`;
    const found = known.get(key) ?? (view === undefined ? {} : whereOf(drop, view));
    known.set(key, found);
    return found;
  };
}

function whereOf(drop: Drop, view: GraphView): Where {
  const place = placeOf(drop, view);
  if (!place) return {};
  const name = String(place.node.metadata.Name);
  const isInNamespace = place.node !== place.namespace && place.namespace.metadata.Type === 'netns';
  return { Node: place.node.id, Place: isInNamespace ? `${place.namespace.metadata.Name}/${name}` : name };
}
