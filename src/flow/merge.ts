/** What an observation adds to its flow. Deltas may be cut anywhere: the sum is the same. */
import { flag, ipLayout, layout, tcpLayout } from './layout.ts';
import type { ObservationReader } from './observation.ts';
import { row as r, rareRow, state, tcpRow, updateRow } from './row.ts';
import { rttOf } from './row-metric.ts';
import type { FlowStore } from './store.ts';
import { parentUuid } from './tunnels.ts';

export function mergeObservation(
  store: FlowStore,
  row: number,
  seen: ObservationReader,
  { isNew, nowMs }: { readonly isNew: boolean; readonly nowMs: number },
): void {
  const { rows } = store;
  // Facts that do not say when they were change no times: they are told some time after the packets they are about.
  const isTimeless = seen.isFactsOnly && !isNew && seen.number(layout.firstMs) === 0;
  const first = isTimeless ? rows.float(row, r.lastF) : seen.number(layout.firstMs) || nowMs;
  const last = Math.max(seen.number(layout.lastMs), first);
  keepTold(store, row, first);
  let flags = store.state(row) | state.changed;

  // What is certain replaces what is not; of two guesses the one about the earlier packet is better.
  const isCertain = (seen.flags & flag.startCertain) !== 0;
  const isEarlier = first < rows.float(row, r.startF);
  if (isNew || ((flags & state.certain) === 0 && (isCertain || isEarlier))) {
    flags = seen.flags & flag.hiStarted ? flags | state.hiStarted : flags & ~state.hiStarted;
    if (isCertain) flags |= state.certain;
  }
  store.setState(row, flags);
  if (isNew) parentUuid(store, row);

  if (isEarlier) rows.setFloat(row, r.startF, first);
  if (last > rows.float(row, r.lastF)) rows.setFloat(row, r.lastF, last);
  if (!seen.isFactsOnly) {
    rows.addFloat(row, r.loPacketsF, seen.number(layout.loPackets));
    rows.addFloat(row, r.loBytesF, seen.number(layout.loBytes));
    rows.addFloat(row, r.hiPacketsF, seen.number(layout.hiPackets));
    rows.addFloat(row, r.hiBytesF, seen.number(layout.hiBytes));
  } else if (!isNew) {
    if (layersOf(seen) > layersIn(store, row)) store.setLayers(row, seen);
    store.learnLink(row, seen);
    store.learnPorts(row, seen);
  }

  const sampling = seen.flags & flag.sampled ? seen.uint32(layout.sampling) : 0;
  if (sampling > 1) {
    const rare = store.side(row, 'rare');
    store.rare.set(rare, rareRow.sampling, Math.max(sampling, store.rare.get(rare, rareRow.sampling)));
  }
  if (seen.tcpAt >= 0) mergeTcp(store, row, seen);
  keepRtt(store, row, seen.uint32(layout.rttNs));
  if (seen.ipAt >= 0) mergeFragments(store, row, seen);
  if (seen.dropAt >= 0) mergeDrops(store, row, seen);
}

/**
 * Whether it is over by FIN or RST, and this is the SYN of another with the same ends. Facts come after counts, by a
 * clock that is some milliseconds ahead of theirs: their SYN is the one that was counted.
 */
export function finishedNow(store: FlowStore, row: number, seen: ObservationReader): boolean {
  if (seen.tcpAt < 0 || seen.isFactsOnly || !isFinished(store, row)) return false;
  const last = store.rows.float(row, r.lastF);
  return seen.tcpTime(tcpLayout.synMs, 0) > last || seen.tcpTime(tcpLayout.synMs, 1) > last;
}

export function isFinished(store: FlowStore, row: number): boolean {
  const flags = store.state(row);
  return (flags & state.rst) !== 0 || (flags & (state.finLo | state.finHi)) === (state.finLo | state.finHi);
}

/** Before anything is added to a flow that was told: what was told, so that the next update can tell the rest. */
function keepTold(store: FlowStore, row: number, first: number): void {
  const flags = store.state(row);
  if ((flags & state.updated) === 0) return;
  const { rows, updates } = store;
  const isFirstSince = (flags & state.changed) === 0;
  let at = rows.get(row, r.update);
  if (at === 0) {
    at = store.side(row, 'update');
    for (let counter = 0; counter < 4; counter++) {
      updates.setFloat(at, updateRow.toldF + counter, rows.float(row, counter));
      updates.setFloat(at, updateRow.deltaF + counter, rows.float(row, counter));
    }
    updates.setFloat(at, updateRow.deltaStartF, rows.float(row, r.startF));
    updates.setFloat(at, updateRow.deltaLastF, rows.float(row, r.lastF));
  }
  const pending = updates.float(at, updateRow.pendingStartF);
  updates.setFloat(at, updateRow.pendingStartF, isFirstSince ? first : Math.min(pending, first));
}

/** The first exchange says it. */
function keepRtt(store: FlowStore, row: number, rttNs: number): void {
  if (rttNs === 0 || rttOf(store, row) !== 0) return;
  const tcp = store.rows.get(row, r.tcp);
  if (tcp !== 0) store.tcp.set(tcp, tcpRow.rttNs, rttNs);
  else store.rare.set(store.side(row, 'rare'), rareRow.rttNs, rttNs);
}

/** Reasons told apart for one flow; there are about a hundred. */
const DROP_REASONS_MAX = 256;

function mergeDrops(store: FlowStore, row: number, seen: ObservationReader): void {
  let drops = store.drops.get(row);
  if (!drops) {
    drops = new Map();
    store.drops.set(row, drops);
  }
  for (const [reason, packets] of seen.drops()) {
    const known = drops.has(reason) || drops.size < DROP_REASONS_MAX ? reason : 0;
    drops.set(known, (drops.get(known) ?? 0) + packets);
  }
}

function mergeFragments(store: FlowStore, row: number, seen: ObservationReader): void {
  const rare = store.side(row, 'rare');
  store.rare.add(rare, rareRow.fragments, seen.view.getUint32(seen.ipAt + ipLayout.fragments, true));
  store.rare.add(rare, rareRow.fragmentErrors, seen.view.getUint32(seen.ipAt + ipLayout.fragmentErrors, true));
}

const tcpFlag = { fin: 1, rst: 4 } as const;

function mergeTcp(store: FlowStore, row: number, seen: ObservationReader): void {
  const flagsOf = (end: number) => seen.bytes[seen.tcpAt + tcpLayout.flags + end] as number;
  let flags = store.state(row);
  for (const end of [0, 1] as const) {
    if (seen.tcpTime(tcpLayout.finMs, end) > 0 || flagsOf(end) & tcpFlag.fin) flags |= end ? state.finHi : state.finLo;
    if (seen.tcpTime(tcpLayout.rstMs, end) > 0 || flagsOf(end) & tcpFlag.rst) flags |= state.rst;
  }
  store.setState(row, flags);
  const smoothed = seen.view.getUint32(seen.tcpAt + tcpLayout.smoothedRttNs, true);
  const resent = seen.tcpCount(tcpLayout.retransmissions, 0) + seen.tcpCount(tcpLayout.retransmissions, 1);
  // Without TCPMetric most flows have nothing to keep of it.
  if (!store.place(row).place.hasTcpMetric && smoothed === 0 && resent === 0) return;

  const at = store.side(row, 'tcp');
  const { tcp } = store;
  if (smoothed > 0) tcp.set(at, tcpRow.smoothedRttNs, smoothed);
  for (const end of [0, 1] as const) {
    earliest(store, at, tcpRow.synF + end, seen.tcpTime(tcpLayout.synMs, end));
    earliest(store, at, tcpRow.finF + end, seen.tcpTime(tcpLayout.finMs, end));
    earliest(store, at, tcpRow.rstF + end, seen.tcpTime(tcpLayout.rstMs, end));
    const ttl = seen.bytes[seen.tcpAt + tcpLayout.synTtl + end] as number;
    const before = tcp.get(at, tcpRow.ttl);
    if (((before >>> (end * 8)) & 0xff) === 0) tcp.set(at, tcpRow.ttl, before | (ttl << (end * 8)));
    tcp.add(at, tcpRow.retransmissions + end, seen.tcpCount(tcpLayout.retransmissions, end));
    // The rest is about packets, of which facts have only the first ones.
    if (seen.isFactsOnly) continue;
    tcp.add(at, tcpRow.outOfOrder + end, seen.tcpCount(tcpLayout.outOfOrder, end));
    tcp.add(at, tcpRow.skipped + end, seen.tcpCount(tcpLayout.skipped, end));
    tcp.add(at, tcpRow.segments + end, seen.tcpCount(tcpLayout.segments, end));
    tcp.addFloat(at, tcpRow.skippedBytesF + end, seen.tcpCount(tcpLayout.skippedBytes, end));
    tcp.addFloat(at, tcpRow.payloadBytesF + end, seen.tcpCount(tcpLayout.payloadBytes, end));
  }
}

function earliest(store: FlowStore, at: number, float: number, ms: number): void {
  if (ms === 0) return;
  const before = store.tcp.float(at, float);
  if (before === 0 || ms < before) store.tcp.setFloat(at, float, ms);
}

function layersOf(seen: ObservationReader): number {
  let count = 0;
  while (count < 12 && seen.byte(layout.layers + count) !== 0) count++;
  return count;
}

function layersIn(store: FlowStore, row: number): number {
  let count = 0;
  while (count < 12 && store.layer(row, count) !== 0) count++;
  return count;
}
