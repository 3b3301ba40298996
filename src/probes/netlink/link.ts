/** RTM_NEWLINK and RTM_DELLINK (linux/if_link.h): one link as the kernel tells of it. */
import type { Metadata } from '../../graph/element.ts';
import { Attributes } from '../../native/attributes.ts';
import { macText } from '../../std/addresstext.ts';
import { linkVlans, type VlanSet } from './bridgevlan.ts';
import { kindOf } from './kinds/index.ts';
import type { KindReading } from './kinds/kind.ts';
import { bridgePort, slaveKeys } from './slave.ts';
import { vfList } from './vf.ts';
import { xdp } from './xdp.ts';

export interface Link {
  readonly ifindex: number;
  readonly name: string;
  /** IFLA_INFO_KIND; '' where there is none. */
  readonly kind: string;
  /** Type of its node. */
  readonly type: string;
  readonly flags: number;
  /** ARPHRD_*. */
  readonly hardware: number;
  /** '' of a device without one, e.g. a tun; so are addresses that are no MAC, e.g. the ends of a tunnel. */
  readonly mac: string;
  readonly permMac: string;
  readonly mtu: number;
  /** IF_OPER_*. */
  readonly operState: number;
  /** ifindex; 0 is none. */
  readonly master: number;
  /** IFLA_LINK: what it runs on, or the other end of a pair. Undefined: it runs on nothing, or was not told. */
  readonly parent: number | undefined;
  /** Where `parent` is, if elsewhere; an id that only the namespace of this link knows. */
  readonly parentNsid: number | undefined;
  readonly qdisc: string;
  readonly queueLength: number;
  readonly txQueues: number;
  readonly rxQueues: number;
  readonly group: number;
  readonly alias: string;
  readonly altNames: readonly string[];
  /** Device it sits on as sysfs names it, e.g. a PCI address. */
  readonly parentDevice: string;
  readonly physPortName: string;
  readonly physSwitchId: string;
  /** Keys that only its kind has. */
  readonly kindKeys: Metadata;
  /** Keys that it has as a slave. */
  readonly slaveKeys: Metadata;
  readonly xdp: Metadata | undefined;
  /** Undefined where the message does not say, as in events. */
  readonly vfs: readonly Metadata[] | undefined;
}

/** Size of struct ifinfomsg. */
export const IFINFO_SIZE = 16;

/** `body`: what follows the message's header. Undefined where it is cut off or no full description, e.g. wireless news. */
export function readLink(body: Uint8Array): Link | undefined {
  const head = readLinkHead(body);
  if (!head) return undefined;
  const link: Writable = { ...blank, ...head, vfs: undefined };
  const attributes = new Attributes(body, IFINFO_SIZE);
  let info: LinkInfo = noInfo;
  let address: Uint8Array | undefined;
  while (attributes.next()) {
    switch (attributes.type) {
      case 1:
        address = attributes.bytes();
        break;
      case 3:
        link.name = attributes.text();
        break;
      case 4:
        link.mtu = attributes.u32();
        break;
      case 5:
        link.parent = attributes.u32();
        break;
      case 6:
        link.qdisc = attributes.text();
        break;
      case 10:
        link.master = attributes.u32();
        break;
      case 13:
        link.queueLength = attributes.u32();
        break;
      case 16:
        link.operState = attributes.u8();
        break;
      case 18:
        info = readInfo(attributes.nested());
        break;
      case 20:
        link.alias = attributes.text();
        break;
      case 22:
        link.vfs = vfList(attributes.nested(), address?.length ?? 6);
        break;
      case 27:
        link.group = attributes.u32();
        break;
      case 31:
        link.txQueues = attributes.u32();
        break;
      case 32:
        link.rxQueues = attributes.u32();
        break;
      case 36:
        link.physSwitchId = macText(attributes.bytes()).replaceAll(':', '');
        break;
      case 37:
        link.parentNsid = attributes.i32();
        break;
      case 38:
        link.physPortName = attributes.text();
        break;
      case 43:
        link.xdp = xdp(attributes.nested());
        break;
      case 52:
        link.altNames = altNames(attributes.nested());
        break;
      case 54:
        if (isMac(attributes.bytes())) link.permMac = macText(attributes.bytes());
        break;
      case 56:
        link.parentDevice = attributes.text();
        break;
    }
  }
  if (link.name === '') return undefined;
  if (address && isMac(address)) link.mac = macText(address);
  link.kind = info.kind;
  link.type = info.reading?.type ?? (info.kind === '' ? 'device' : info.kind);
  link.kindKeys = info.reading?.metadata ?? {};
  link.slaveKeys = info.slaveKeys;
  // A parent of 0 is one that is not known; a link is not its own parent unless its namesake is elsewhere.
  link.parent = link.parent || info.reading?.parent || undefined;
  if (link.parent === undefined && link.parentNsid !== undefined) link.parent = link.ifindex;
  if (link.parent === link.ifindex && link.parentNsid === undefined) link.parent = undefined;
  return link;
}

export interface LinkHead {
  readonly ifindex: number;
  readonly hardware: number;
  readonly flags: number;
  /** AF_UNSPEC, or AF_BRIDGE for what a bridge says of its port. */
  readonly family: number;
}

/** struct ifinfomsg alone, e.g. of a link that is gone. */
export function readLinkHead(body: Uint8Array): LinkHead | undefined {
  if (body.length < IFINFO_SIZE) return undefined;
  const head = Attributes.struct(body);
  const ifindex = head.i32(4);
  return ifindex > 0 ? { family: head.u8(), hardware: head.u16(2), ifindex, flags: head.u32(8) } : undefined;
}

/** What a bridge says of a port, or of itself, in an AF_BRIDGE link. */
export interface BridgeSays {
  readonly port: Metadata | undefined;
  readonly vlans: VlanSet | undefined;
}

export function readBridgeLink(body: Uint8Array): BridgeSays {
  let port: Metadata | undefined;
  let vlans: VlanSet | undefined;
  const attributes = new Attributes(body, IFINFO_SIZE);
  while (attributes.next()) {
    if (attributes.type === 12) port = bridgePort(attributes.nested());
    if (attributes.type === 26) vlans = linkVlans(attributes.nested());
  }
  return { port, vlans };
}

/** EUI-48, EUI-64 or InfiniBand: tunnels keep their ends where others keep a MAC, and the loopback has zeroes. */
function isMac(address: Uint8Array): boolean {
  return (address.length === 6 || address.length === 8 || address.length === 20) && address.some((byte) => byte !== 0);
}

interface LinkInfo {
  readonly kind: string;
  readonly reading: KindReading | undefined;
  readonly slaveKeys: Metadata;
}

const noInfo: LinkInfo = { kind: '', reading: undefined, slaveKeys: {} };

/** IFLA_INFO_*: kinds come before their data. */
function readInfo(info: Attributes): LinkInfo {
  let kind = '';
  let slaveKind = '';
  let reading: KindReading | undefined;
  let slave: Metadata = {};
  while (info.next()) {
    if (info.type === 1) kind = info.text();
    if (info.type === 2) reading = kindOf(kind)?.read?.(info.nested());
    if (info.type === 4) slaveKind = info.text();
    if (info.type === 5) slave = slaveKeys(slaveKind, info.nested());
  }
  return { kind, reading, slaveKeys: slave };
}

function altNames(list: Attributes): string[] {
  const names: string[] = [];
  while (list.next()) if (list.type === 53) names.push(list.text());
  return names;
}

type Writable = { -readonly [Key in keyof Link]: Link[Key] };

const blank: Omit<Link, 'ifindex' | 'flags' | 'hardware' | 'vfs'> = {
  name: '',
  kind: '',
  type: 'device',
  mac: '',
  permMac: '',
  mtu: 0,
  operState: 0,
  master: 0,
  parent: undefined,
  parentNsid: undefined,
  qdisc: '',
  queueLength: 0,
  txQueues: 0,
  rxQueues: 0,
  group: 0,
  alias: '',
  altNames: [],
  parentDevice: '',
  physPortName: '',
  physSwitchId: '',
  kindKeys: {},
  slaveKeys: {},
  xdp: undefined,
};
