/** Flows as a grid: who spoke with whom, how much, and until when. */
import type { WireFlow } from '../../contract/flow.ts';
import { drawTime } from '../moment.ts';
import type { GridOptions } from './elements.ts';
import { type Grid, sorted } from './grid.ts';

export function flowsGrid(flows: readonly WireFlow[], { clock, isWide }: GridOptions): Grid {
  return {
    columns: [
      { title: 'LAST' },
      { title: 'APPLICATION' },
      { title: 'A' },
      { title: 'B' },
      { title: 'PACKETS A→B' },
      { title: 'BYTES A→B' },
      { title: 'PACKETS B→A' },
      { title: 'BYTES B→A' },
      { title: 'RTT', isOptional: true },
      { title: 'END', isOptional: true },
      { title: 'TRACKING ID' },
      ...(isWide ? wideColumns : []),
    ],
    rows: flows.map((flow) => [
      drawTime(flow.Last, clock),
      flow.Application,
      endOf(flow, 'A'),
      endOf(flow, 'B'),
      flow.Metric.ABPackets,
      flow.Metric.ABBytes,
      flow.Metric.BAPackets,
      flow.Metric.BABytes,
      flow.Metric.RTT ? drawNanoseconds(flow.Metric.RTT) : undefined,
      finishOf(flow),
      flow.TrackingID,
      ...(isWide ? wideCells(flow, drawTime(flow.Start, clock)) : []),
    ]),
  };
}

/** One grid for all groups, each flow beside the value they agree in. */
export function groupsGrid(groups: Readonly<Record<string, readonly WireFlow[]>>, options: GridOptions): Grid {
  const grid = flowsGrid(Object.values(groups).flat(), options);
  const names = Object.entries(groups).flatMap(([name, flows]) => flows.map(() => name));
  return { columns: [{ title: 'GROUP' }, ...grid.columns], rows: grid.rows.map((row, at) => [names[at], ...row]) };
}

/** `-o columns=Network.A,Metric.ABBytes`: fields as in queries. */
export function fieldsGrid(flows: readonly WireFlow[], fields: readonly string[]): Grid {
  return {
    columns: fields.map((title) => ({ title })),
    rows: flows.map((flow) => fields.map((field) => fieldOf(flow, field))),
  };
}

/** By a field, or by a column. */
export function sortedFlows(flows: readonly WireFlow[], by: string, isDescending: boolean): WireFlow[] {
  return sorted(flows, (flow) => fieldOf(flow, fieldOfColumn[by.toUpperCase()] ?? by), isDescending);
}

const fieldOfColumn: Readonly<Record<string, string>> = {
  LAST: 'Last',
  START: 'Start',
  APPLICATION: 'Application',
  A: 'Network.A',
  B: 'Network.B',
  'PACKETS A→B': 'Metric.ABPackets',
  'BYTES A→B': 'Metric.ABBytes',
  'PACKETS B→A': 'Metric.BAPackets',
  'BYTES B→A': 'Metric.BABytes',
  RTT: 'Metric.RTT',
  END: 'FinishType',
  'TRACKING ID': 'TrackingID',
};

/** A dotted key of plain data. */
export function fieldOf(flow: WireFlow, field: string): unknown {
  const step = (at: unknown, name: string) =>
    typeof at === 'object' && at !== null ? (at as Record<string, unknown>)[name] : undefined;
  return field.split('.').reduce<unknown>(step, flow);
}

/** `10.0.0.1:80`, `[fd00::1]:80`, an address or a MAC: the highest layer that names an end. */
export function endOf({ Link, Network, Transport }: WireFlow, end: 'A' | 'B'): string {
  const address = Network?.[end] ?? Link?.[end] ?? '';
  if (Transport === undefined) return address;
  return address.includes(':') ? `[${address}]:${Transport[end]}` : `${address}:${Transport[end]}`;
}

/** One of so many packets was seen; 1: all. */
export function sampleOf({ Sampling }: WireFlow): number {
  return typeof Sampling === 'number' ? Sampling : 1;
}

export function finishOf({ FinishType }: WireFlow): string | undefined {
  return FinishType === undefined ? undefined : finishes[FinishType];
}

const finishes: readonly (string | undefined)[] = [undefined, 'timeout', 'FIN', 'RST'];

const wideColumns = [
  { title: 'START' },
  { title: 'LAYERS' },
  { title: 'UUID' },
  { title: 'PARENT', isOptional: true },
  { title: 'PROCESS A', isOptional: true },
  { title: 'PROCESS B', isOptional: true },
  { title: 'SERVICE', isOptional: true },
  { title: 'NAT', isOptional: true },
  { title: 'NODE TID' },
  { title: 'CAPTURE' },
];

function wideCells(flow: WireFlow, start: string): unknown[] {
  const { LayersPath, UUID, ParentUUID, NodeTID, CaptureID } = flow;
  const ends = [processOf(flow, 'A'), processOf(flow, 'B'), fieldOf(flow, 'Service'), natOf(flow)];
  return [start, LayersPath, UUID, ParentUUID, ...ends, NodeTID, CaptureID];
}

/** `curl[4711]`; undefined where nobody knows. */
export function processOf(flow: WireFlow, end: 'A' | 'B'): string | undefined {
  const [name, pid] = [fieldOf(flow, `Process.${end}`), fieldOf(flow, `Pid.${end}`)];
  return name === undefined ? undefined : pid === undefined ? String(name) : `${name}[${pid}]`;
}

/** `SNAT 192.0.2.1:40000 → 198.51.100.7:443`: what it is on the other side. */
export function natOf(flow: WireFlow): string | undefined {
  const type = fieldOf(flow, 'NAT.Type');
  if (type === undefined) return undefined;
  return `${type} ${otherEndOf(flow, 'A')} → ${otherEndOf(flow, 'B')}`;
}

/** An end on the other side of a translation. */
export function otherEndOf(flow: WireFlow, end: 'A' | 'B'): string {
  const [address, port] = [String(fieldOf(flow, `NAT.${end}`)), fieldOf(flow, `NAT.${end}Port`)];
  if (flow.Transport === undefined) return address;
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

export function drawNanoseconds(ns: number): string {
  if (ns < 1e6) return `${(ns / 1e3).toFixed(1)} µs`;
  return ns < 1e9 ? `${(ns / 1e6).toFixed(1)} ms` : `${(ns / 1e9).toFixed(1)} s`;
}
