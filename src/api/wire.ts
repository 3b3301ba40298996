/** Graph and flow values → JSON text, in one place. Written by hand: a whole graph is 26,000 of these calls. */
import type { RawPacket } from '../flow/flow.ts';
import type { Counters, Difference, Element, GraphView, Metadata, Sample } from '../graph/view.ts';
import { flowCounters } from '../query/counters.ts';
import type { NextHop } from '../query/step.ts';
import { withCaptureCounters } from './capture-counters.ts';
import { withSeries } from './series-json.ts';

/** An element in Skydive's shape, its newest counters (as the view knows them) merged into the metadata. */
export function elementJson(element: Element, view: GraphView | undefined): string {
  if (element.kind === 'edge') return `${edgeHead(element)}}`;
  if (view === undefined) return `${nodeHead(element, element.metadata, undefined)}}`;
  const counted = withSeries(element, view);
  const metadata = counted.Captures === undefined ? counted : withCaptureCounters(element, counted, view);
  return `${nodeHead(element, metadata, view.counters(element.id, 'Metric'))}}`;
}

/** A version of the past says besides until when it was so, and when we learned of it. */
export function pastElementJson(element: Element): string {
  const head = element.kind === 'node' ? nodeHead(element, element.metadata, undefined) : edgeHead(element);
  return `${head},"ValidTo":${element.validTo ?? 'null'},"RecordedAt":${element.recordedAt}}`;
}

/** One point of a series: counters that are zero are left out, but not those of a flow; as Skydive does. */
export function sampleJson(sample: Sample): string {
  return `{${nonZero(sample.counters)}"Start":${sample.start},"Last":${sample.last}}`;
}

export function differenceJson(difference: Difference): string {
  const keys = difference.keys.map(({ key, before, after }) => JSON.stringify({ key, before, after }));
  const { before, after } = difference;
  return (
    `{"kind":"${difference.kind}","before":${before ? elementJson(before, undefined) : 'null'},` +
    `"after":${after ? elementJson(after, undefined) : 'null'},"keys":[${keys.join(',')}]}`
  );
}

/** A packet that was kept, as Skydive shows it. */
export function packetJson({ timestampMs, index, data, linkType }: RawPacket): string {
  const text = Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64');
  return `{"Timestamp":${Math.trunc(timestampMs)},"Index":${index},"Data":"${text}","LinkType":${linkType}}`;
}

export function nextHopJson({ priority, ip, mac, ifIndex }: NextHop): string {
  // An undefined member is left out.
  return JSON.stringify({ Priority: priority, IP: ip, MAC: mac, IfIndex: ifIndex });
}

function metadataJson(metadata: Metadata, counters: Counters | undefined): string {
  const text = JSON.stringify(metadata);
  if (counters === undefined || metadata.Metric !== undefined) return text;
  return `${text.slice(0, -1)}${text.length > 2 ? ',' : ''}${countersJson(counters)}}`;
}

/** Everything but the closing brace. */
function nodeHead(element: Element, metadata: Metadata, counters: Counters | undefined): string {
  return `{"ID":${JSON.stringify(element.id)},"Metadata":${metadataJson(metadata, counters)}${lifeJson(element)}`;
}

function edgeHead(element: Element & { kind: 'edge' }): string {
  return (
    `{"ID":${JSON.stringify(element.id)},"Metadata":${JSON.stringify(element.metadata)}${lifeJson(element)}` +
    `,"Parent":${JSON.stringify(element.parent)},"Child":${JSON.stringify(element.child)}`
  );
}

function lifeJson(element: Element): string {
  return (
    `,"Host":${JSON.stringify(element.host)},"Origin":${JSON.stringify(element.origin)}` +
    `,"CreatedAt":${element.createdAt},"UpdatedAt":${element.updatedAt}` +
    `,"DeletedAt":${element.deletedAt ?? 'null'},"Revision":${element.revision}`
  );
}

/** After the first reading there are totals, and no increments yet. */
function countersJson({ total, last }: Counters): string {
  if (last === undefined) return `"Metric":{${nonZero(total).slice(0, -1)}}`;
  return `"Metric":{${nonZero(total)}"Last":${last.last}},"LastUpdateMetric":${sampleJson(last)}`;
}

/** Each with a comma behind it; those of flows also when they are 0. */
function nonZero(counters: Readonly<Record<string, number>>): string {
  let text = '';
  for (const key in counters) {
    const value = counters[key];
    if (value || flowCounters.has(key)) text += `${JSON.stringify(key)}:${value},`;
  }
  return text;
}
