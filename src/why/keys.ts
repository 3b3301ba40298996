/** What a change of a key of metadata means for packets: a reader for each key that is known to matter. */
import type { Element, Metadata, Value } from '../graph/element.ts';
import { equal } from '../graph/value.ts';
import { numberOf, objectOf, textOf, textsIn } from '../query/forwarding/atlas.ts';
import { isList } from '../query/key.ts';
import type { Said, Traffic } from './fact.ts';
import { filterSaid } from './filter-keys.ts';
import { fdbSaid, neighboursSaid, routesSaid, rulesSaid, servicesSaid } from './lists.ts';
import { bare, fields, type KeyChange, nameOfElement, on, one, said, texted, typeName } from './say.ts';

type Reader = (change: KeyChange) => readonly Said[];

export function saidOf(change: KeyChange): readonly Said[] {
  const reader = filterSaid(change) ?? readers.get(change.key);
  return reader === undefined ? [other(change)] : reader(change);
}

const readers = new Map<string, Reader>([
  ['IPV4', addresses],
  ['IPV6', addresses],
  ['RoutingTables', routesSaid],
  ['RoutingRules', rulesSaid],
  ['Neighbors', neighboursSaid],
  ['FDB', fdbSaid],
  ['Services', servicesSaid],
  ['LinkFlags', flags],
  ['State', state],
  ['MTU', mtu],
  ['MAC', mac],
  ['Name', (change) => one(change, 'interface.renamed', `${texted(change.from)} was renamed to ${texted(change.to)}`)],
  ['MasterIndex', master],
  [
    'Vlans',
    (change) =>
      one(
        change,
        'vlan.changed',
        `the VLANs of ${on(change)} changed from ${vlans(change.from)} to ${vlans(change.to)}`,
      ),
  ],
  ['Tag', tag],
  [
    'Trunks',
    (change) =>
      one(
        change,
        'vlan.changed',
        `the VLANs that ${on(change)} carries changed from ${texted(change.from)} to ${texted(change.to)}`,
      ),
  ],
  [
    'VlanMode',
    (change) =>
      one(
        change,
        'vlan.changed',
        `the VLAN mode of ${on(change)} changed from ${texted(change.from)} to ${texted(change.to)}`,
      ),
  ],
  [
    'VlanID',
    (change) =>
      one(
        change,
        'vlan.changed',
        `the VLAN of ${on(change)} changed from ${texted(change.from)} to ${texted(change.to)}`,
      ),
  ],
  [
    'Vlan',
    (change) =>
      one(
        change,
        'vlan.changed',
        `the VLAN of ${on(change)} changed from ${texted(change.from)} to ${texted(change.to)}`,
      ),
  ],
  [
    'VlanFiltering',
    (change) =>
      one(
        change,
        'vlan.changed',
        `VLAN filtering of ${on(change)} changed from ${texted(change.from)} to ${texted(change.to)}`,
      ),
  ],
  ['RemoteIP', tunnel],
  ['LocalIP', tunnel],
  ['TunKey', tunnel],
  ['Vxlan', tunnel],
  ['Geneve', tunnel],
  ['Tunnel', tunnel],
  ['GRE', tunnel],
  ['Ovs', ovs],
  ['BridgePort', (change) => one(change, 'bridge.changed', `the port ${on(change)} changed: ${fields(change)}`)],
  ['Bridge', (change) => one(change, 'bridge.changed', `the bridge ${on(change)} changed: ${fields(change)}`)],
  ['BondSlave', (change) => one(change, 'bond.changed', `the bond member ${on(change)} changed: ${fields(change)}`)],
  ['Bond', (change) => one(change, 'bond.changed', `the bond ${on(change)} changed: ${fields(change)}`)],
  [
    'BondMode',
    (change) =>
      one(change, 'bond.changed', `the bond ${on(change)} changed from ${texted(change.from)} to ${texted(change.to)}`),
  ],
  [
    'Features',
    (change) => one(change, 'offload.changed', `what ${on(change)} does by itself changed: ${fields(change)}`),
  ],
  ['XDP', (change) => one(change, 'program.changed', `the XDP program on ${on(change)} changed`)],
  ['TC', (change) => one(change, 'program.changed', `the filters on ${on(change)} changed`)],
  ...['Actions', 'ActionsText', 'WriteActions', 'ClearActions', 'GotoTable', 'Buckets', 'GroupType'].map(
    (key) => [key, openflow] as const,
  ),
  // What the kernel counts and names, and what people write about a thing, moves no packet.
  ...[
    'Alias',
    'AltNames',
    'Captures',
    'Conntrack',
    'Controllers',
    'Driver',
    'Duplex',
    'ExtID',
    'Group',
    'IfIndex',
    'Labels',
    'LastUpdateMetric',
    'LinkNetNsID',
    'LinkNetNsName',
    'Metric',
    'PacketInjections',
    'ParentIndex',
    'PeerIfIndex',
    'Processes',
    'QueueDiscipline',
    'QueueLength',
    'RxQueues',
    'Sockets',
    'Speed',
    'TxQueues',
    'Uptime',
  ].map((key) => [key, noise] as const),
]);

function addresses(change: KeyChange): readonly Said[] {
  const { key, before, from, to, traffic } = change;
  const [was, is] = [textsIn(from), textsIn(to)];
  const gone = was.filter((text) => !is.includes(text));
  const come = is.filter((text) => !was.includes(text));
  const isAbout = (texts: readonly string[]) => texts.some((text) => traffic.addresses.has(bare(text)));
  const name = nameOfElement(before);
  if (gone.length > 0 && come.length > 0) {
    const text = `address ${gone.join(', ')} of ${name} was changed to ${come.join(', ')}`;
    return [{ kind: 'address.changed', text, key, from: gone, to: come, isAbout: isAbout([...gone, ...come]) }];
  }
  return [
    ...gone.map((text): Said => {
      const said = `address ${text} was removed from ${name}`;
      return { kind: 'address.removed', text: said, key, from: text, to: undefined, isAbout: isAbout([text]) };
    }),
    ...come.map((text): Said => {
      // It may have had the address already, and have it again; whoever else is on the path is another.
      const isTaken = traffic.taken.get(bare(text))?.has(before.id) === false;
      const said = `address ${text} was added to ${name}`;
      const kind = isTaken ? 'address.duplicated' : 'address.added';
      const end = isTaken ? ', though another on the path has it' : '';
      return { kind, text: said + end, key, from: undefined, to: text, isAbout: isAbout([text]) };
    }),
  ];
}

function flags(change: KeyChange): readonly Said[] {
  const [was, is] = [textsIn(change.from), textsIn(change.to)];
  if (was.includes('UP') && !is.includes('UP')) return one(change, 'link.down', `${on(change)} was set down`);
  if (!was.includes('UP') && is.includes('UP')) return one(change, 'link.up', `${on(change)} was set up`);
  if (was.includes('NOARP') !== is.includes('NOARP'))
    return one(change, 'sysctl.changed', `ARP on ${on(change)} was turned ${is.includes('NOARP') ? 'off' : 'on'}`);
  return noise(change);
}

function state(change: KeyChange): readonly Said[] {
  const { from, to } = change;
  if (to === 'UP' || to === 'UNKNOWN') return one(change, 'carrier.back', `${on(change)} came up`);
  return one(change, 'carrier.lost', `${on(change)} went from ${texted(from)} to ${texted(to)}`);
}

function mtu(change: KeyChange): readonly Said[] {
  const [was, is] = [numberOf(change.from) ?? 0, numberOf(change.to) ?? 0];
  const isLower = is < was;
  const text = `MTU of ${on(change)} was ${isLower ? 'lowered' : 'raised'} from ${was} to ${is}`;
  return one(change, isLower ? 'mtu.lowered' : 'mtu.changed', text);
}

function mac(change: KeyChange): readonly Said[] {
  const { before, from, to, traffic } = change;
  const isTaken = typeof to === 'string' && traffic.macs.has(to) && !isOf(traffic, before, to);
  const text = `MAC of ${on(change)} was changed from ${texted(from)} to ${texted(to)}`;
  const isAbout = isTaken || (typeof from === 'string' && traffic.macs.has(from));
  if (isTaken) return [{ ...said(change, 'mac.duplicated', `${text}, which another on the path has`), isAbout }];
  return [{ ...said(change, 'mac.changed', text), isAbout }];
}

/** It may have had the MAC already, and have it again. */
function isOf(traffic: Traffic, before: Element, to: string): boolean {
  return traffic.holders.has(before.id) && before.metadata.MAC === to;
}

function master(change: KeyChange): readonly Said[] {
  const { from, to } = change;
  if (to === undefined) return one(change, 'port.removed', `${on(change)} was taken out of its bridge`);
  if (from === undefined) return one(change, 'port.added', `${on(change)} was put into a bridge`);
  return one(change, 'port.changed', `${on(change)} was put into another bridge`);
}

function tag(change: KeyChange): readonly Said[] {
  const { from, to } = change;
  return one(change, 'vlan.changed', `the tag of ${on(change)} changed from ${texted(from)} to ${texted(to)}`);
}

function tunnel(change: KeyChange): readonly Said[] {
  const what = typeof change.to === 'object' ? fields(change) : `${change.key} ${change.from} became ${change.to}`;
  return one(change, 'tunnel.changed', `the tunnel ${on(change)} changed: ${what}`);
}

/** Of what a switch tells of itself some is set up, and much is counted. */
function ovs(change: KeyChange): readonly Said[] {
  const [was, is] = [objectOf(change.from), objectOf(change.to)];
  const keys = [...new Set([...Object.keys(was), ...Object.keys(is)])].filter((key) => !equal(was[key], is[key]));
  const heavy = keys.filter((key) => !COUNTED.has(key));
  if (heavy.length === 0) return noise(change);
  const text = `${typeName(change.before)} ${on(change)} changed: ${fields(change, heavy)}`;
  if (heavy.includes('Options')) return one(change, 'tunnel.changed', text);
  return one(change, 'switch.changed', text);
}

const COUNTED = new Set([
  'Metric',
  'Statistics',
  'Status',
  'RstpStatus',
  'ExternalIDs',
  'LinkResets',
  'Meter',
  'LastChange',
]);

function openflow(change: KeyChange): readonly Said[] {
  // The text says it all.
  if (change.key === 'Actions' && change.before.metadata.ActionsText !== change.after.metadata.ActionsText)
    return noise(change);
  const [from, to] = [texted(change.from), texted(change.to)];
  return one(change, 'openflow.changed', `${ruleText(change.before)} changed: ${change.key} ${from} became ${to}`);
}

export function ruleText({ metadata }: Element): string {
  if (metadata.Type === 'ofgroup') return `OpenFlow group ${String(metadata.GroupId ?? '')}`;
  const match = textOf(metadata.Match) ?? 'all';
  return `OpenFlow rule table=${String(metadata.Table ?? 0)},priority=${String(metadata.Priority ?? '')},${match} actions=${textOf(metadata.ActionsText) ?? 'drop'}`;
}

function noise(change: KeyChange): readonly Said[] {
  return one(change, 'noise', `${change.key} of ${on(change)} changed`);
}

function other(change: KeyChange): Said {
  const { key, from, to } = change;
  const values = isPlain(from) && isPlain(to) ? ` from ${texted(from)} to ${texted(to)}` : '';
  return said(change, 'other.changed', `${key} of ${on(change)} changed${values}`);
}

function isPlain(value: Value | undefined): boolean {
  return typeof value !== 'object' || value === null;
}

function vlans(value: Value | undefined): string {
  if (!isList(value) || value.length === 0) return 'none';
  return value
    .map((one) => (typeof one === 'object' && one !== null ? vlanText(one as Metadata) : String(one)))
    .join(' ');
}

function vlanText({ ID, End, Flags }: Metadata): string {
  const range = End === undefined ? String(ID) : `${String(ID)}-${String(End)}`;
  const flags = textsIn(Flags).map((flag) => flag.toLowerCase());
  return flags.length === 0 ? range : `${range} (${flags.join(', ')})`;
}
