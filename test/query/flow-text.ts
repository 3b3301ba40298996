/**
 * Flows as text, beside a graph as text: one line each, ends and protocol, where it was captured, and more as JSON.
 *
 *     10.0.0.1:40000 -TCP-> 10.0.0.2:80 @eth0 {"Metric":{"ABPackets":3}}
 *
 * Their UUIDs are f1, f2… in that order, their TrackingIDs the two ends together. `Packets` are the lengths of the packets
 * that were kept, `Points` the metrics of a flow through time.
 */
import type { Flow, FlowMetric, RawPacket } from '../../src/flow/flow.ts';

export interface FlowFact {
  readonly flow: Flow;
  readonly packets: readonly RawPacket[];
  readonly points: readonly FlowMetric[];
}

const FLOW = /^(\S+) -(TCP|UDP|SCTP|ICMPv4|ICMPv6|ARP)-> (\S+) @(\S+)(?: (\{.*\}))?$/;

/** The flows of a text, and what is left of it: the graph. */
export function readFlows(text: string): { flows: FlowFact[]; graph: string } {
  const flows: FlowFact[] = [];
  const rest: string[] = [];
  for (const line of text.split('\n').map((one) => one.trim())) {
    const found = FLOW.exec(line);
    if (found === null) rest.push(line);
    else flows.push(flowOf(found.slice(1), `f${flows.length + 1}`));
  }
  return { flows, graph: rest.join('\n') };
}

function flowOf([a = '', protocol = '', b = '', place = '', more = '{}']: string[], uuid: string): FlowFact {
  const { Packets = [], Points = [], Metric, ...facts } = JSON.parse(more);
  const [A, B] = [endOf(a), endOf(b)];
  const isPort = ['TCP', 'UDP', 'SCTP'].includes(protocol);
  const family = A.address.includes(':') ? 'IPV6' : 'IPV4';
  const link = facts.Link === undefined ? '' : 'Ethernet/';
  const flow = {
    UUID: uuid,
    ParentUUID: '',
    TrackingID: [a, b].sort().join(' '),
    L3TrackingID: [a, b].sort().join(' '),
    LayersPath: `${link}${family === 'IPV4' ? 'IPv4' : 'IPv6'}/${protocol}`,
    Application: protocol,
    Network: { Protocol: family, A: A.address, B: B.address, ID: 0 },
    ...(isPort ? { Transport: { Protocol: protocol, A: A.port, B: B.port, ID: 0 } } : {}),
    Start: 1000,
    Last: 2000,
    NodeTID: place,
    CaptureID: 'c1',
    RawPacketsCaptured: Packets.length,
    ...facts,
    ...(facts.Link === undefined ? {} : { Link: { Protocol: 'ETHERNET', ID: 0, ...facts.Link } }),
  };
  return {
    flow: { ...flow, Metric: { ...nothing, Start: flow.Start, Last: flow.Last, ...Metric } },
    packets: Packets.map((length: number, index: number) => ({
      timestampMs: flow.Start + index + 0.25,
      index,
      data: new Uint8Array(Math.min(length, 64)).fill(index + 1),
      length,
      linkType: 1,
    })),
    points: Points.map((point: Partial<FlowMetric>) => ({ ...nothing, ...point })),
  };
}

const nothing = { ABPackets: 0, ABBytes: 0, BAPackets: 0, BABytes: 0, Start: 0, Last: 0 };

/** `10.0.0.1:80`, `[fd00::1]:80`, or an address alone. */
function endOf(text: string): { address: string; port: number } {
  const [, v6, port6] = /^\[(.*)\]:(\d+)$/.exec(text) ?? [];
  if (v6 !== undefined) return { address: v6, port: Number(port6) };
  const [, v4 = text, port4 = '0'] = /^([\d.]+):(\d+)$/.exec(text) ?? [];
  return { address: v4, port: Number(port4) };
}
