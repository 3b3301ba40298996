/** Settings of interfaces and of the namespace that decide what it passes on (linux/netconf.h, ip-netconf(8)). */
import * as z from 'zod';
import type { Metadata } from '../../graph/element.ts';
import { field } from '../../model/vocabulary.ts';
import { Attributes } from '../../native/attributes.ts';
import { AF_INET, AF_INET6 } from './address.ts';

/** NETCONFA_IFINDEX_ALL: it stands for the whole namespace; -2 is what new interfaces begin with. */
export const ALL = -1;
/** struct netconfmsg, and what fills it up to four bytes. */
const NETCONF_SIZE = 4;

export interface Netconf {
  readonly family: number;
  /** ALL, or that of an interface. */
  readonly ifindex: number;
  /** Undefined where it is not told: news tell of one alone. */
  readonly forwarding: boolean | undefined;
  /** 0 none, 1 strict, 2 loose (RFC 3704); IPv4 alone. */
  readonly reverseFilter: number | undefined;
  readonly proxiesNeighbours: boolean | undefined;
}

/** Undefined of what concerns nobody here. */
export function readNetconf(body: Uint8Array): Netconf | undefined {
  if (body.length < NETCONF_SIZE) return undefined;
  const family = body[0] as number;
  if (family !== AF_INET && family !== AF_INET6) return undefined;
  let ifindex: number | undefined;
  const values = new Map<number, number>();
  const attributes = new Attributes(body, NETCONF_SIZE);
  while (attributes.next()) {
    if (attributes.type === 1) ifindex = attributes.i32();
    else values.set(attributes.type, attributes.i32());
  }
  if (ifindex === undefined || (ifindex < 1 && ifindex !== ALL)) return undefined;
  const [forwarding, proxied] = [values.get(2), values.get(5)];
  return {
    ...{ family, ifindex, reverseFilter: family === AF_INET ? values.get(3) : undefined },
    forwarding: forwarding === undefined ? undefined : forwarding !== 0,
    proxiesNeighbours: proxied === undefined ? undefined : proxied !== 0,
  };
}

/** Kept of one namespace; of more it is not told what they pass on. */
const NETCONFS_MAX = 200_000;

/** By interface and family; what one message leaves out stays as it was. */
export class Netconfs {
  readonly #byKey = new Map<string, Netconf>();

  set(netconf: Netconf): void {
    const key = keyOf(netconf.ifindex, netconf.family);
    const before = this.#byKey.get(key);
    if (before === undefined && this.#byKey.size >= NETCONFS_MAX) return;
    this.#byKey.set(key, {
      ...netconf,
      forwarding: netconf.forwarding ?? before?.forwarding,
      reverseFilter: netconf.reverseFilter ?? before?.reverseFilter,
      proxiesNeighbours: netconf.proxiesNeighbours ?? before?.proxiesNeighbours,
    });
  }

  delete(ifindex: number, family: number): void {
    this.#byKey.delete(keyOf(ifindex, family));
  }

  /** The interface is gone. */
  forget(ifindex: number): void {
    for (const family of [AF_INET, AF_INET6]) this.delete(ifindex, family);
  }

  /** Of the namespace: what holds for all. */
  ofNamespace(): Metadata {
    const [four, six] = this.#both(ALL);
    const filter = FILTERS[four?.reverseFilter ?? 0];
    const forwarding = {
      ...(four?.forwarding !== undefined && { IPV4: four.forwarding }),
      ...(six?.forwarding !== undefined && { IPV6: six.forwarding }),
    };
    return {
      ...(Object.keys(forwarding).length > 0 && { Forwarding: forwarding }),
      ...(filter !== undefined && { RPFilter: filter }),
      ...proxied(four, six),
    };
  }

  /** Where an interface is unlike the namespace. Of reverse path filters the larger number counts. */
  of(ifindex: number): Metadata {
    const [four, six] = this.#both(ifindex);
    const [allFour, allSix] = this.#both(ALL);
    const forwarding = {
      ...(isUnlike(four?.forwarding, allFour?.forwarding) && { IPV4: four?.forwarding as boolean }),
      ...(isUnlike(six?.forwarding, allSix?.forwarding) && { IPV6: six?.forwarding as boolean }),
    };
    const own = four?.reverseFilter ?? 0;
    const filter = own > (allFour?.reverseFilter ?? 0) ? FILTERS[own] : undefined;
    return {
      ...(Object.keys(forwarding).length > 0 && { Forwarding: forwarding }),
      ...(filter !== undefined && { RPFilter: filter }),
      ...proxied(four, six),
    };
  }

  #both(ifindex: number): [Netconf | undefined, Netconf | undefined] {
    return [this.#byKey.get(keyOf(ifindex, AF_INET)), this.#byKey.get(keyOf(ifindex, AF_INET6))];
  }
}

const FILTERS: readonly (string | undefined)[] = [undefined, 'strict', 'loose'];

function keyOf(ifindex: number, family: number): string {
  return `${ifindex} ${family}`;
}

function isUnlike(own: boolean | undefined, all: boolean | undefined): boolean {
  return own !== undefined && all !== undefined && own !== all;
}

function proxied(four: Netconf | undefined, six: Netconf | undefined): Metadata {
  const families = [...(four?.proxiesNeighbours ? ['IPV4'] : []), ...(six?.proxiesNeighbours ? ['IPV6'] : [])];
  return families.length > 0 ? { ProxyNeigh: families } : {};
}

export const netconfFields = {
  Forwarding: field(z.strictObject({ IPV4: z.boolean().optional(), IPV6: z.boolean().optional() }), {
    doc: 'Whether packets are passed on: of the namespace, and of an interface where it is unlike the namespace (net.ipv4.ip_forward, net.ipv6.conf.all.forwarding).',
    example: { IPV4: true, IPV6: false },
  }),
  RPFilter: field(z.enum(['strict', 'loose']), {
    doc: 'Packets of IPv4 are dropped that come from where their answers would not go to (strict), or from nowhere (loose); of an interface where it is more than of the namespace; absent where it is off (rp_filter).',
    example: 'strict',
  }),
  ProxyNeigh: field(z.array(z.enum(['IPV4', 'IPV6'])), {
    doc: 'Who is behind another interface is answered for (proxy_arp, proxy_ndp); absent where it is off.',
    example: ['IPV4'],
  }),
};
