/** Flows that are read only in part: the dearest of a whole one is what few ask for, its ids. */
import type { Flow } from './flow.ts';
import { row as r } from './row.ts';
import { endsOf } from './row-ends.ts';
import { flowOf } from './row-flow.ts';
import { communityOf, l2TrackingOf } from './row-ids.ts';
import { lastUpdate, totals } from './row-metric.ts';
import {
  applicationName,
  type FlowNames,
  finishType,
  icmpOf,
  idOf,
  isIcmp,
  layersPath,
  linkOf,
  networkOf,
  transportEnds,
} from './row-values.ts';
import type { FlowStore } from './store.ts';
import { parentUuid } from './tunnels.ts';

type Maker = (store: FlowStore, row: number, names: FlowNames) => unknown;

/** How to make flows of which these names at the top, UUID and NodeTID are there. */
export function partMaker(fields: ReadonlySet<string> | undefined): (...of: Parameters<Maker>) => Flow {
  if (!fields) return flowOf;
  const makers: [name: string, make: Maker][] = [];
  for (const name of new Set(['UUID', 'NodeTID', ...fields])) {
    const make = parts.get(name);
    // What is seldom asked for comes with the whole flow.
    if (!make) return flowOf;
    makers.push([name, make]);
  }
  return (store, row, names) => {
    const part: Record<string, unknown> = {};
    for (const [name, make] of makers) {
      const value = make(store, row, names);
      if (value !== undefined) part[name] = value;
    }
    return part as unknown as Flow;
  };
}

const tracking: Maker = (store, row) => idOf(store, row, r.tracking);

const parts: ReadonlyMap<string, Maker> = new Map<string, Maker>([
  ['UUID', (store, row) => idOf(store, row, r.uuid)],
  ['ParentUUID', parentUuid],
  ['TrackingID', tracking],
  ['L3TrackingID', tracking],
  ['L2TrackingID', l2TrackingOf],
  ['CommunityID', communityOf],
  ['LayersPath', layersPath],
  ['Application', applicationName],
  ['Link', linkOf],
  ['Network', networkOf],
  ['Transport', transportEnds],
  ['ICMP', (store, row) => (isIcmp(store, row) ? icmpOf(store, row) : undefined)],
  ['Metric', totals],
  ['LastUpdateMetric', lastUpdate],
  ['Start', (store, row) => Math.floor(store.rows.float(row, r.startF))],
  ['Last', (store, row) => Math.floor(store.rows.float(row, r.lastF))],
  ['NodeTID', (store, row) => store.place(row).place.node],
  ['CaptureID', (store, row) => store.place(row).place.capture],
  ['RawPacketsCaptured', (store, row) => store.packets.captured(row)],
  ['FinishType', (store, row) => finishType(store, row, false)],
  ['Process', (store, row) => endsOf(store, row)?.Process],
  ['Pid', (store, row) => endsOf(store, row)?.Pid],
  ['ContainerID', (store, row) => endsOf(store, row)?.ContainerID],
  ['Service', (store, row) => endsOf(store, row)?.Service],
  ['NAT', (store, row) => endsOf(store, row)?.NAT],
]);
