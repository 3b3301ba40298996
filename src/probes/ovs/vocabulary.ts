/** The words of Open vSwitch, Skydive's where it has one. */
import * as z from 'zod';
import { field, keysOf, type NodeType, nodeType } from '../../model/vocabulary.ts';

const texts = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));
const strings = z.array(z.string());
const numbers = z.array(z.int());

const uuid = field(z.string(), {
  doc: 'UUID in the database of Open vSwitch.',
  example: '4e9c1f5e-5a0e-4f0b-9a52-3a9d9dd51f0e',
  index: true,
});
const extId = field(texts.optional(), {
  doc: 'external_ids: what whoever manages the switch keeps there.',
  example: { 'iface-id': 'vm1' },
});
const tid = field(z.string(), {
  doc: 'Topology ID: stays for as long as the thing is in the database of Open vSwitch.',
  example: '1b4f0e98-51a2-5c4d-5b7c-3e1f2d7f0a11',
  index: true,
});
const name = field(z.string(), { doc: 'Name in Open vSwitch.', example: 'br-int', index: true });

const database = z.string().optional();
const remotes = z
  .array(
    z.strictObject({
      Target: z.string().optional(),
      IsConnected: z.boolean(),
      Role: z.string().optional(),
      ConnectionMode: z.string().optional(),
      LastError: z.string().optional(),
    }),
  )
  .optional();
const qos = z
  .strictObject({
    UUID: z.string(),
    Type: z.string().optional(),
    OtherConfig: texts.optional(),
    Queues: z
      .array(z.strictObject({ ID: z.int(), DSCP: z.int().optional(), OtherConfig: texts.optional() }))
      .optional(),
  })
  .optional();

const OvsSystem = nodeType('ovs-system', 'An Open vSwitch as a whole: what stands above its bridges.', {
  Type: field(z.literal('ovs-system'), { doc: 'Kind of node', example: 'ovs-system', index: true }),
  Name: name,
  TID: tid,
  UUID: uuid,
  ExtID: extId,
  Ovs: field(
    z.strictObject({
      Version: z.string().optional(),
      DBVersion: z.string().optional(),
      SystemType: z.string().optional(),
      SystemVersion: z.string().optional(),
      DatapathTypes: strings.optional(),
      InterfaceTypes: strings.optional(),
      DPDKInitialized: z.boolean().optional(),
      DPDKVersion: z.string().optional(),
      OtherConfig: texts.optional(),
      Managers: remotes,
      Database: database,
    }),
    {
      doc: 'Which Open vSwitch it is, what it can, who manages it, and where its database is.',
      example: { Version: '3.1.0', Database: 'unix:/var/run/openvswitch/db.sock' },
    },
  ),
});

export const Mirror = nodeType(
  'mirror',
  'A mirror of Open vSwitch: it copies frames of ports. Its counters are Ovs.Metric.',
  {
    Type: field(z.literal('mirror'), { doc: 'Kind of node', example: 'mirror', index: true }),
    Name: name,
    TID: tid,
    UUID: uuid,
    ExtID: extId,
    Ovs: field(
      z.strictObject({
        SelectAll: z.boolean().optional(),
        SelectSrcPorts: strings.optional(),
        SelectDstPorts: strings.optional(),
        SelectVLANs: numbers.optional(),
        OutputPort: z.string().optional(),
        OutputVLAN: z.int().optional(),
        SnapLen: z.int().optional(),
        Database: database,
      }),
      {
        doc: 'Ports whose frames are copied as they come in (src) and go out (dst), of which VLANs, and to where.',
        example: { SelectSrcPorts: ['vm1'], OutputPort: 'span0' },
      },
    ),
  },
);

const OvsBridge = nodeType('ovsbridge', 'A bridge of Open vSwitch.', {
  Type: field(z.literal('ovsbridge'), { doc: 'Kind of node', example: 'ovsbridge', index: true }),
  Name: name,
  TID: tid,
  UUID: uuid,
  ExtID: extId,
  Ovs: field(
    z
      .strictObject({
        OtherConfig: texts.optional(),
        Protocols: strings.optional(),
        DatapathType: z.string().optional(),
        DatapathID: z.string().optional(),
        DatapathVersion: z.string().optional(),
        FailMode: z.string().optional(),
        StpEnable: z.boolean().optional(),
        RstpEnable: z.boolean().optional(),
        McastSnoopingEnable: z.boolean().optional(),
        FloodVLANs: numbers.optional(),
        Version: z.string().optional(),
        DBVersion: z.string().optional(),
        Controllers: remotes,
        Database: database,
      })
      .optional(),
    { doc: 'How the bridge is set up, by which Open vSwitch, and who steers it.', example: { DatapathType: 'netdev' } },
  ),
});

const OvsPort = nodeType('ovsport', 'A port of a bridge of Open vSwitch; a bond has several interfaces.', {
  Type: field(z.literal('ovsport'), { doc: 'Kind of node', example: 'ovsport', index: true }),
  Name: name,
  TID: tid,
  UUID: uuid,
  Vlans: field(numbers.optional(), { doc: 'The VLANs of the port: its tag, and those of a trunk.', example: [10, 20] }),
  Tag: field(z.int().optional(), { doc: 'The VLAN of frames without a tag.', example: 10 }),
  Trunks: field(numbers.optional(), {
    doc: 'The VLANs that a trunk carries; absent when it carries all.',
    example: [20],
  }),
  VlanMode: field(z.string().optional(), {
    doc: 'access, trunk, native-tagged, native-untagged or dot1q-tunnel, where it is set.',
    example: 'trunk',
  }),
  BondMode: field(z.string().optional(), {
    doc: 'How a bond shares its load, where it is set.',
    example: 'balance-tcp',
  }),
  LACP: field(z.string().optional(), { doc: 'Whether a bond speaks LACP: active, passive or off.', example: 'active' }),
  ExtID: extId,
  Ovs: field(
    z
      .strictObject({
        OtherConfig: texts.optional(),
        CVLANs: numbers.optional(),
        Protected: z.boolean().optional(),
        FakeBridge: z.boolean().optional(),
        ActiveSlave: z.string().optional(),
        ActiveSlaveMAC: z.string().optional(),
        FakeInterface: z.boolean().optional(),
        StpState: z.string().optional(),
        StpRole: z.string().optional(),
        RstpState: z.string().optional(),
        RstpRole: z.string().optional(),
        QoS: qos,
        Database: database,
      })
      .optional(),
    {
      doc: 'How the port is set up, which slave of a bond is the active one, and how its traffic is shaped.',
      example: { Protected: true },
    },
  ),
});

/** What the switch says of an interface. */
const addedFields = {
  UUID: field(uuid.optional(), { doc: 'UUID in the database of Open vSwitch.', example: 'bb5a3ee4-…', index: true }),
  OfPort: field(z.int().optional(), { doc: 'Its number in OpenFlow; -1 when it could not be made.', example: 3 }),
  ExtID: extId,
  LocalIP: field(z.string().optional(), { doc: 'Near end of a tunnel of Open vSwitch.', example: '192.0.2.1' }),
  RemoteIP: field(z.string().optional(), { doc: 'Far end of a tunnel of Open vSwitch.', example: '192.0.2.2' }),
  TunEgressIface: field(z.string().optional(), { doc: 'Interface that a tunnel leaves by.', example: 'eth0' }),
  TunEgressIfaceCarrier: field(z.string().optional(), { doc: 'Whether that one has a carrier.', example: 'up' }),
  TunKey: field(z.string().optional(), {
    doc: 'Key of a tunnel of Open vSwitch (VNI of VXLAN and Geneve); flow: rules of OpenFlow set it.',
    example: '5000',
  }),
  Ovs: field(
    z
      .strictObject({
        Type: z.string().optional(),
        Options: texts.optional(),
        OtherConfig: texts.optional(),
        Error: z.string().optional(),
        DeviceType: z.string().optional(),
        AdminState: z.string().optional(),
        LinkSpeed: z.number().optional(),
        Duplex: z.string().optional(),
        LacpCurrent: z.boolean().optional(),
        BfdState: z.string().optional(),
        CfmFault: z.boolean().optional(),
        PolicingRate: z.number().optional(),
        PolicingBurst: z.number().optional(),
        Database: database,
      })
      .optional(),
    {
      doc: 'The interface as Open vSwitch has it; DeviceType is what the kernel calls the device. Its counters are Ovs.Metric.',
      example: { Type: 'internal', DeviceType: 'tap' },
    },
  ),
};

export const ADDED_KEYS: readonly string[] = Object.keys(addedFields);

const ownFields = {
  Type: field(z.string(), { doc: 'Type of the interface in Open vSwitch.', example: 'patch', index: true }),
  Name: name,
  TID: tid,
  Driver: field(z.string(), { doc: 'What moves its packets.', example: 'openvswitch' }),
  MAC: field(z.string().optional(), { doc: 'Hardware address.', example: '02:fc:00:00:00:01', index: true }),
  MTU: field(z.int().optional(), { doc: 'Largest packet.', example: 1500, unit: 'bytes' }),
  State: field(z.string().optional(), { doc: 'Whether the link is UP or DOWN.', example: 'UP' }),
};

const own = (type: string, doc: string): NodeType => nodeType(type, doc, { ...ownFields, ...addedFields });

export const types: readonly NodeType[] = [
  OvsSystem,
  OvsBridge,
  OvsPort,
  Mirror,
  own('system', 'A network interface of another machine, on a switch whose database is watched from here.'),
  own('internal', 'A port of Open vSwitch that the machine itself is on.'),
  own('patch', 'One end of a cable between two bridges of Open vSwitch.'),
  own('dpdk', 'A port of Open vSwitch that DPDK drives.'),
  own('dpdkr', 'A port of Open vSwitch that shares a ring with DPDK.'),
  own('dpdkvhostuser', 'A port of a virtual machine on Open vSwitch with DPDK.'),
  own('dpdkvhostuserclient', 'A port of a virtual machine on Open vSwitch with DPDK.'),
  own('stt', 'A tunnel over STT.'),
  own('lisp', 'A tunnel over LISP.'),
  own('gtpu', 'A tunnel over GTP-U.'),
  own('srv6', 'A tunnel over SRv6.'),
];

/** Every key of nodes of our own. */
export const OWNED: ReadonlySet<string> = new Set(keysOf(types));

/** An interface of any of these kinds may be on a switch; tunnels also are such without a device in the kernel. */
export const adds: readonly NodeType[] = [
  ...['device', 'veth', 'tap', 'tun', 'openvswitch', 'bond', 'vlan', 'macvlan', 'macvtap', 'dummy', 'ifb', 'team'],
  ...['netkit', 'bridge', 'wireguard', 'vxlan', 'geneve', 'gre', 'ip6gre', 'erspan', 'ip6erspan', 'bareudp'],
].map((type) => nodeType(type, 'An interface on a bridge of Open vSwitch.', addedFields));
