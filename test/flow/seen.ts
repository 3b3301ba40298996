/** Observations for tests: a conversation between 10.0.0.1:40000 and 10.0.0.2:443, and what differs from it. */
import type { Flow } from '../../src/flow/flow.ts';
import { type End, ObservationWriter, type Seen } from '../../src/flow/observation-writer.ts';
import type { CapturePlace } from '../../src/flow/place.ts';
import { FlowTable, type FlowTableOptions } from '../../src/flow/table.ts';

export const life = {
  updateMs: 10_000,
  expireMs: 600_000,
  applicationMs: { arp: 10_000, dns: 10_000 },
  finishedMs: 15_000,
};

export const end = (ip: string, port = 0, mac = 1): End => ({
  ip: new Uint8Array(ip.split('.').map(Number)),
  port,
  mac: new Uint8Array([2, 0, 0, 0, 0, mac]),
});

export const client = end('10.0.0.1', 40_000, 1);
export const server = end('10.0.0.2', 443, 2);

export const conversation: Seen = {
  source: 1,
  from: client,
  to: server,
  protocol: 6,
  etherType: 0x0800,
  layers: ['Ethernet', 'IPv4', 'TCP'],
  sent: { packets: 1, bytes: 100 },
  firstMs: 1000,
  lastMs: 1000,
};

const writer = new ObservationWriter();

export function observations(...seen: readonly Partial<Seen>[]): Uint8Array {
  for (const each of seen) writer.add({ ...conversation, ...each });
  return writer.take();
}

export const place = (more: Partial<CapturePlace> = {}): CapturePlace => ({
  node: 'node-1',
  capture: 'capture-1',
  host: 'h',
  layers: new Set(),
  hasTcpMetric: false,
  ...more,
});

/** A table with one place, whose number is 1, and what it told. */
export function tableOf(options: Partial<FlowTableOptions> = {}, at: CapturePlace = place()) {
  const table = new FlowTable({ life, flowsMax: 1000, decode: () => undefined, ...options });
  const told: Flow[] = [];
  table.onUpdate((flows) => told.push(...flows));
  table.addPlace(at);
  return { table, told, all: () => flowsIn(table) };
}

export function flowsIn(table: FlowTable): Flow[] {
  return [...table.find({ where: [] })].flat();
}
