/** RTM_NEWNEIGH and RTM_DELNEIGH (linux/neighbour.h): ARP and NDP entries, and forwarding entries of bridges and VXLANs. */
import * as z from 'zod';
import type { Metadata } from '../../graph/element.ts';
import { field } from '../../model/vocabulary.ts';
import { Attributes } from '../../native/attributes.ts';
import { ipText, macText } from '../../std/addresstext.ts';
import { present } from './present.ts';

const entry = z.strictObject({
  Flags: z.array(z.string()).optional(),
  MAC: z.string().optional(),
  IP: z.string().optional(),
  State: z.array(z.string()),
  Vlan: z.int().optional(),
  VNI: z.int().optional(),
  Port: z.int().optional(),
  IfIndex: z.int(),
});

export const neighbourFields = {
  FDB: field(z.array(entry), {
    doc: 'Forwarding entries: which MAC is behind this port, or behind which address of a tunnel.',
    example: [{ Flags: ['NTF_SELF'], MAC: '33:33:00:00:00:01', State: ['NUD_PERMANENT'], IfIndex: 5 }],
  }),
  Neighbors: field(z.array(entry), {
    doc: 'Neighbours on the link: which MAC an address has (ARP, NDP). Entries that only repeat a rule (NUD_NOARP) are left out.',
    example: [{ MAC: '02:00:00:00:00:0a', IP: '10.99.0.1', State: ['NUD_REACHABLE'], IfIndex: 5 }],
  }),
};

export interface Neighbour {
  readonly isForwarding: boolean;
  readonly ifindex: number;
  /** Identifies the entry on its interface; sorts. */
  readonly key: string;
  /** NUD_*. */
  readonly state: number;
  readonly entry: Metadata;
}

export const AF_BRIDGE = 7;
const ND_SIZE = 12;
const NUD_NOARP = 0x40;

/** States among which an entry moves by itself: incomplete, reachable, stale, delay, probe, failed. */
export const NUD_AGEING = 0x3f;

export function readNeighbour(body: Uint8Array): Neighbour | undefined {
  if (body.length < ND_SIZE) return undefined;
  const head = Attributes.struct(body);
  const family = head.u8();
  const ifindex = head.i32(4);
  const state = head.u16(8);
  const flags = head.u8(10);
  if (ifindex <= 0) return undefined;
  let ip = '';
  let mac = '';
  let vlan: number | undefined;
  let vni: number | undefined;
  let port: number | undefined;
  let nexthop: number | undefined;
  const attributes = new Attributes(body, ND_SIZE);
  while (attributes.next()) {
    switch (attributes.type) {
      case 1:
        ip = ipText(attributes.bytes());
        break;
      case 2:
        mac = macText(attributes.bytes());
        break;
      case 5:
        vlan = attributes.u16();
        break;
      case 6:
        port = attributes.be16();
        break;
      case 7:
        vni = attributes.u32();
        break;
      case 13:
        nexthop = attributes.u32();
        break;
    }
  }
  const isForwarding = family === AF_BRIDGE;
  if (isForwarding ? mac === '' : ip === '') return undefined;
  const own = isForwarding
    ? // A bridge's own entry and one of the port's driver may be the same otherwise.
      `${mac} ${vlan ?? ''} ${vni ?? ''} ${ip} ${port ?? ''} ${nexthop ?? ''} ${flags & NTF_SELF}`
    : `${family} ${ip} ${flags & NTF_PROXY}`;
  return {
    isForwarding,
    ifindex,
    key: own,
    state,
    entry: present({
      Flags: flags === 0 ? undefined : names(FLAGS, flags),
      MAC: mac || undefined,
      IP: ip || undefined,
      State: names(STATES, state),
      Vlan: vlan,
      VNI: vni,
      Port: port,
      IfIndex: ifindex,
    }),
  };
}

/** An entry that says nothing but what the rule for its address says, and of whose coming and going the kernel is silent. */
export function isImplied({ isForwarding, state }: Neighbour): boolean {
  return !isForwarding && (state === 0 || (state & NUD_NOARP) !== 0);
}

/** It is an entry of the bridge that the interface is a port of, and not one of the device's own. */
export function isOfBridge({ isForwarding, entry }: Neighbour): boolean {
  const { Flags } = entry;
  return isForwarding && !(Array.isArray(Flags) && Flags.includes('NTF_SELF'));
}

function names(of: readonly (readonly [number, string])[], bits: number): readonly string[] {
  return of.filter(([bit]) => bits & bit).map(([, name]) => name);
}

const STATES: readonly (readonly [number, string])[] = [
  [0x01, 'NUD_INCOMPLETE'],
  [0x02, 'NUD_REACHABLE'],
  [0x04, 'NUD_STALE'],
  [0x08, 'NUD_DELAY'],
  [0x10, 'NUD_PROBE'],
  [0x20, 'NUD_FAILED'],
  [NUD_NOARP, 'NUD_NOARP'],
  [0x80, 'NUD_PERMANENT'],
];
const NTF_SELF = 0x02;
const NTF_PROXY = 0x08;
const FLAGS: readonly (readonly [number, string])[] = [
  [0x01, 'NTF_USE'],
  [NTF_SELF, 'NTF_SELF'],
  [0x04, 'NTF_MASTER'],
  [NTF_PROXY, 'NTF_PROXY'],
  [0x10, 'NTF_EXT_LEARNED'],
  [0x20, 'NTF_OFFLOADED'],
  [0x40, 'NTF_STICKY'],
  [0x80, 'NTF_ROUTER'],
];
