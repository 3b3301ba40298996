/** Points and kept packets of flows, by their UUIDs. */
import type { FlowMetric, RawPacket } from '../../../flow/flow.ts';
import type { Span } from '../../../flow/view.ts';
import type { Elastic } from '../client.ts';
import { PASS_BY, pages } from '../pages.ts';
import type { Server } from '../server.ts';
import type { FlowPlaces } from './places.ts';
import { clamp } from './pushed.ts';

/** Flows asked for at once. */
const UUIDS = 500;
const PAGE_POINTS = 5_000;
/** Up to 64 KiB each. */
const PAGE_PACKETS = 500;

export interface Access {
  readonly elastic: Elastic;
  readonly server: Server;
  readonly places: FlowPlaces;
}

/** A point as it lies there: of a sum also in which slot. */
export interface PointSource extends FlowMetric {
  readonly '@timestamp': number;
  readonly UUID: string;
  readonly order: number;
}

export const pointOrder = [{ UUID: 'asc' }, { Start: 'asc' }, { Last: 'asc' }, { order: 'asc' }];

export async function pointsIn(
  { elastic, server, places }: Access,
  uuids: readonly string[],
  { from, to }: Span,
): Promise<Map<string, FlowMetric[]>> {
  const found = new Map<string, FlowMetric[]>(uuids.map((uuid) => [uuid, []]));
  for (const some of inParts(uuids)) {
    const filter = [
      { terms: { UUID: some } },
      { range: { Start: { lte: clamp(to) } } },
      { range: { Last: { gte: clamp(from) } } },
    ];
    const query = { bool: { filter } };
    const search = { index: places.allPoints, query, sort: pointOrder, page: PAGE_POINTS };
    for await (const hits of pages<PointSource>(elastic, server, search))
      for (const { _source } of hits) found.get(_source.UUID)?.push(metricOf(_source));
  }
  return found;
}

/** Of each flow the point that began last. */
export async function newestPoints(
  { elastic, places }: Access,
  uuids: readonly string[],
): Promise<Map<string, FlowMetric[]>> {
  const found = new Map<string, FlowMetric[]>(uuids.map((uuid) => [uuid, []]));
  for (const some of inParts(uuids)) {
    const { hits } = await elastic.request<{ hits?: { hits?: { _source: PointSource }[] } }>({
      method: 'POST',
      path: `/${places.allPoints}/_search`,
      query: { ...PASS_BY, filter_path: 'hits.hits._source' },
      body: {
        size: some.length,
        query: { bool: { filter: [{ terms: { UUID: some } }] } },
        collapse: { field: 'UUID' },
        sort: [{ Start: 'desc' }, { Last: 'desc' }, { order: 'desc' }],
      },
    });
    for (const { _source } of hits?.hits ?? []) found.get(_source.UUID)?.push(metricOf(_source));
  }
  return found;
}

export async function packetsIn(
  { elastic, server, places }: Access,
  uuids: readonly string[],
  span: Span | undefined,
): Promise<Map<string, RawPacket[]>> {
  const found = new Map<string, RawPacket[]>(uuids.map((uuid) => [uuid, []]));
  for (const some of inParts(uuids)) {
    const time = span && { timestampMs: { gte: clamp(span.from), lte: clamp(span.to) } };
    const search = {
      index: places.packets.pattern,
      query: { bool: { filter: [{ terms: { UUID: some } }, ...(time ? [{ range: time }] : [])] } },
      sort: [{ UUID: 'asc' }, { index: 'asc' }, { timestampMs: 'asc' }],
      page: PAGE_PACKETS,
    };
    for await (const hits of pages<PacketSource>(elastic, server, search))
      for (const { _source } of hits) found.get(_source.UUID)?.push(packetOf(_source));
  }
  return found;
}

interface PacketSource extends Omit<RawPacket, 'data'> {
  readonly UUID: string;
  /** Base 64. */
  readonly data: string;
}

function packetOf({ timestampMs, index, data, length, linkType }: PacketSource): RawPacket {
  return { timestampMs, index, data: new Uint8Array(Buffer.from(data, 'base64')), length, linkType };
}

export function metricOf({ ABPackets, ABBytes, BAPackets, BABytes, Start, Last, RTT }: FlowMetric): FlowMetric {
  return { ABPackets, ABBytes, BAPackets, BABytes, Start, Last, ...(RTT !== undefined && { RTT }) };
}

function* inParts(uuids: readonly string[]): Generator<readonly string[]> {
  for (let at = 0; at < uuids.length; at += UUIDS) yield uuids.slice(at, at + UUIDS);
}
