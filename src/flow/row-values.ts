/** What single words of a row mean: who, where, by what name. */
import { ipv4Text, ipv6Text, macText } from './address.ts';
import type { Endpoints, Flow } from './flow.ts';
import { icmpTypes, layerNames } from './layout.ts';
import { row as r, rareRow, state } from './row.ts';
import type { FlowStore } from './store.ts';
import { protocols } from './tracking.ts';
import { hex64 } from './xxhash64.ts';

export interface FlowNames {
  /** enum skb_drop_reason → the kernel's name. */
  readonly dropReason: (reason: number) => string;
  /** What a conversation without a known application is; undefined: its last layer. */
  readonly application: (protocol: number, aPort: number, bPort: number) => string | undefined;
}

export function idOf(store: FlowStore, row: number, word: number): string {
  return hex64(store.rows.get(row, word + 1), store.rows.get(row, word));
}

export function isHiStarted(store: FlowStore, row: number): boolean {
  return (store.state(row) & state.hiStarted) !== 0;
}

/** Of `lo` (0) or `hi` (1). */
export function port(store: FlowStore, row: number, end: number): number {
  return end === 0 ? store.rows.get(row, r.ports) & 0xffff : store.rows.get(row, r.ports) >>> 16;
}

export function address(store: FlowStore, row: number, end: number): string {
  const word = store.rows.get(row, r.lo + end);
  if (store.family(row) === 4) return ipv4Text(word);
  const at = store.rows.get(row, r.lo);
  const from = end * 4;
  const { ipv6 } = store;
  return ipv6Text([ipv6.get(at, from), ipv6.get(at, from + 1), ipv6.get(at, from + 2), ipv6.get(at, from + 3)]);
}

export function mac(store: FlowStore, row: number, end: number): string {
  const upper = store.rows.get(row, r.macs);
  return macText(end === 0 ? upper & 0xffff : upper >>> 16, store.rows.get(row, r.macs + 1 + end));
}

export function layersPath(store: FlowStore, row: number): string {
  const path: string[] = [];
  for (let i = 0; i < 12; i++) {
    const layer = store.layer(row, i);
    if (layer === 0) break;
    path.push(layerNames[layer] ?? 'Unknown');
  }
  path.push(...(store.applications.of(row)?.path ?? []));
  return path.join('/');
}

export function applicationName(store: FlowStore, row: number, names: FlowNames): string {
  const known = store.applications.of(row);
  if (known) return known.name;
  if (transportOf(store, row)) {
    const [a, b] = isHiStarted(store, row) ? [1, 0] : [0, 1];
    const named = names.application(store.protocol(row), port(store, row, a), port(store, row, b));
    if (named !== undefined) return named;
  }
  let last = 0;
  for (let i = 0; i < 12 && store.layer(row, i) !== 0; i++) last = store.layer(row, i);
  return layerNames[last] ?? 'Unknown';
}

export function transportOf(store: FlowStore, row: number): 'TCP' | 'UDP' | 'SCTP' | undefined {
  const name = transports[store.protocol(row)];
  return name !== undefined && hasLayer(store, row, layerNames.indexOf(name)) ? name : undefined;
}

export function isIcmp(store: FlowStore, row: number): boolean {
  const protocol = store.protocol(row);
  return (protocol === protocols.icmp || protocol === protocols.icmpv6) && !endsWithFragment(store, row);
}

export function finishType(store: FlowStore, row: number, isOver: boolean): number | undefined {
  const flags = store.state(row);
  if ((flags & (state.finLo | state.finHi)) === (state.finLo | state.finHi)) return 2;
  if (flags & state.rst) return 3;
  return isOver ? 1 : undefined;
}

export function rareValue(store: FlowStore, row: number, word: number): number {
  const rare = store.rows.get(row, r.rare);
  return rare === 0 ? 0 : store.rare.get(rare, word);
}

export function hasLayer(store: FlowStore, row: number, layer: number): boolean {
  for (let i = 0; i < 12; i++) {
    const at = store.layer(row, i);
    if (at === layer) return true;
    if (at === 0) return false;
  }
  return false;
}

function endsWithFragment(store: FlowStore, row: number): boolean {
  for (let i = 0; i < 12; i++) {
    if (store.layer(row, i) === fragment) return i === 11 || store.layer(row, i + 1) === 0;
  }
  return false;
}

export function linkOf(store: FlowStore, row: number): Endpoints<'ETHERNET', string> | undefined {
  if (!hasLink(store, row)) return undefined;
  const [a, b] = endsInOrder(store, row);
  const id = rareValue(store, row, rareRow.linkId + 1) * 0x1_0000_0000 + rareValue(store, row, rareRow.linkId);
  return { Protocol: 'ETHERNET', A: mac(store, row, a), B: mac(store, row, b), ID: id };
}

export function networkOf(store: FlowStore, row: number): Flow['Network'] {
  const family = store.family(row);
  if (family !== 4 && family !== 6) return undefined;
  const [a, b] = endsInOrder(store, row);
  const ID = rareValue(store, row, rareRow.networkId);
  return { Protocol: family === 4 ? 'IPV4' : 'IPV6', A: address(store, row, a), B: address(store, row, b), ID };
}

export function transportEnds(store: FlowStore, row: number): Flow['Transport'] {
  const Protocol = transportOf(store, row);
  if (Protocol === undefined) return undefined;
  const [a, b] = endsInOrder(store, row);
  return { Protocol, A: port(store, row, a), B: port(store, row, b), ID: 0 };
}

/** Which of lo (0) and hi (1) is A, and which is B. */
export function endsInOrder(store: FlowStore, row: number): readonly [a: number, b: number] {
  return isHiStarted(store, row) ? HI_FIRST : LO_FIRST;
}

const [LO_FIRST, HI_FIRST] = [[0, 1] as const, [1, 0] as const];

export function icmpOf(store: FlowStore, row: number): NonNullable<Flow['ICMP']> {
  const word = store.rows.get(row, r.ports);
  return { Type: icmpTypes[word & 0xff] ?? 'UNKNOWN', Code: (word >>> 8) & 0xff, ID: word >>> 16 };
}

/** A flow that begins with Ethernet has MACs. */
export function hasLink(store: FlowStore, row: number): boolean {
  return store.layer(row, 0) === ethernet;
}

const ethernet = layerNames.indexOf('Ethernet');
const fragment = layerNames.indexOf('Fragment');
export const transports: Readonly<Record<number, 'TCP' | 'UDP' | 'SCTP'>> = {
  [protocols.tcp]: 'TCP',
  [protocols.udp]: 'UDP',
  [protocols.sctp]: 'SCTP',
};
