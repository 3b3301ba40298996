/** A batch of flows as documents to write: each named so that, sent again, it meets itself. */
import type { Flow } from '../../../flow/flow.ts';
import type { FlowBatch } from '../../archive.ts';
import { readBatchId } from '../../batchid.ts';
import type { BulkItem } from '../bulk.ts';
import { documentOf, type HostOf } from './document.ts';
import type { FlowPlaces } from './places.ts';
import { orderOf, versionOf } from './version.ts';

export function wordsOf(batch: FlowBatch, places: FlowPlaces, hostOf?: HostOf): BulkItem[] {
  const { n } = readBatchId(batch.id);
  const words: BulkItem[] = [];
  const create = (index: string, i: number, document: object) =>
    words.push({ op: 'create', index, id: `${batch.id}:${i}`, doc: JSON.stringify(document) });
  // Of several words of one batch the last is what it is.
  const newest = new Map<string, Flow>();
  for (const [i, flow] of batch.flows.entries()) {
    newest.set(flow.UUID, flow);
    const point = flow.LastUpdateMetric;
    if (!point) continue;
    const document = { '@timestamp': point.Last, UUID: flow.UUID, ...point, order: orderOf(n, i) };
    create(places.points.indexAt(point.Start), i, document);
  }
  for (const flow of newest.values()) {
    const version = String(versionOf(flow.Last, n));
    const [index, later] = places.ofFlow(flow.Start);
    words.push({ op: 'index', index, id: flow.UUID, version, doc: JSON.stringify(documentOf(flow, hostOf)) });
    if (later !== undefined) words.push({ op: 'delete', index: later, id: flow.UUID, version });
  }
  for (const [i, { uuid, packet }] of batch.rawPackets.entries()) {
    const { data, ...rest } = packet;
    const text = Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64');
    const time = Math.floor(packet.timestampMs);
    create(places.packets.indexAt(time), i, { '@timestamp': time, UUID: uuid, ...rest, data: text });
  }
  for (const [i, loss] of batch.losses.entries())
    create(places.losses, i, { '@timestamp': loss.to, name: `${batch.id}:${i}`, ...loss });
  return words;
}
