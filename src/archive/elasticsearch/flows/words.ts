/** A batch of flows as documents to write: each named so that, sent again, it meets itself. */
import type { Flow } from '../../../flow/flow.ts';
import type { FlowBatch } from '../../archive.ts';
import { readBatchId } from '../../batchid.ts';
import { documentOf, type HostOf } from './document.ts';
import type { FlowNames } from './names.ts';
import { orderOf, versionOf } from './version.ts';

export type Word =
  | { readonly kind: 'create'; readonly index: string; readonly id: string; readonly document: object }
  | {
      readonly kind: 'index';
      readonly index: string;
      readonly id: string;
      readonly document: object;
      /** External: one that is not lower than what is there is not written. */
      readonly version: string;
    }
  | { readonly kind: 'delete'; readonly index: string; readonly id: string; readonly version: string };

export function* wordsOf(batch: FlowBatch, names: FlowNames, hostOf?: HostOf): Generator<Word> {
  const { n } = readBatchId(batch.id);
  // Of several words of one batch the last is what it is.
  const newest = new Map<string, Flow>();
  for (const [i, flow] of batch.flows.entries()) {
    newest.set(flow.UUID, flow);
    const point = flow.LastUpdateMetric;
    if (!point) continue;
    yield {
      kind: 'create',
      index: names.pointsOf(point.Start),
      id: `${batch.id}:${i}`,
      document: { '@timestamp': point.Last, UUID: flow.UUID, ...point, order: orderOf(n, i) },
    };
  }
  for (const flow of newest.values()) {
    const version = versionOf(flow.Last, n);
    const { UUID: id, Start } = flow;
    yield { kind: 'index', index: names.flowsOf(Start), id, version, document: documentOf(flow, hostOf) };
    const after = names.flowsAfter(Start);
    if (after !== undefined) yield { kind: 'delete', index: after, id, version };
  }
  for (const [i, { uuid, packet }] of batch.rawPackets.entries()) {
    const { data, ...rest } = packet;
    yield {
      kind: 'create',
      index: names.packetsOf(packet.timestampMs),
      id: `${batch.id}:${i}`,
      document: {
        '@timestamp': Math.floor(packet.timestampMs),
        UUID: uuid,
        ...rest,
        data: Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64'),
      },
    };
  }
  for (const [i, loss] of batch.losses.entries())
    yield {
      kind: 'create',
      index: names.losses,
      id: `${batch.id}:${i}`,
      document: { '@timestamp': loss.to, ...loss },
    };
}
