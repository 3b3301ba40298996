/** Ids that are made of a row when someone asks: they are not kept, since few ask. */
import { communityId, icmpPorts } from './community-id.ts';
import { layerNames } from './layout.ts';
import { row as r, rareRow } from './row.ts';
import {
  endsInOrder,
  hasLayer,
  hasLink,
  isHiStarted,
  isIcmp,
  port,
  rareValue,
  transportOf,
  transports,
} from './row-values.ts';
import type { FlowStore } from './store.ts';
import { type Ends, l2TrackingId, protocols } from './tracking.ts';
import { hash, hex64 } from './xxhash64.ts';

export function l2TrackingOf(store: FlowStore, row: number): string | undefined {
  if (!hasLink(store, row)) return undefined;
  l2TrackingId(endsOf(store, row));
  return hex64(hash.high, hash.low);
}

export function communityOf(store: FlowStore, row: number): string | undefined {
  const ends = endsOf(store, row);
  const { family, protocol } = ends;
  if (family !== 4 && family !== 6) return undefined;
  const [from, to] = isHiStarted(store, row) ? [ends.hi, ends.lo] : [ends.lo, ends.hi];
  if (isIcmp(store, row)) {
    const ports = icmpPorts(family, ends.icmpClass, ends.icmpCode);
    if (!ports) return undefined;
    return communityId({ family, protocol, from, to, fromPort: ports.from, toPort: ports.to }, ports.isOneWay);
  }
  // A fragment has no ports to be told by.
  const hasPorts = transportOf(store, row) !== undefined;
  if (transports[protocol] !== undefined && !hasPorts) return undefined;
  const [a, b] = endsInOrder(store, row);
  const [fromPort, toPort] = hasPorts ? [port(store, row, a), port(store, row, b)] : [0, 0];
  return communityId({ family, protocol, from, to, fromPort, toPort });
}

const tunnels = [layerNames.indexOf('VXLAN'), layerNames.indexOf('Geneve')];

const scratch = { lo: new Uint8Array(16), hi: new Uint8Array(16), loMac: new Uint8Array(6), hiMac: new Uint8Array(6) };

/** Good until the next call. */
function endsOf(store: FlowStore, row: number): Ends {
  const { rows, ipv6 } = store;
  const family = store.family(row);
  const protocol = store.protocol(row);
  if (family === 4) {
    put32(scratch.lo, 0, rows.get(row, r.lo));
    put32(scratch.hi, 0, rows.get(row, r.hi));
  } else if (family === 6) {
    const at = rows.get(row, r.lo);
    for (let word = 0; word < 4; word++) {
      put32(scratch.lo, word * 4, ipv6.get(at, word));
      put32(scratch.hi, word * 4, ipv6.get(at, word + 4));
    }
  }
  const macs = rows.get(row, r.macs);
  scratch.loMac[0] = macs >>> 8;
  scratch.loMac[1] = macs;
  scratch.hiMac[0] = macs >>> 24;
  scratch.hiMac[1] = macs >>> 16;
  put32(scratch.loMac, 2, rows.get(row, r.macs + 1));
  put32(scratch.hiMac, 2, rows.get(row, r.macs + 2));
  const word = rows.get(row, r.ports);
  const isIcmpProtocol = protocol === protocols.icmp || protocol === protocols.icmpv6;
  const [loPort, hiPort] = isIcmpProtocol ? [0, 0] : [word & 0xffff, word >>> 16];
  return {
    family,
    protocol,
    lo: scratch.lo,
    hi: scratch.hi,
    loPort,
    hiPort,
    icmpClass: isIcmpProtocol ? word & 0xff : 0,
    icmpCode: isIcmpProtocol ? (word >>> 8) & 0xff : 0,
    icmpId: isIcmpProtocol ? word >>> 16 : 0,
    loMac: scratch.loMac,
    hiMac: scratch.hiMac,
    tunnelPort: tunnels.some((tunnel) => hasLayer(store, row, tunnel)) ? tunnelPort(loPort, hiPort) : 0,
    networkId: rareValue(store, row, rareRow.networkId),
  };
}

/** Source ports of a tunnel are above 49151 (RFC 7348 §5), so its own is the lower one that there is. */
function tunnelPort(loPort: number, hiPort: number): number {
  return loPort === 0 || hiPort === 0 ? loPort + hiPort : Math.min(loPort, hiPort);
}

function put32(bytes: Uint8Array, at: number, word: number): void {
  bytes[at] = word >>> 24;
  bytes[at + 1] = word >>> 16;
  bytes[at + 2] = word >>> 8;
  bytes[at + 3] = word;
}
