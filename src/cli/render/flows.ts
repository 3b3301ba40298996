/** Flows as a grid: who spoke with whom, how much, and until when. */
import type { WireFlow } from '../../contract/flow.ts';
import { drawTime } from '../moment.ts';
import type { GridOptions } from './elements.ts';
import type { Grid } from './grid.ts';

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
      flow.FinishType === undefined ? undefined : finishes[flow.FinishType],
      flow.TrackingID,
      ...(isWide ? wideCells(flow, drawTime(flow.Start, clock)) : []),
    ]),
  };
}

/** `10.0.0.1:80`, `[fd00::1]:80`, an address or a MAC: the highest layer that names an end. */
export function endOf({ Link, Network, Transport }: WireFlow, end: 'A' | 'B'): string {
  const address = Network?.[end] ?? Link?.[end] ?? '';
  if (Transport === undefined) return address;
  return address.includes(':') ? `[${address}]:${Transport[end]}` : `${address}:${Transport[end]}`;
}

const finishes: readonly (string | undefined)[] = [undefined, 'timeout', 'FIN', 'RST'];

const wideColumns = [
  { title: 'START' },
  { title: 'LAYERS' },
  { title: 'UUID' },
  { title: 'PARENT', isOptional: true },
  { title: 'NODE TID' },
  { title: 'CAPTURE' },
];

function wideCells({ LayersPath, UUID, ParentUUID, NodeTID, CaptureID }: WireFlow, start: string): unknown[] {
  return [start, LayersPath, UUID, ParentUUID, NodeTID, CaptureID];
}

function drawNanoseconds(ns: number): string {
  if (ns < 1e6) return `${(ns / 1e3).toFixed(1)} µs`;
  return ns < 1e9 ? `${(ns / 1e6).toFixed(1)} ms` : `${(ns / 1e9).toFixed(1)} s`;
}
