/** Asks for everything that is known of one conversation, for its trail. */
import type { WireFlow, WireLoss } from '../contract/flow.ts';
import { ask } from './ask.ts';
import { type CapturedAt, capturedAt } from './captures.ts';
import type { Session } from './command.ts';
import { exitCodes, Failure, usageFailure } from './failure.ts';
import { flowPlaces } from './flow-places.ts';
import { quoted } from './gremlin.ts';
import { waysIn } from './ground.ts';
import { placesIn } from './places.ts';
import type { PrintOptions } from './print.ts';
import { typeOf } from './render/element.ts';
import { endOf, sampleOf } from './render/flows.ts';
import { qualifiedName } from './things.ts';
import { graphAt, type TimeOptions } from './time-options.ts';
import { type Count, type Seen, type Trail, trailOf, type Watched } from './trail.ts';
import { type Translated, translationOf, wayThrough } from './translated-way.ts';

/** A conversation, and what becomes of it behind translations of its addresses, in the order of its way. */
export interface FollowedWay {
  /** The one that was asked for. */
  readonly asked: Followed;
  /** All of it, in order. */
  readonly parts: readonly Followed[];
  /** Between each part and the next. */
  readonly translations: readonly Translated[];
}

export interface Followed {
  readonly trackingId: string;
  /** As flows write ends: `10.0.0.1:80`. */
  readonly a: string;
  readonly b: string;
  readonly flow: WireFlow;
  readonly trail: Trail;
}

/** `id`: a TrackingID, its beginning, or a Community ID. `looksBack`: whether one that is over is looked for in the past. */
export async function followed(
  session: Session,
  id: string,
  options: PrintOptions & TimeOptions,
  { looksBack = true }: { readonly looksBack?: boolean } = {},
): Promise<FollowedWay> {
  const found = await flowsOf(session, id, options, looksBack);
  const ids = new Set(found.flows.map(({ TrackingID }) => TrackingID));
  const [first] = found.flows;
  if (!first) {
    const hint = 'skein flows lists what there is; --at and --since look at the past';
    throw new Failure(exitCodes.empty, `no conversation is known as "${id}"`, hint);
  }
  if (ids.size > 1) {
    const known = [...new Map(found.flows.map((flow) => [flow.TrackingID, flow])).values()].slice(0, 20);
    const lines = known.map((flow) => `${flow.TrackingID}  ${endOf(flow, 'A')} → ${endOf(flow, 'B')}`);
    throw usageFailure(`${ids.size} conversations begin with "${id}"; say which:`, lines.join('\n'));
  }
  const asked = await partOf(session, options, found);
  const way = await wayThrough(first.TrackingID, found.flows, (steps) => flowsThen(session, options, found, steps));
  const parts: Followed[] = [];
  for (const { trackingId, flows } of way.parts)
    parts.push(trackingId === first.TrackingID ? asked : await partOf(session, options, { ...found, flows }));
  const translations: Translated[] = [];
  for (const { flow, at } of way.translations)
    translations.push({ ...translationOf(flow), where: await nameOf(session, options, found.graph, at) });
  return { asked, parts, translations };
}

async function partOf(session: Session, options: PrintOptions, found: Found): Promise<Followed> {
  const [first] = found.flows as [WireFlow];
  return {
    trackingId: first.TrackingID,
    a: endOf(first, 'A'),
    b: endOf(first, 'B'),
    ...(await along(session, options, found)),
  };
}

/** Of the same time as what was found first. */
async function flowsThen(session: Session, options: PrintOptions, { flowsOf }: Found, steps: string) {
  const reply = await ask(session, { ...options, quiet: true }, { query: `${flowsOf}.Flows()${steps}.Sort('Start')` });
  return reply.kind === 'flows' ? reply.flows : [];
}

async function nameOf(session: Session, options: PrintOptions, graph: string, id: string): Promise<string> {
  const reply = await ask(session, { ...options, quiet: true }, { query: `${graph}.V(${quoted(id)})` });
  const [node] = reply.kind === 'nodes' ? reply.nodes : [];
  return node === undefined ? id : `${typeOf(node)} ${qualifiedName(node, { netns: undefined })}`;
}

interface Found {
  readonly flows: readonly WireFlow[];
  readonly loss: readonly WireLoss[];
  /** Start of queries about the graph as it was then, and about the flows of that time. */
  readonly graph: string;
  readonly flowsOf: string;
}

async function flowsOf(
  session: Session,
  id: string,
  options: PrintOptions & TimeOptions,
  looksBack: boolean,
): Promise<Found> {
  const now = session.io.now();
  const asked = graphAt(options, now);
  const steps = `.Flows()${conditionOf(id)}.Sort('Start')`;
  const reply = await ask(session, options, { query: asked + steps });
  const flows = reply.kind === 'flows' ? reply.flows : [];
  const { loss = [], time, range } = reply;
  if (flows.length > 0 && !time) return { flows, loss, graph: 'G', flowsOf: 'G' };
  if (flows.length === 0 && !time && !looksBack) return { flows, loss: [], graph: 'G', flowsOf: 'G' };
  if (flows.length === 0 && !time) {
    // Over already: the past is looked at without being told to.
    const flowsOf = `G.Between(${Math.ceil(range.from)}, NOW)`;
    const past = await ask(session, options, { query: flowsOf + steps });
    if (past.kind !== 'flows' || past.flows.length === 0) return { flows: [], loss: [], graph: 'G', flowsOf };
    if (!options.quiet) session.io.err.write('it is over; this is what is kept of it\n');
    return { ...thenOf(past.flows, past.loss ?? [], range), flowsOf };
  }
  return { ...thenOf(flows, loss, range, time?.to), flowsOf: asked };
}

/** Nodes are looked up when the last packet passed. */
function thenOf(
  flows: readonly WireFlow[],
  loss: readonly WireLoss[],
  range: { readonly from: number; readonly to: number },
  toMs = Number.POSITIVE_INFINITY,
): Omit<Found, 'flowsOf'> {
  const atMs = Math.min(Math.max(...flows.map(({ Last }) => Last)), toMs, range.to);
  return {
    flows,
    loss,
    graph: flows.length > 0 ? `G.At(${Math.max(Math.ceil(range.from), Math.floor(atMs))})` : 'G',
  };
}

function conditionOf(id: string): string {
  if (/^1:[A-Za-z0-9+/=]+$/.test(id)) return `.Has('CommunityID', ${quoted(id)})`;
  const hex = id.toLowerCase();
  if (!/^[0-9a-f]{1,16}$/.test(hex))
    throw usageFailure(`"${id}" is no TrackingID`, '16 hex digits or their beginning, or a Community ID: 1:…');
  return hex.length === 16 ? `.Has('TrackingID', '${hex}')` : `.Has('TrackingID', StartsWith('${hex}'))`;
}

async function along(
  session: Session,
  options: PrintOptions,
  { flows, loss, graph }: Found,
): Promise<{ flow: WireFlow; trail: Trail }> {
  const quiet = { ...options, quiet: true };
  const flow = flows[0] as WireFlow;
  const placed = placesIn(session, quiet, graph);
  const [places, place, entries, ways, aNodes, bNodes] = await Promise.all([
    flowPlaces(
      session,
      quiet,
      graph,
      flows.map(({ NodeTID }) => NodeTID),
    ),
    placed,
    capturedAt(session, quiet, graph),
    waysIn(session, quiet, graph),
    nodesWith(session, quiet, { graph, flow, end: 'A', placed }),
    nodesWith(session, quiet, { graph, flow, end: 'B', placed }),
  ]);
  const byNode = Map.groupBy(flows, ({ NodeTID }) => NodeTID);
  const seen = [...byNode].map(([tid, its]): Seen => {
    const known = places.get(tid);
    const host = known?.node.Host ?? '';
    return { id: known?.node.ID ?? tid, tid, name: known?.name ?? (tid || '(trace)'), host, ...countsOf(its, flow) };
  });
  const captures = new Set(flows.map(({ CaptureID }) => CaptureID));
  const watched = entries
    .filter((entry) => isWatching(entry, captures))
    .map(({ node }) => watchedOf(node, qualifiedName(node, place(node))));
  const captureLosses = new Map<string, number>();
  for (const { node, packets } of loss) captureLosses.set(node, (captureLosses.get(node) ?? 0) + packets);
  const trail = trailOf({ seen, watched, ways, aNodes, bNodes, captureLosses, atMs: session.io.now() });
  return { flow, trail };
}

/** A filter may keep it from seeing anything, unless the same capture saw it elsewhere. */
function isWatching({ node, state, id, hasFilter }: CapturedAt, captures: ReadonlySet<string>): boolean {
  // What a bridge forwards from port to port does not pass the device that stands for it.
  if (['bridge', 'ovsbridge'].includes(typeOf(node))) return false;
  return state === 'active' && (captures.has(id) || !hasFilter);
}

function watchedOf(
  node: { readonly ID: string; readonly Host: string; readonly Metadata: { readonly TID?: unknown } },
  name: string,
): Watched {
  return { id: node.ID, tid: String(node.Metadata.TID ?? ''), name, host: node.Host };
}

/** Nodes that have the address of an end; by MAC where there is no address. */
async function nodesWith(
  session: Session,
  options: PrintOptions,
  asked: { graph: string; flow: WireFlow; end: 'A' | 'B'; placed: ReturnType<typeof placesIn> },
): Promise<Watched[]> {
  const { graph, flow, end, placed } = asked;
  const { Network, Link } = flow;
  const has = Network
    ? Network.Protocol === 'IPV6'
      ? `Has('IPV6', IPRANGE('${Network[end]}/128'))`
      : `Has('IPV4', IPV4RANGE('${Network[end]}/32'))`
    : `Has('MAC', ${quoted(Link?.[end] ?? '')})`;
  const reply = await ask(session, options, { query: `${graph}.V().${has}` });
  if (reply.kind !== 'nodes') return [];
  const place = await placed;
  return reply.nodes.map((node) => watchedOf(node, qualifiedName(node, place(node))));
}

/**
 * Several captures of one node saw the same packets: the one that saw most counts. Of one capture several flows are one
 * after the other, and are added up.
 */
function countsOf(flows: readonly WireFlow[], first: WireFlow): Omit<Seen, 'id' | 'tid' | 'name' | 'host'> {
  const sum = (its: readonly WireFlow[]) =>
    its.reduce((total, { Metric }) => total + Metric.ABPackets + Metric.BAPackets, 0);
  const byCapture = [...Map.groupBy(flows, ({ CaptureID }) => CaptureID).values()];
  const its = byCapture.toSorted((a, b) => sum(b) - sum(a))[0] ?? [];
  let [ab, ba]: Count[] = [none, none];
  const drops: Record<string, number> = {};
  for (const flow of its) {
    const { ABPackets, ABBytes, BAPackets, BABytes } = flow.Metric;
    // Who saw only an answer may have taken B for the one who began.
    const isTurned = endOf(flow, 'A') !== endOf(first, 'A') && endOf(flow, 'A') === endOf(first, 'B');
    const counts = [
      { packets: ABPackets, bytes: ABBytes },
      { packets: BAPackets, bytes: BABytes },
    ] as const;
    ab = added(ab ?? none, counts[isTurned ? 1 : 0]);
    ba = added(ba ?? none, counts[isTurned ? 0 : 1]);
    for (const [reason, packets] of Object.entries((flow.Drops ?? {}) as Record<string, number>))
      drops[reason] = (drops[reason] ?? 0) + packets;
  }
  return {
    ab: ab ?? none,
    ba: ba ?? none,
    firstMs: Math.min(...its.map(({ Start }) => Start)),
    lastMs: Math.max(...its.map(({ Last }) => Last)),
    drops,
    sampling: Math.max(...its.map(sampleOf)),
    rttNs: its.find(({ Metric }) => Metric.RTT)?.Metric.RTT,
  };
}

const none: Count = { packets: 0, bytes: 0 };

function added(a: Count, b: Count): Count {
  return { packets: a.packets + b.packets, bytes: a.bytes + b.bytes };
}
