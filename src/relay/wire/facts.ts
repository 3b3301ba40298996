/** Facts as bytes: `Facts` of relay.proto. */
import type { Flow } from '../../flow/flow.ts';
import type { Facts } from '../message.ts';
import { MESSAGE_BYTES_MAX, RECORDS_MAX } from './bounds.ts';
import { WireFault } from './fault.ts';
import { decodeFlows, writeFlows } from './flows.ts';
import { readPacked } from './measures.ts';
import { Reader } from './reader.ts';
import { decodeLoss, decodeLost, decodePacket, encodeLoss, encodeLost, encodePacket } from './records.ts';
import { decodeSamples, writeSamples } from './samples.ts';
import { decodeSocket, encodeSocket } from './sockets.ts';
import { readTold, writeTold } from './told.ts';
import { Writer } from './writer.ts';

/** Numbers of the fields of Facts: what is cut out of bytes is named by them. */
export const FACTS = {
  time: 1,
  isWholeGraph: 2,
  isAllSockets: 3,
  graph: 4,
  samples: 5,
  living: 6,
  ended: 7,
  endedAt: 8,
  rawPackets: 9,
  losses: 10,
  sockets: 11,
  lost: 12,
} as const;

export function encodeFacts(facts: Facts): Uint8Array {
  try {
    return written(writer, facts);
  } finally {
    writer.reset();
  }
}

// One for all calls: what it grew to is good for the next.
const writer = new Writer();

function written(to: Writer, facts: Facts): Uint8Array {
  to.double(FACTS.time, facts.time);
  to.uint(FACTS.isWholeGraph, Number(facts.isWholeGraph));
  to.uint(FACTS.isAllSockets, Number(facts.isAllSockets));
  if (facts.graph.length > 0) {
    const start = to.begin(FACTS.graph, 4);
    for (const told of facts.graph) {
      const one = to.begin(1);
      writeTold(to, told);
      to.end(one);
    }
    to.end(start, 4);
  }
  if (facts.samples.length > 0) {
    const start = to.begin(FACTS.samples, 4);
    writeSamples(to, facts.samples);
    to.end(start, 4);
  }
  writeAllFlows(to, facts.flows);
  writeAll(to, FACTS.rawPackets, facts.rawPackets, encodePacket);
  writeAll(to, FACTS.losses, facts.losses, encodeLoss);
  writeAll(to, FACTS.sockets, facts.sockets, encodeSocket);
  for (const lost of facts.lost) to.bytes(FACTS.lost, encodeLost(lost));
  return to.finish();
}

/** Throws a WireFault, and nothing else. */
export function decodeFacts(bytes: Uint8Array, base = 0): Facts {
  if (bytes.length > MESSAGE_BYTES_MAX) throw new WireFault(`${bytes.length} bytes of facts`, base);
  const facts = { time: 0, isWholeGraph: false, isAllSockets: false };
  const lists = { graph: [], rawPackets: [], losses: [], sockets: [], lost: [] } as Lists;
  let samples: Facts['samples'] = [];
  let living: Flow[] = [];
  let ended: Flow[] = [];
  const endedAt: number[] = [];
  const from = new Reader(bytes, base);
  for (let field = from.field(); field !== 0; field = from.field()) {
    if (field === FACTS.time) facts.time = from.double();
    else if (field === FACTS.isWholeGraph) facts.isWholeGraph = from.uint() !== 0;
    else if (field === FACTS.isAllSockets) facts.isAllSockets = from.uint() !== 0;
    else if (field === FACTS.graph) readGraph(from, lists.graph);
    else if (field === FACTS.samples) samples = inside(from, decodeSamples);
    else if (field === FACTS.living) living = inside(from, decodeFlows);
    else if (field === FACTS.ended) ended = inside(from, decodeFlows);
    else if (field === FACTS.endedAt) readPacked(from, endedAt);
    else if (field === FACTS.rawPackets) readAll(from, lists.rawPackets, decodePacket);
    else if (field === FACTS.losses) readAll(from, lists.losses, decodeLoss);
    else if (field === FACTS.sockets) readAll(from, lists.sockets, decodeSocket);
    else if (field !== FACTS.lost) from.skip();
    else if (lists.lost.length === RECORDS_MAX) throw from.fault('more than a batch may have');
    else lists.lost.push(inside(from, decodeLost));
  }
  return { ...facts, ...lists, samples, flows: together(living, ended, endedAt) };
}

/** What it tells of the graph, alone: the rest is passed by. Throws a WireFault, and nothing else. */
export function decodeGraph(bytes: Uint8Array): Pick<Facts, 'time' | 'isWholeGraph' | 'graph'> {
  let [time, isWholeGraph] = [0, false];
  const graph: Facts['graph'][number][] = [];
  const from = new Reader(bytes);
  for (let field = from.field(); field !== 0; field = from.field()) {
    if (field === FACTS.time) time = from.double();
    else if (field === FACTS.isWholeGraph) isWholeGraph = from.uint() !== 0;
    else if (field === FACTS.graph) readGraph(from, graph);
    else from.skip();
  }
  return { time, isWholeGraph, graph };
}

type Lists = { -readonly [K in 'graph' | 'rawPackets' | 'losses' | 'sockets' | 'lost']: [...Facts[K]] };

function writeAll<T>(to: Writer, field: number, records: readonly T[], encode: (record: T) => Uint8Array): void {
  if (records.length === 0) return;
  const start = to.begin(field, 4);
  for (const record of records) to.bytes(1, encode(record));
  to.end(start, 4);
}

function readAll<T>(from: Reader, into: T[], decode: (bytes: Uint8Array, base: number) => T | undefined): void {
  const end = from.enter();
  for (let field = from.field(); field !== 0; field = from.field()) {
    if (field !== 1) {
      from.skip();
      continue;
    }
    if (into.length === RECORDS_MAX) throw from.fault('more than a batch may have');
    const record = inside(from, decode);
    if (record !== undefined) into.push(record);
  }
  from.leave(end);
}

function inside<T>(from: Reader, decode: (bytes: Uint8Array, base: number) => T): T {
  const bytes = from.bytes();
  return decode(bytes, from.at - bytes.length);
}

function readGraph(from: Reader, into: Facts['graph'][number][]): void {
  const end = from.enter();
  for (let field = from.field(); field !== 0; field = from.field()) {
    if (field !== 1) {
      from.skip();
      continue;
    }
    if (into.length === RECORDS_MAX) throw from.fault('more than a batch may have');
    const one = from.enter();
    const told = readTold(from);
    from.leave(one);
    if (told) into.push(told);
  }
  from.leave(end);
}

function writeAllFlows(to: Writer, flows: readonly Flow[]): void {
  const living: Flow[] = [];
  const ended: Flow[] = [];
  const endedAt: number[] = [];
  for (const flow of flows) {
    if (flow.FinishType === undefined) living.push(flow);
    else {
      endedAt.push(living.length + ended.length);
      ended.push(flow);
    }
  }
  writeSection(to, FACTS.living, living);
  writeSection(to, FACTS.ended, ended);
  const isBehind = endedAt[0] === living.length;
  if (ended.length === 0 || isBehind) return;
  const start = to.begin(FACTS.endedAt, 4);
  for (const at of endedAt) to.plain(at);
  to.end(start, 4);
}

function writeSection(to: Writer, field: number, flows: readonly Flow[]): void {
  if (flows.length === 0) return;
  const start = to.begin(field, 4);
  writeFlows(to, flows);
  to.end(start, 4);
}

/** In the order they were told. Where some were cut out since, the others follow each other. */
function together(living: Flow[], ended: Flow[], endedAt: readonly number[]): Flow[] {
  if (ended.length === 0) return living;
  if (endedAt.length === 0 || living.length === 0) return [...living, ...ended];
  const flows: Flow[] = [];
  let next = 0;
  for (const [index, flow] of ended.entries()) {
    const at = endedAt[index] ?? Number.POSITIVE_INFINITY;
    while (flows.length < at && next < living.length) flows.push(living[next++] as Flow);
    flows.push(flow);
  }
  while (next < living.length) flows.push(living[next++] as Flow);
  return flows;
}
