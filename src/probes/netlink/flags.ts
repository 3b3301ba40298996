/** IFF_* flags and IF_OPER_* states of a link (linux/if.h; RFC 2863). */

/** In this order, Skydive's five first. Running and lower-up are left to `State`. */
export function linkFlags(flags: number): string[] {
  return FLAGS.filter(([bit]) => flags & bit).map(([, name]) => name);
}

export const IFF_UP = 1;

/** `UP`, `DOWN`, `LOWER-LAYER-DOWN`…; most drivers without a notion of carrier (lo, tun) leave it `UNKNOWN`. */
export function operState(state: number): string {
  return STATES[state] ?? 'UNKNOWN';
}

const FLAGS: readonly (readonly [number, string])[] = [
  [IFF_UP, 'UP'],
  [0x2, 'BROADCAST'],
  [0x8, 'LOOPBACK'],
  [0x10, 'POINTTOPOINT'],
  [0x1000, 'MULTICAST'],
  [0x80, 'NOARP'],
  [0x100, 'PROMISC'],
  [0x200, 'ALLMULTI'],
];

const STATES = ['UNKNOWN', 'NOT-PRESENT', 'DOWN', 'LOWER-LAYER-DOWN', 'TESTING', 'DORMANT', 'UP'];
