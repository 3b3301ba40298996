/** One interface as metadata. */
import type { Metadata } from '../../graph/element.ts';
import { ownedTid } from '../identity.ts';
import { type Address, AF_INET, byAddress } from './address.ts';
import { encapType } from './arphrd.ts';
import { vlanList } from './bridgevlan.ts';
import type { Device } from './device.ts';
import { linkFlags, operState } from './flags.ts';
import { kindOf } from './kinds/index.ts';
import type { Link } from './link.ts';
import type { Neighbour } from './neighbour.ts';
import { present } from './present.ts';
import type { Tables } from './tables.ts';

export interface Surroundings {
  /** TID of the host or the namespace it is in. */
  readonly ownerTid: string;
  readonly device: Device | undefined;
  /** Name of the namespace the other end is in, where that is another and known. */
  readonly linkNetnsName: string | undefined;
  readonly vfId: number | undefined;
  readonly routingTables: readonly Metadata[] | undefined;
}

export function describe(link: Link, tables: Tables, around: Surroundings): Metadata {
  const { ifindex } = link;
  const { device } = around;
  const isPair = kindOf(link.kind)?.isPair === true;
  const addresses = [...tables.addresses.of(ifindex)].sort(byAddress);
  const vlans = tables.vlans.get(ifindex);
  const filters = [...tables.filters.of(ifindex)].sort(byKey);
  const multicast = [...tables.multicast.of(ifindex)].sort(byKey);
  const permMac = link.permMac || device?.permMac;
  return present({
    Name: link.name,
    Type: link.type,
    TID: ownedTid(around.ownerTid, link.name, link.type),
    Driver: device?.driver ?? '',
    BusInfo: device?.busInfo,
    EncapType: encapType(link.hardware),
    MAC: link.mac || undefined,
    PermMAC: permMac && permMac !== link.mac ? permMac : undefined,
    IfIndex: ifindex,
    MTU: link.mtu,
    Speed: device?.speed,
    Duplex: device?.duplex,
    State: operState(link.operState),
    LinkFlags: linkFlags(link.flags),
    MasterIndex: link.master || undefined,
    ParentIndex: link.parent,
    PeerIfIndex: isPair ? link.parent : undefined,
    LinkNetNsID: link.parentNsid !== undefined && link.parentNsid >= 0 ? link.parentNsid : undefined,
    LinkNetNsName: around.linkNetnsName,
    IPV4: texts(addresses.filter((address) => address.family === AF_INET)),
    IPV6: texts(addresses.filter((address) => address.family !== AF_INET)),
    Alias: link.alias || undefined,
    AltNames: link.altNames.length > 0 ? link.altNames : undefined,
    QueueDiscipline: link.qdisc || undefined,
    QueueLength: link.queueLength || undefined,
    TxQueues: link.txQueues > 1 ? link.txQueues : undefined,
    RxQueues: link.rxQueues > 1 ? link.rxQueues : undefined,
    Group: link.group || undefined,
    PhysPortName: link.physPortName || undefined,
    PhysSwitchID: link.physSwitchId || undefined,
    Vlans: vlans && vlans.size > 0 ? vlanList(vlans) : undefined,
    Vfs: link.vfs && link.vfs.length > 0 ? link.vfs : undefined,
    VfID: around.vfId,
    XDP: link.xdp,
    TC: filters.length > 0 ? filters.map((filter) => filter.keys) : undefined,
    Channels: device?.channels,
    ...link.kindKeys,
    ...link.slaveKeys,
    ...tables.netconfs.of(ifindex),
    RoutingTables: around.routingTables,
    MulticastRoutes: multicast.length > 0 ? multicast.map((route) => route.keys) : undefined,
    Neighbors: entries(tables.neighbours.of(ifindex)),
    FDB: entries(tables.forwarding.of(ifindex)),
    Features: device?.features,
  });
}

function texts(addresses: readonly Address[]): string[] | undefined {
  return addresses.length > 0 ? addresses.map((address) => address.text) : undefined;
}

function entries(neighbours: Iterable<Neighbour>): Metadata[] | undefined {
  const list = [...neighbours].sort(byKey);
  return list.length > 0 ? list.map((neighbour) => neighbour.entry) : undefined;
}

/** The same order whatever order the kernel told them in. */
function byKey(a: { readonly key: string }, b: { readonly key: string }): number {
  return a.key < b.key ? -1 : Number(a.key > b.key);
}
