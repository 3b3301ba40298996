/** The words of network interfaces: one node type for each kind of link, all with the same keys and those of the kind. */
import * as z from 'zod';
import { field, fieldWords, keysOf, type NodeType, nodeType } from '../../model/vocabulary.ts';
import { bridgeVlanFields } from './bridgevlan.ts';
import { filterFields } from './filter.ts';
import { kinds } from './kinds/index.ts';
import { multicastFields } from './multicastroute.ts';
import { neighbourFields } from './neighbour.ts';
import { netconfFields } from './netconf.ts';
import { routingFields } from './routingtables.ts';
import { ruleFields } from './rule.ts';
import { slaveFields } from './slave.ts';
import { vfFields } from './vf.ts';
import { xdpFields } from './xdp.ts';

const interfaceFields = {
  Name: field(z.string(), { doc: 'Name of the interface.', example: 'eth0', index: true }),
  Type: field(z.string(), { doc: 'Kind of link, by the name the kernel has for it.', example: 'veth', index: true }),
  TID: field(z.string(), {
    doc: 'Topology ID: the same for the same name and type under the same owner, also after a reboot.',
    example: '8af37604-4653-597f-6e29-60d1016ce4ae',
    index: true,
  }),
  Driver: field(z.string(), { doc: 'Kernel driver; empty where none answers.', example: 'virtio_net' }),
  BusInfo: field(z.string(), { doc: 'Where the device is plugged in, as its driver says.', example: '0000:00:03.0' }),
  EncapType: field(z.string(), { doc: 'What frames on the link look like.', example: 'ether' }),
  MAC: field(z.string(), { doc: 'Hardware address.', example: '02:fc:00:00:00:01', index: true }),
  PermMAC: field(z.string(), {
    doc: 'Hardware address the device was made with, where it is another.',
    example: '02:fc:00:00:00:02',
  }),
  IfIndex: field(z.int(), { doc: 'Number of the interface in its namespace.', example: 4, index: true }),
  MTU: field(z.int(), { doc: 'Largest packet.', example: 1500, unit: 'bytes' }),
  Speed: field(z.int(), { doc: 'Speed of the link.', example: 10000, unit: 'Mbit/s' }),
  Duplex: field(z.string(), { doc: 'Both ways at once (full) or one at a time (half).', example: 'full' }),
  State: field(z.string(), {
    doc: 'Operational state (RFC 2863): UP, DOWN, LOWER-LAYER-DOWN…; UNKNOWN where the driver has no notion of it, as an up loopback.',
    example: 'UP',
    index: true,
  }),
  LinkFlags: field(z.array(z.string()), { doc: 'Flags of the link.', example: ['UP', 'BROADCAST', 'MULTICAST'] }),
  MasterIndex: field(z.int(), { doc: 'IfIndex of the bridge, bond, team or VRF it is in.', example: 2 }),
  ParentIndex: field(z.int(), {
    doc: 'IfIndex of what it runs on, or of the other end of a pair; in the namespace LinkNetNsName where there is one.',
    example: 6,
  }),
  PeerIfIndex: field(z.int(), { doc: 'IfIndex of the other end of a pair.', example: 6 }),
  LinkNetNsID: field(z.int(), {
    doc: 'Number of the namespace the other end is in, as this namespace counts.',
    example: 0,
  }),
  LinkNetNsName: field(z.string(), { doc: 'Name of the namespace the other end is in.', example: 'blue', index: true }),
  IPV4: field(z.array(z.string()), {
    doc: 'IPv4 addresses, primary ones first.',
    example: ['10.99.0.2/24'],
    index: true,
  }),
  IPV6: field(z.array(z.string()), { doc: 'IPv6 addresses.', example: ['fe80::1/64'], index: true }),
  Alias: field(z.string(), { doc: 'Text an administrator gave it (`ip link set … alias`).', example: 'uplink' }),
  AltNames: field(z.array(z.string()), { doc: 'Other names it answers to.', example: ['enp0s3'] }),
  QueueDiscipline: field(z.string(), { doc: 'Queueing discipline at its root.', example: 'fq_codel' }),
  QueueLength: field(z.int(), { doc: 'Length of its transmit queue.', example: 1000, unit: 'packets' }),
  TxQueues: field(z.int(), { doc: 'Number of transmit queues, where more than one.', example: 8 }),
  RxQueues: field(z.int(), { doc: 'Number of receive queues, where more than one.', example: 8 }),
  Group: field(z.int(), { doc: 'Device group, where not the default one (0).', example: 7 }),
  PhysPortName: field(z.string(), { doc: 'Port of the hardware behind it.', example: 'p0' }),
  PhysSwitchID: field(z.string(), { doc: 'Hardware switch it is a port of.', example: '001b3a00ff00' }),
  Features: field(z.record(z.string(), z.boolean()), {
    doc: 'What the device does by itself, by the names ethtool uses.',
    example: { highdma: true, 'tx-checksum-ip-generic': true },
  }),
  Channels: field(
    z.strictObject({
      Rx: z.int().optional(),
      Tx: z.int().optional(),
      Other: z.int().optional(),
      Combined: z.int().optional(),
    }),
    { doc: 'Hardware queues in use, where the driver says so.', example: { Combined: 8 } },
  ),
  ...routingFields,
  ...netconfFields,
  ...multicastFields,
  ...neighbourFields,
  ...bridgeVlanFields,
  ...slaveFields,
  ...vfFields,
  ...xdpFields,
  ...filterFields,
};

/** What every interface has. */
const ALWAYS = new Set(['Name', 'Type', 'TID', 'Driver', 'EncapType', 'IfIndex', 'MTU', 'State', 'LinkFlags']);

export const types: readonly NodeType[] = kinds.map((kind) =>
  nodeType(kind.name, kind.doc, mostlyOptional({ ...interfaceFields, ...kind.fields })),
);

/** Every key of an interface that this probe answers for. */
export const OWNED: ReadonlySet<string> = new Set(keysOf(types));

function mostlyOptional(shape: Readonly<Record<string, z.ZodType>>): Record<string, z.ZodType> {
  return optional(shape, ALWAYS);
}

function optional(
  shape: Readonly<Record<string, z.ZodType>>,
  but: ReadonlySet<string> = new Set(),
): Record<string, z.ZodType> {
  const entries = Object.entries(shape).map(([key, schema]) => {
    const words = fieldWords.get(schema);
    return [key, but.has(key) || !words ? schema : field(schema.optional(), words)] as const;
  });
  return Object.fromEntries(entries);
}

/** Keys this probe adds to the node of the host or the namespace. */
export const namespaceFields = { ...ruleFields, ...routingFields, ...netconfFields };

export const NAMESPACE_KEYS: readonly string[] = Object.keys(namespaceFields);

export const adds: readonly NodeType[] = ['host', 'netns'].map((name) =>
  nodeType(name, 'How the namespace routes and passes on, as far as no interface shows it.', optional(namespaceFields)),
);
