/** RTM_NEWSTATS (linux/if_link.h): the counters of a link, struct rtnl_link_stats64, under Skydive's names. */
import { Attributes } from '../../native/attributes.ts';

export interface LinkCounters {
  readonly ifindex: number;
  /** The struct as it came: the same bytes are the same counters. A window on the batch. */
  readonly bytes: Uint8Array;
}

/** Size of struct if_stats_msg. */
export const IFSTATS_SIZE = 12;
/** IFLA_STATS_FILTER_BIT(IFLA_STATS_LINK_64). */
export const STATS_LINK_64 = 1;

export function readStats(body: Uint8Array): LinkCounters | undefined {
  if (body.length < IFSTATS_SIZE) return undefined;
  const ifindex = Attributes.struct(body).u32(4);
  const attributes = new Attributes(body, IFSTATS_SIZE);
  while (attributes.next())
    if (attributes.type === 1 && attributes.length >= NAMES.length * 8)
      return { ifindex, bytes: attributes.bytes(0, NAMES.length * 8) };
  return undefined;
}

export function counterTotals(bytes: Uint8Array): Record<string, number> {
  const struct = Attributes.struct(bytes);
  const total: Record<string, number> = {};
  for (let at = 0; at < NAMES.length; at++) total[NAMES[at] as string] = struct.u64(at * 8);
  return total;
}

/** In the order of the struct. */
const NAMES = [
  'RxPackets',
  'TxPackets',
  'RxBytes',
  'TxBytes',
  'RxErrors',
  'TxErrors',
  'RxDropped',
  'TxDropped',
  'Multicast',
  'Collisions',
  'RxLengthErrors',
  'RxOverErrors',
  'RxCrcErrors',
  'RxFrameErrors',
  'RxFifoErrors',
  'RxMissedErrors',
  'TxAbortedErrors',
  'TxCarrierErrors',
  'TxFifoErrors',
  'TxHeartbeatErrors',
  'TxWindowErrors',
  'RxCompressed',
  'TxCompressed',
];
