/** Packets of an attempt at the places of its way: by their tracking ids, through translations of their addresses. */
import type { Flow } from '../../flow/flow.ts';
import type { FlowTest } from '../../flow/view.ts';
import type { PathAnswer } from '../../query/forwarding/path.ts';
import type { Run } from './run.ts';
import { bare, type Places } from './watches.ts';
import type { SeenAt } from './way.ts';

/** Translations on one way. */
const TRANSLATIONS_MAX = 8;

/** Flows of the captures of this run that have these ids, or what they are translated to. */
export async function flowsWith(ids: readonly string[], run: Run): Promise<readonly Flow[]> {
  if (run.world.flows === undefined || ids.length === 0) return [];
  const known = new Set(ids);
  const found = new Map<string, Flow>();
  let sought = [...known];
  for (let round = 0; sought.length > 0 && round < TRANSLATIONS_MAX; round++) {
    const next = new Set<string>();
    for (const flow of [...(await find('TrackingID', sought, run)), ...(await find('NAT.TrackingID', sought, run))]) {
      found.set(flow.UUID, flow);
      for (const id of [flow.TrackingID, flow.NAT?.TrackingID]) if (id !== undefined && !known.has(id)) next.add(id);
    }
    for (const id of next) known.add(id);
    sought = [...next];
  }
  return [...found.values()];
}

/** Which conversations of a way are meant. */
export interface Meant {
  readonly way: PathAnswer;
  /** Ports of the source, or ids of its echoes: so many from this one on; undefined: any. */
  readonly locals: { readonly from: number; readonly count: number } | undefined;
  /** Epoch ms. */
  readonly since: number;
}

/**
 * Flows of these captures by their ends, as they are before and behind each translation that the way has: what is
 * translated is known of connection tracking only a while after there is something to track.
 */
export async function flowsByEnds(meant: Meant, run: Run): Promise<readonly Flow[]> {
  const { way } = meant;
  const { source, destination, destinationPort } = way.packet;
  const ends = [{ a: source, b: destination, port: destinationPort }];
  for (const { how, depth } of way.there.hops)
    if (how.nat && depth === 0 && how.nat.isBack !== true) {
      const { newFrom, newTo } = how.nat;
      ends.push({ a: bare(newFrom), b: bare(newTo), port: portOf(newTo) ?? destinationPort });
    }
  const flows: Flow[] = [];
  for (const { a, b, port } of ends.slice(0, TRANSLATIONS_MAX)) {
    const test = { field: 'Network.A', equals: [a], test: (value: unknown) => value === a };
    for await (const batch of run.world.flows?.find({ where: [{ anyOf: [test] }] }) ?? [])
      flows.push(...batch.filter((flow) => flow.Network?.B === b && isMeant(flow, port, meant, run)));
  }
  return flows;
}

function isMeant(
  { CaptureID, Transport, ICMP, Last }: Flow,
  port: number | undefined,
  { locals, since }: Meant,
  { watches }: Run,
): boolean {
  if (CaptureID === undefined || !watches.ids.has(CaptureID) || Last < since || Transport?.B !== port) return false;
  const local = Transport?.A ?? ICMP?.ID;
  if (locals === undefined || local === undefined) return true;
  return local >= locals.from && local < locals.from + locals.count;
}

function portOf(end: string): number | undefined {
  const port = /^(?:[\d.]+|\[.*\]):(\d+)$/.exec(end)?.[1];
  return port === undefined ? undefined : Number(port);
}

/** Each once. */
export function merged(...lists: readonly (readonly Flow[])[]): readonly Flow[] {
  return [...new Map(lists.flat().map((flow) => [flow.UUID, flow])).values()];
}

async function find(field: string, ids: readonly string[], { world, watches }: Run): Promise<Flow[]> {
  const wanted = new Set(ids);
  const test: FlowTest = { field, equals: ids, test: (value) => typeof value === 'string' && wanted.has(value) };
  const captures = watches.ids;
  const flows: Flow[] = [];
  for await (const batch of world.flows?.find({ where: [{ anyOf: [test] }] }) ?? [])
    flows.push(...batch.filter(({ CaptureID }) => captures.has(CaptureID)));
  return flows;
}

/** Packets by node, as they go there and as answers come back; 0 where it was watched and nothing was seen. */
export function seenIn(
  flows: readonly Flow[],
  source: string,
  places: Places,
  { watches }: Run,
): { readonly there: SeenAt; readonly back: SeenAt } {
  const byTid = new Map([...places.nodes.values()].map((node) => [String(node.metadata.TID ?? ''), node.id]));
  const there = new Map<string, { packets: number; firstMs: number | undefined }>();
  const back = new Map<string, { packets: number; firstMs: number | undefined }>();
  for (const id of places.nodes.keys())
    if (watches.isWatched(id)) {
      there.set(id, { packets: 0, firstMs: undefined });
      back.set(id, { packets: 0, firstMs: undefined });
    }
  for (const flow of flows) {
    const id = byTid.get(flow.NodeTID);
    if (id === undefined) continue;
    const { ABPackets, BAPackets } = flow.Metric;
    // Behind a translation whoever began it is A as well.
    const isTurned = flow.Network?.B === source;
    add(there, id, isTurned ? BAPackets : ABPackets, flow.Start);
    add(back, id, isTurned ? ABPackets : BAPackets, flow.Last);
  }
  return { there, back };
}

function add(
  to: Map<string, { packets: number; firstMs: number | undefined }>,
  id: string,
  packets: number,
  at: number,
): void {
  if (packets === 0) return;
  const before = to.get(id);
  to.set(id, { packets: (before?.packets ?? 0) + packets, firstMs: Math.min(before?.firstMs ?? at, at) });
}
