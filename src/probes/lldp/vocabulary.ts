/** The words of neighbours, Skydive's where it has one. */
import * as z from 'zod';
import { field, keysOf, type NodeType, nodeType } from '../../model/vocabulary.ts';

const texts = z.array(z.string());
const aggregation = z.strictObject({ Supported: z.boolean(), Enabled: z.boolean(), PortID: z.int() });

const shared = {
  Probe: field(z.literal('lldp'), { doc: 'Who found it.', example: 'lldp' }),
  TID: field(z.string(), {
    doc: 'Follows from the names that the device has for itself.',
    example: '8f1c…',
    index: true,
  }),
};

export const Switch = nodeType('switch', 'A device that an interface of ours is plugged into, as it tells of itself.', {
  Type: field(z.literal('switch'), { doc: 'Kind of node', example: 'switch', index: true }),
  Name: field(z.string(), { doc: 'What it calls itself, else its id.', example: 'tor1.example.org', index: true }),
  ...shared,
  LLDP: field(
    z
      .strictObject({
        ChassisID: z.string().optional(),
        ChassisIDType: z.string().optional(),
        SysName: z.string().optional(),
        Description: z.string().optional(),
        MgmtAddress: z.string().optional(),
        MgmtAddresses: texts.optional(),
        Capabilities: texts.optional(),
        EnabledCapabilities: texts.optional(),
        HardwareRevision: z.string().optional(),
        FirmwareRevision: z.string().optional(),
        SoftwareRevision: z.string().optional(),
        SerialNumber: z.string().optional(),
        Manufacturer: z.string().optional(),
        Model: z.string().optional(),
        AssetID: z.string().optional(),
      })
      .optional(),
    { doc: 'What it says over LLDP.', example: { ChassisID: '02:fc:00:00:00:01', ChassisIDType: 'MAC Address' } },
  ),
  CDP: field(
    z
      .strictObject({
        DeviceID: z.string().optional(),
        SysName: z.string().optional(),
        Platform: z.string().optional(),
        Version: z.string().optional(),
        Capabilities: texts.optional(),
        Addresses: texts.optional(),
        MgmtAddresses: texts.optional(),
        VTPDomain: z.string().optional(),
      })
      .optional(),
    { doc: 'What it says over CDP.', example: { DeviceID: 'tor1', Platform: 'WS-C3750' } },
  ),
});

const SwitchPort = nodeType('switchport', 'The port of a switch that an interface of ours is plugged into.', {
  Type: field(z.literal('switchport'), { doc: 'Kind of node', example: 'switchport', index: true }),
  Name: field(z.string(), {
    doc: 'What the switch says of the port, else its id.',
    example: 'Ethernet1/7',
    index: true,
  }),
  ...shared,
  MTU: field(z.int().optional(), { doc: 'Largest frame, where it is told.', example: 1522, unit: 'bytes' }),
  LLDP: field(
    z
      .strictObject({
        PortID: z.string().optional(),
        PortIDType: z.string().optional(),
        Description: z.string().optional(),
        PVID: z.int().optional(),
        PPVIDs: z.array(z.strictObject({ ID: z.int(), Supported: z.boolean(), Enabled: z.boolean() })).optional(),
        VLANNames: z.array(z.strictObject({ ID: z.int(), Name: z.string() })).optional(),
        VIDUsageDigest: z.int().optional(),
        ManagementVID: z.int().optional(),
        LinkAggregation: aggregation.optional(),
        LinkAgggregation: aggregation.optional(),
      })
      .optional(),
    {
      doc: 'What it says over LLDP: its VLAN (PVID), others, and how links are put together (LinkAgggregation is the same in Skydive’s spelling).',
      example: { PortID: 'Ethernet1/7', PVID: 10 },
    },
  ),
  CDP: field(
    z
      .strictObject({
        PortID: z.string().optional(),
        NativeVLAN: z.int().optional(),
        Duplex: z.enum(['full', 'half']).optional(),
      })
      .optional(),
    { doc: 'What it says over CDP.', example: { PortID: 'GigabitEthernet1/0/7', NativeVLAN: 10 } },
  ),
});

export const types: readonly NodeType[] = [Switch, SwitchPort];

export const OWNED: ReadonlySet<string> = new Set(keysOf(types));
