/** A flow in a line, and a flow as a list of what it says. */
import type { WireFlow } from '../../contract/flow.ts';
import type { Paint } from '../../std/paint.ts';
import { type Clockface, drawBytes, drawTime } from '../moment.ts';
import { drawNanoseconds, endOf, fieldOf, finishOf, natOf, processOf } from './flows.ts';
import { cellText } from './grid.ts';

export interface FlowDrawing {
  readonly clock: Clockface;
  readonly paint: Paint;
  /** Of the node with this TID. */
  readonly place: (tid: string) => string;
}

/** Time, place, A → B with their processes, what it is, how much both ways, round trip, end. */
export function flowLine(flow: WireFlow, { clock, paint, place }: FlowDrawing): string {
  const { Metric } = flow;
  const said = [
    paint.dim(drawTime(flow.Last, clock)),
    cellText(place(flow.NodeTID)),
    `${endAndProcess(flow, 'A')} → ${endAndProcess(flow, 'B')}`,
    cellText(kindOf(flow)),
    `→ ${Metric.ABPackets} (${drawBytes(Metric.ABBytes)})`,
    `← ${Metric.BAPackets} (${drawBytes(Metric.BABytes)})`,
    Metric.RTT ? `rtt ${drawNanoseconds(Metric.RTT)}` : '',
    finishOf(flow) ?? '',
    dropsOf(flow) === '' ? '' : paint.removed(cellText(`dropped ${dropsOf(flow)}`)),
  ];
  return `${said.filter(Boolean).join('  ')}\n`;
}

/** `10.0.0.1:40000 (curl)` */
function endAndProcess(flow: WireFlow, end: 'A' | 'B'): string {
  const process = fieldOf(flow, `Process.${end}`);
  return cellText(process === undefined ? endOf(flow, end) : `${endOf(flow, end)} (${process})`);
}

/** One key a line, as hubble's dict. */
export function flowDict(flow: WireFlow, { clock, place }: FlowDrawing): string {
  const { Metric } = flow;
  const rows: [string, unknown][] = [
    ['LAST', drawTime(flow.Last, clock)],
    ['START', drawTime(flow.Start, clock)],
    ['NODE', place(flow.NodeTID)],
    ['A', endOf(flow, 'A')],
    ['B', endOf(flow, 'B')],
    ['PROCESS', endsText((end) => processOf(flow, end))],
    ['CONTAINER', endsText((end) => fieldOf(flow, `ContainerID.${end}`))],
    ['SERVICE', fieldOf(flow, 'Service')],
    ['NAT', natOf(flow)],
    ['KIND', kindOf(flow)],
    ['LAYERS', flow.LayersPath],
    ['A→B', `${Metric.ABPackets} packets, ${drawBytes(Metric.ABBytes)}`],
    ['B→A', `${Metric.BAPackets} packets, ${drawBytes(Metric.BABytes)}`],
    ['RTT', Metric.RTT ? drawNanoseconds(Metric.RTT) : undefined],
    ['END', finishOf(flow)],
    ['DROPPED', dropsOf(flow) || undefined],
    ['TRACKING', flow.TrackingID],
    ['COMMUNITY', flow.CommunityID],
    ['UUID', flow.UUID],
    ['CAPTURE', flow.CaptureID],
  ];
  const lines = rows.filter(([, value]) => value !== undefined && value !== '');
  return `${lines.map(([key, value]) => `${key.padEnd(10)}${cellText(value)}\n`).join('')}\n`;
}

/** `A curl[4711], B nginx[812]`. */
function endsText(of: (end: 'A' | 'B') => unknown): string {
  return (['A', 'B'] as const).flatMap((end) => (of(end) === undefined ? [] : [`${end} ${of(end)}`])).join(', ');
}

/** `TCP/TLS`, `UDP`, `ICMPv4`. */
export function kindOf({ Transport, Application }: WireFlow): string {
  if (!Transport || Transport.Protocol === Application) return Application;
  return `${Transport.Protocol}/${Application}`;
}

/** `3 NETFILTER_DROP, 1 NO_SOCKET`. */
function dropsOf({ Drops }: WireFlow): string {
  if (typeof Drops !== 'object' || Drops === null) return '';
  return Object.entries(Drops)
    .map(([reason, packets]) => `${packets} ${reason}`)
    .join(', ');
}
