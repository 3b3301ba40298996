/** NetFlow version 5 (Cisco, "NetFlow Export Datagram Format"): a fixed header and at most 30 fixed records, IPv4 only. */
import { ByteReader } from '../../flow/application/byte-reader.ts';
import { type ExportedFlow, emptyFlow } from './exported-flow.ts';

export interface NetFlow5 {
  /** Of the engine (a line card) within the exporter. */
  readonly engine: number;
  /** Of the first record. */
  readonly sequence: number;
  readonly count: number;
  readonly flows: readonly ExportedFlow[];
}

const recordsMax = 30;
const headerBytes = 24;
const recordBytes = 48;

/** Undefined when header or records are not all there. */
export function netFlow5(bytes: Uint8Array): NetFlow5 | undefined {
  const reader = new ByteReader(bytes);
  const [version, count] = [reader.u16(), reader.u16()];
  const uptimeMs = reader.u32();
  const exportMs = reader.u32() * 1_000 + Math.floor(reader.u32() / 1_000_000);
  const sequence = reader.u32();
  const engine = reader.u16();
  // Two bits of mode, then one packet of so many.
  const sampling = Math.max(reader.u16() & 0x3fff, 1);
  if (version !== 5 || count === 0 || count > recordsMax || bytes.length < headerBytes + count * recordBytes)
    return undefined;
  const flows = Array.from({ length: count }, () => record(reader, { exportMs, uptimeMs, sampling }));
  return { engine, sequence, count, flows };
}

function record(reader: ByteReader, header: { exportMs: number; uptimeMs: number; sampling: number }): ExportedFlow {
  const flow = emptyFlow(header.exportMs);
  flow.etherType = 0x0800;
  flow.sampling = header.sampling;
  flow.from.ip = reader.take(4);
  flow.to.ip = reader.take(4);
  // Next hop, interfaces.
  reader.skip(8);
  flow.sent = { packets: reader.u32(), bytes: reader.u32() };
  flow.startMs = sinceBoot(reader.u32(), header);
  flow.endMs = Math.max(sinceBoot(reader.u32(), header), flow.startMs);
  const [fromPort, toPort] = [reader.u16(), reader.u16()];
  reader.skip(1);
  flow.tcpFlags = reader.u8();
  flow.protocol = reader.u8();
  // TOS, AS numbers, masks, padding.
  reader.skip(9);
  // ICMP has no ports: its type and code stand in the destination's.
  if (flow.protocol === 1) flow.icmp = { type: toPort >> 8, code: toPort & 0xff };
  else [flow.from.port, flow.to.port] = [fromPort, toPort];
  return flow;
}

/** The counter wraps after 49.7 days, and may lie a little after the header's. */
export function sinceBoot(uptime: number, { exportMs, uptimeMs }: { exportMs: number; uptimeMs: number }): number {
  return exportMs - ((uptimeMs - uptime) | 0);
}
