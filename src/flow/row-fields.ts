/** Fields read from a row alone, for scans: making a flow of each would cost a hundred times as much. */
import { row as r } from './row.ts';
import { endsOf } from './row-ends.ts';
import {
  address,
  applicationName,
  type FlowNames,
  finishType,
  hasLink,
  idOf,
  isHiStarted,
  isIcmp,
  layersPath,
  mac,
  port,
  transportOf,
} from './row-values.ts';
import type { FlowStore } from './store.ts';
import { parentUuid } from './tunnels.ts';
import type { FlowValue } from './view.ts';

export type RowReader = (store: FlowStore, row: number, names: FlowNames) => FlowValue | undefined;

/** End A (0) or B (1) as lo (0) or hi (1). */
const turned = (store: FlowStore, row: number, end: number) => (isHiStarted(store, row) ? 1 - end : end);

const endReader =
  (has: (store: FlowStore, row: number) => boolean, read: (store: FlowStore, row: number, end: number) => FlowValue) =>
  (end: number): RowReader =>
  (store, row) =>
    has(store, row) ? read(store, row, turned(store, row, end)) : undefined;

const link = endReader(hasLink, mac);
const network = endReader((store, row) => networkNames[store.family(row)] !== undefined, address);
const transport = endReader((store, row) => transportOf(store, row) !== undefined, port);

const both =
  (reader: (end: number) => RowReader): RowReader =>
  (store, row, names) => {
    const a = reader(0)(store, row, names);
    return a === undefined ? undefined : [a, reader(1)(store, row, names) as FlowValue];
  };

const end =
  (name: 'Process' | 'Pid' | 'ContainerID', at: 'A' | 'B'): RowReader =>
  (store, row) =>
    endsOf(store, row)?.[name]?.[at];

const eitherEnd =
  (name: 'Process' | 'Pid' | 'ContainerID'): RowReader =>
  (store, row) => {
    const both = endsOf(store, row)?.[name];
    return both && [both.A, both.B].filter((value) => value !== undefined);
  };

const counter =
  (direction: number, kind: number): RowReader =>
  (store, row) =>
    store.rows.float(row, turned(store, row, direction) * 2 + kind);

const start: RowReader = (store, row) => Math.floor(store.rows.float(row, r.startF));
const last: RowReader = (store, row) => Math.floor(store.rows.float(row, r.lastF));
const tracking: RowReader = (store, row) => idOf(store, row, r.tracking);

/** By canonical name. */
export const rowFields: ReadonlyMap<string, RowReader> = new Map<string, RowReader>([
  ['UUID', (store, row) => idOf(store, row, r.uuid)],
  ['ParentUUID', parentUuid],
  ['TrackingID', tracking],
  ['L3TrackingID', tracking],
  ['LayersPath', layersPath],
  ['Application', applicationName],
  ['NodeTID', (store, row) => store.place(row).place.node],
  ['CaptureID', (store, row) => store.place(row).place.capture],
  ['Start', start],
  ['Last', last],
  ['Metric.Start', start],
  ['Metric.Last', last],
  ['Metric.ABPackets', counter(0, 0)],
  ['Metric.ABBytes', counter(0, 1)],
  ['Metric.BAPackets', counter(1, 0)],
  ['Metric.BABytes', counter(1, 1)],
  ['RawPacketsCaptured', (store, row) => store.packets.captured(row)],
  ['FinishType', (store, row) => finishType(store, row, false)],
  ['Link', both(link)],
  ['Link.A', link(0)],
  ['Link.B', link(1)],
  ['Network', both(network)],
  ['Network.A', network(0)],
  ['Network.B', network(1)],
  ['Network.Protocol', (store, row) => networkNames[store.family(row)]],
  ['Transport', both(transport)],
  ['Transport.A', transport(0)],
  ['Transport.B', transport(1)],
  ['Transport.Protocol', transportOf],
  ['Process', eitherEnd('Process')],
  ['Process.A', end('Process', 'A')],
  ['Process.B', end('Process', 'B')],
  ['Pid', eitherEnd('Pid')],
  ['Pid.A', end('Pid', 'A')],
  ['Pid.B', end('Pid', 'B')],
  ['ContainerID', eitherEnd('ContainerID')],
  ['ContainerID.A', end('ContainerID', 'A')],
  ['ContainerID.B', end('ContainerID', 'B')],
  ['Service', (store, row) => endsOf(store, row)?.Service],
  ['NAT.TrackingID', (store, row) => endsOf(store, row)?.NAT?.TrackingID],
  ['ICMP.ID', (store, row) => (isIcmp(store, row) ? store.rows.get(row, r.ports) >>> 16 : undefined)],
]);

const networkNames: Readonly<Record<number, string>> = { 4: 'IPV4', 6: 'IPV6' };
