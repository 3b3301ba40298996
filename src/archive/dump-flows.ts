/** Flows of an archive with all that is kept of them, in order of their start, and what was lost beside them. */
import type { Flow } from '../flow/flow.ts';
import type { Span } from '../graph/view.ts';
import type { FlowArchive } from './archive.ts';
import type { DumpedFlow, DumpedLoss, DumpPage } from './dump.ts';

/** Behind this nothing but losses is to come. */
const LOSSES = 'losses/';

/** As far as Date goes (ECMA-262, 21.4.1.1): backends have times as numbers that they can write. */
const TIME_MAX = 8.64e15;

/** As much of one as a dump asks. */
export type DumpableFlows = Pick<FlowArchive, 'find' | 'metrics' | 'rawPackets' | 'dumpLosses'>;

export async function* dumpFlows(
  flows: DumpableFlows,
  after: string | undefined,
  { from, to }: Span,
): AsyncGenerator<DumpPage<DumpedFlow | DumpedLoss>> {
  const isAtLosses = after?.startsWith(LOSSES) ?? false;
  if (!isAtLosses) yield* dumpedFlows(flows, after, { from: Math.max(0, from), to: Math.min(TIME_MAX, to) });
  for await (const { items, next } of flows.dumpLosses(isAtLosses ? after?.slice(LOSSES.length) : undefined))
    yield { items: items.map((loss) => ({ kind: 'loss', loss })), next: `${LOSSES}${next}` };
}

async function* dumpedFlows(
  flows: DumpableFlows,
  after: string | undefined,
  { from, to }: Span,
): AsyncGenerator<DumpPage<DumpedFlow>> {
  // Those that began before and go on then are found once more, and left out: they came in an earlier page.
  const [start, uuid] = positionIn(after);
  const time = { from: Math.max(from, start), to };
  if (time.from > to) return;
  const pages = flows.find({ time: instantless(time), where: [], sort: { field: 'Start', isDescending: false } });
  for await (const page of pages) {
    const rest = page.filter((flow) => flow.Start > start || (flow.Start === start && flow.UUID > uuid));
    const last = rest.at(-1);
    if (last) yield { items: await whole(flows, rest), next: `${last.Start}/${last.UUID}` };
  }
}

async function whole(flows: DumpableFlows, some: readonly Flow[]): Promise<DumpedFlow[]> {
  const uuids = some.map(({ UUID }) => UUID);
  const span = { from: 0, to: TIME_MAX };
  const kept = some.filter(({ RawPacketsCaptured }) => RawPacketsCaptured > 0).map(({ UUID }) => UUID);
  const [points, packets] = await Promise.all([
    flows.metrics(uuids, span),
    kept.length > 0 ? flows.rawPackets(kept) : new Map<string, never>(),
  ]);
  return some.map((flow) => ({
    kind: 'flow',
    flow,
    points: points.get(flow.UUID) ?? [],
    packets: packets.get(flow.UUID) ?? [],
  }));
}

function positionIn(after: string | undefined): readonly [start: number, uuid: string] {
  const [, start, uuid = ''] = /^(-?[\d.]+)\/(.*)$/.exec(after ?? '') ?? [];
  return start === undefined ? [Number.NEGATIVE_INFINITY, ''] : [Number(start), uuid];
}

/** One moment would be asked for as "not over yet". */
function instantless({ from, to }: Span): Span {
  return from === to ? { from, to: to + 1 } : { from, to };
}
