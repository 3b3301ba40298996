/** A batch of flows, packets and losses on its way to the thread: two runs of bytes that change hands without a copy. */
import type { FlowBatch } from '../../archive.ts';
import { readBatchId } from '../../batchid.ts';
import { ByteReader, ByteWriter } from './bytes.ts';
import { type PackedFlows, packFlows } from './rows.ts';

export interface PackedFlowBatch {
  readonly writer: string;
  readonly n: number;
  readonly flows: PackedFlows;
  readonly packets: PackedPackets;
  /** Each: from, to, and all of it as JSON. */
  readonly losses: readonly (readonly [from: number, to: number, words: string])[];
}

export interface PackedPackets {
  readonly count: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export function packBatch({ id, flows, rawPackets, losses }: FlowBatch): PackedFlowBatch {
  return {
    ...readBatchId(id),
    flows: packFlows(flows),
    packets: packPackets(rawPackets),
    losses: losses.map((loss) => [loss.from, loss.to, JSON.stringify(loss)] as const),
  };
}

/** What goes over to the other thread, and is gone here. */
export function memoryOf({ flows, packets }: PackedFlowBatch): ArrayBuffer[] {
  return [flows.bytes.buffer, packets.bytes.buffer];
}

export function packPackets(packets: FlowBatch['rawPackets']): PackedPackets {
  const into = new ByteWriter(packets.reduce((sum, { packet }) => sum + packet.data.length + 40, 0));
  for (const { uuid, packet } of packets) {
    into.id(uuid);
    into.number(packet.index);
    into.number(packet.timestampMs);
    into.number(packet.length);
    into.number(packet.linkType);
    into.bytes(packet.data);
  }
  return { count: packets.length, bytes: into.written };
}

export interface PacketRow {
  readonly uuid: bigint;
  readonly place: number;
  readonly time: number;
  readonly length: number;
  readonly linkType: number;
  readonly data: Uint8Array;
}

export function* readPackets({ count, bytes }: PackedPackets): Generator<PacketRow> {
  const from = new ByteReader(bytes);
  for (let i = 0; i < count; i++)
    yield {
      uuid: from.integerId(),
      place: from.number(),
      time: from.number(),
      length: from.number(),
      linkType: from.number(),
      data: from.bytes(),
    };
}

export function unpackPackets({ count, bytes }: PackedPackets): FlowBatch['rawPackets'] {
  const from = new ByteReader(bytes);
  return Array.from({ length: count }, () => {
    const uuid = from.id();
    const [index, timestampMs, length, linkType] = [from.number(), from.number(), from.number(), from.number()];
    // A copy: what is kept of one packet must not keep all that came with it.
    return { uuid, packet: { index, timestampMs, length, linkType, data: from.bytes().slice() } };
  });
}
