/** A batch of flows as documents to write: each named so that, sent again, it meets itself. */
import type { Flow, FlowMetric } from '../../../flow/flow.ts';
import type { FlowBatch } from '../../archive.ts';
import { readBatchId } from '../../batchid.ts';
import type { BulkItem } from '../bulk.ts';
import { documentOf, type HostOf } from './document.ts';
import type { FlowPlaces } from './places.ts';
import { orderOf, versionOf } from './version.ts';

export function wordsOf(batch: FlowBatch, places: FlowPlaces, hostOf?: HostOf): BulkItem[] {
  const { n } = readBatchId(batch.id);
  const words: BulkItem[] = [];
  const create = (index: string, id: string, document: object) =>
    words.push({ op: 'create', index, id, doc: JSON.stringify(document) });
  // Of several words of one batch the last is what it is.
  const newest = new Map<string, Flow>();
  for (const [i, flow] of batch.flows.entries()) {
    newest.set(flow.UUID, flow);
    const point = flow.LastUpdateMetric;
    if (!point) continue;
    const document = { '@timestamp': point.Last, UUID: flow.UUID, ...point, order: orderOf(n, i) };
    create(places.points.indexAt(point.Start), pointName(flow.UUID, point), document);
  }
  for (const flow of newest.values()) {
    const version = String(versionOf(flow.Last, n));
    const [index, later] = places.ofFlow(flow.Start);
    words.push({ op: 'index', index, id: flow.UUID, version, doc: JSON.stringify(documentOf(flow, hostOf)) });
    if (later !== undefined) words.push({ op: 'delete', index: later, id: flow.UUID, version });
  }
  for (const { uuid, packet } of batch.rawPackets) {
    const { data, ...rest } = packet;
    const text = Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64');
    const time = Math.floor(packet.timestampMs);
    create(places.packets.indexAt(time), `${uuid}:${packet.index}`, {
      '@timestamp': time,
      UUID: uuid,
      ...rest,
      data: text,
    });
  }
  for (const [i, loss] of batch.losses.entries())
    create(places.losses, `${batch.id}:${i}`, { '@timestamp': loss.to, name: `${batch.id}:${i}`, ...loss });
  return words;
}

/** By what it says: a writer that has another name since may tell it again. Names of one time lie side by side. */
function pointName(uuid: string, { Start, Last, ABPackets, ABBytes, BAPackets, BABytes }: FlowMetric): string {
  return [Start, uuid, Last, ABPackets, ABBytes, BAPackets, BABytes].join(':');
}
