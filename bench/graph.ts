/**
 * The versioned graph alone: 20,000 elements of 14 keys, 400,000 updates of one key. Run: node --expose-gc bench/graph.ts
 * Floor: the same updates on a plain Map of objects that keeps no history.
 */
import type { Change } from '../src/graph/change.ts';
import type { Metadata } from '../src/graph/element.ts';
import { Graph } from '../src/graph/graph.ts';

const ELEMENTS = 20_000;
const UPDATES = 400_000;
const source = { host: 'h', origin: 'bench' };
const indexed = ['Name', 'Type', 'TID', 'MAC'];
const collect = (globalThis as { gc?: () => void }).gc ?? (() => {});

const empty = heap();
const graph = new Graph({ indexed });
for (let i = 0; i < ELEMENTS; i++) graph.apply([node(i)], { ...source, time: 1000 + i });
const loaded = heap();
say('live element with indexes', `${Math.round((loaded - empty) / ELEMENTS)} B`, '≤ 800 B');

const floorStart = performance.now();
const plain = new Map<string, Metadata>();
for (let i = 0; i < ELEMENTS; i++) plain.set(`element-${i}`, (node(i) as { metadata: Metadata }).metadata);
for (let i = 0; i < UPDATES; i++) {
  const id = `element-${(i * 7919) % ELEMENTS}`;
  plain.set(id, { ...(plain.get(id) as Metadata), MTU: i });
}
const floor = ((performance.now() - floorStart) * 1000) / UPDATES;

const start = performance.now();
for (let i = 0; i < UPDATES; i++)
  graph.apply([{ kind: 'set', id: `element-${(i * 7919) % ELEMENTS}`, set: { MTU: i } }], {
    host: 'h',
    origin: 'bench',
    time: 100_000 + i,
  });
const update = ((performance.now() - start) * 1000) / UPDATES;
say('update', `${update.toFixed(2)} µs`, '≤ 1 µs', `${(update / floor).toFixed(1)} × a plain map without history`);
say('version', `${Math.round((heap() - loaded) / UPDATES)} B`, '≤ 120 B');

const middle = 100_000 + UPDATES / 2;
const past = graph.at(middle);
const lookups = 200_000;
const lookStart = performance.now();
let found = 0;
for (let i = 0; i < lookups; i++) for (const _ of past.nodes(`element-${(i * 7919) % ELEMENTS}`)) found++;
say('one element at t', `${(((performance.now() - lookStart) * 1000) / found).toFixed(2)} µs`, '≤ 3 µs');

best('filter all 20,000 at t', 20, () => {
  let count = 0;
  for (const element of graph.at(middle).nodes()) if ((element.metadata.MTU as number) % 2 === 0) count++;
  return count;
});
best('diff over 5,000 changes', 20, () => graph.diff({ from: middle, to: middle + 5000 }).length);
best('one node by name, now', 0.015, () => [...(graph.now().nodesWith('Name', 'name-77') ?? [])].length);

function node(i: number): Change {
  const hex = i.toString(16).padStart(8, '0');
  return {
    kind: 'node',
    id: `element-${i}`,
    // As it comes off a wire: strings in one piece, not the ropes that templates leave.
    metadata: parsed({
      Name: `name-${i}`,
      Type: 'veth',
      TID: `${hex}-7f7f-5c5c-4444-${hex}0000`,
      MAC: `02:00:${hex.slice(0, 2)}:${hex.slice(2, 4)}:${hex.slice(4, 6)}:${hex.slice(6)}`,
      IfIndex: i,
      MTU: 1500,
      State: 'UP',
      Driver: 'veth',
      EncapType: 'ether',
      Speed: 10_000,
      ParentIndex: 1,
      PeerIfIndex: 2,
      LinkNetNsID: 0,
      BusInfo: '',
    }),
  };
}

function parsed(metadata: Metadata): Metadata {
  return JSON.parse(JSON.stringify(metadata)) as Metadata;
}

function best(what: string, goalMs: number, run: () => number): void {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 9; i++) {
    const begun = performance.now();
    run();
    least = Math.min(least, performance.now() - begun);
  }
  say(what, `${least.toFixed(3)} ms`, `≤ ${goalMs} ms`);
}

function say(what: string, is: string, goal: string, more = ''): void {
  console.log(`${what.padEnd(28)} ${is.padStart(10)}   goal ${goal}   ${more}`);
}

function heap(): number {
  for (let i = 0; i < 4; i++) collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
