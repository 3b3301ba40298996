/** Reads a frame of LLDP (IEEE 802.1AB-2016, clause 8 and annexes D and E; ANSI/TIA-1057 for LLDP-MED). */
import type { Metadata } from '../../graph/element.ts';
import { macText } from '../../std/addresstext.ts';
import { addressText, hex, text, uint16, uint32 } from './bytes.ts';
import { type Neighbour, present } from './neighbour.ts';

/** Lists of a frame are no longer than what fits one of Ethernet; a larger frame may not make them so. */
const LIST_MAX = 256;

/** `bytes` from after the Ethernet header on. Undefined for what is none: its first three parts are not what they have to be. */
export function readLldp(bytes: Uint8Array): Neighbour | undefined {
  const parts = [...partsOf(bytes)];
  const [chassis, port, ttl] = parts;
  if (chassis?.type !== TYPE.chassis || port?.type !== TYPE.port || ttl?.type !== TYPE.ttl) return undefined;
  const ttlS = uint16(ttl.value, 0);
  if (chassis.value.length < 2 || port.value.length < 2 || ttlS === undefined) return undefined;
  const said = new Said();
  for (const part of parts.slice(3)) said.take(part);
  const chassisId = idText(chassis.value, CHASSIS_MAC, CHASSIS_ADDRESS);
  const portId = idText(port.value, PORT_MAC, PORT_ADDRESS);
  const chassisType = CHASSIS_TYPES[chassis.value[0] as number] ?? String(chassis.value[0]);
  const portType = PORT_TYPES[port.value[0] as number] ?? String(port.value[0]);
  return {
    protocol: 'LLDP',
    chassis: `${chassisType} ${chassisId}`,
    port: `${portType} ${portId}`,
    name: said.systemName || chassisId,
    systemName: said.systemName,
    portName: said.portDescription || portId,
    ttlS,
    mtu: said.frameSizeMax,
    ofDevice: present({
      ChassisID: chassisId,
      ChassisIDType: chassisType,
      SysName: said.systemName,
      Description: said.systemDescription,
      MgmtAddress: said.managementAddresses[0],
      MgmtAddresses: said.managementAddresses,
      Capabilities: said.capabilities,
      EnabledCapabilities: said.enabledCapabilities,
      ...said.inventory,
    }),
    ofPort: present({
      PortID: portId,
      PortIDType: portType,
      Description: said.portDescription,
      PVID: said.portVlan,
      PPVIDs: said.protocolVlans,
      VLANNames: said.vlanNames,
      VIDUsageDigest: said.vlanDigest,
      ManagementVID: said.managementVlan,
      LinkAggregation: said.aggregation,
      // Skydive's own spelling, which its scripts ask for.
      LinkAgggregation: said.aggregation,
    }),
  };
}

interface Part {
  readonly type: number;
  readonly value: Uint8Array;
}

const TYPE = {
  end: 0,
  chassis: 1,
  port: 2,
  ttl: 3,
  portDescription: 4,
  systemName: 5,
  systemDescription: 6,
  capabilities: 7,
  management: 8,
  organization: 127,
} as const;

/** Type (7 bits) and length (9 bits) before each. What is cut off ends the list. */
function* partsOf(bytes: Uint8Array): Iterable<Part> {
  for (let at = 0; ; ) {
    const head = uint16(bytes, at);
    if (head === undefined) return;
    const [type, length] = [head >> 9, head & 0x1ff];
    at += 2;
    if (type === TYPE.end || at + length > bytes.length) return;
    yield { type, value: bytes.subarray(at, at + length) };
    at += length;
  }
}

const CHASSIS_TYPES: Readonly<Record<number, string>> = {
  1: 'Chassis Component',
  2: 'Interface Alias',
  3: 'Port Component',
  4: 'MAC Address',
  5: 'Network Address',
  6: 'Interface Name',
  7: 'Local',
};
const CHASSIS_MAC = 4;
const CHASSIS_ADDRESS = 5;
const PORT_TYPES: Readonly<Record<number, string>> = {
  1: 'Interface Alias',
  2: 'Port Component',
  3: 'MAC Address',
  4: 'Network Address',
  5: 'Interface Name',
  6: 'Agent Circuit ID',
  7: 'Local',
};
const PORT_MAC = 3;
const PORT_ADDRESS = 4;

/** A subtype, then the id; an address has its family in front. */
function idText(value: Uint8Array, macType: number, addressType: number): string {
  const [subtype] = value;
  const id = value.subarray(1);
  if (subtype === macType) return id.length === 6 ? macText(id) : hex(id);
  return subtype === addressType ? addressText(id[0], id.subarray(1)) : text(id);
}

/** Bits of the capabilities, from the lowest on. */
const CAPABILITIES = [
  ...['Other', 'Repeater', 'Bridge', 'WLAN AP', 'Router', 'Phone', 'DocSis', 'Station Only', 'C-VLAN', 'S-VLAN'],
  'Two-port MAC Relay',
];

class Said {
  systemName = '';
  systemDescription = '';
  portDescription = '';
  readonly managementAddresses: string[] = [];
  capabilities: readonly string[] = [];
  enabledCapabilities: readonly string[] = [];
  portVlan: number | undefined;
  readonly protocolVlans: Metadata[] = [];
  readonly vlanNames: Metadata[] = [];
  vlanDigest: number | undefined;
  managementVlan: number | undefined;
  aggregation: Metadata | undefined;
  frameSizeMax: number | undefined;
  inventory: Readonly<Record<string, string>> = {};

  take({ type, value }: Part): void {
    if (type === TYPE.portDescription) this.portDescription = text(value);
    else if (type === TYPE.systemName) this.systemName = text(value);
    else if (type === TYPE.systemDescription) this.systemDescription = text(value);
    else if (type === TYPE.capabilities) this.#takeCapabilities(value);
    else if (type === TYPE.management) this.#takeManagement(value);
    else if (type === TYPE.organization && value.length >= 4)
      this.#takeOf(hex(value.subarray(0, 3)), value[3] as number, value.subarray(4));
  }

  #takeCapabilities(value: Uint8Array): void {
    const names = (bits = 0) => CAPABILITIES.filter((_, bit) => (bits >> bit) & 1);
    this.capabilities = names(uint16(value, 0));
    this.enabledCapabilities = names(uint16(value, 2));
  }

  /** Length of family and address, family, address, then an interface number and an object id that nobody asks for. */
  #takeManagement(value: Uint8Array): void {
    const length = value[0] ?? 0;
    if (length < 2 || 1 + length > value.length || this.managementAddresses.length >= LIST_MAX) return;
    this.managementAddresses.push(addressText(value[1], value.subarray(2, 1 + length)));
  }

  #takeOf(organization: string, subtype: number, value: Uint8Array): void {
    if (organization === IEEE_8021) this.#take8021(subtype, value);
    else if (organization === IEEE_8023) this.#take8023(subtype, value);
    else if (organization === TIA_MED && INVENTORY[subtype] !== undefined)
      this.inventory = { ...this.inventory, [INVENTORY[subtype]]: text(value) };
  }

  #take8021(subtype: number, value: Uint8Array): void {
    const id = uint16(value, 0);
    if (subtype === 1) this.portVlan = id || undefined;
    else if (subtype === 2) this.#takeProtocolVlan(value);
    else if (subtype === 3 && id !== undefined && this.vlanNames.length < LIST_MAX)
      this.vlanNames.push({ ID: id, Name: text(value.subarray(3, 3 + (value[2] ?? 0))) });
    else if (subtype === 5) this.vlanDigest = uint32(value, 0) || undefined;
    else if (subtype === 6) this.managementVlan = id || undefined;
    else if (subtype === 7) this.#takeAggregation(value);
  }

  #takeProtocolVlan(value: Uint8Array): void {
    const id = uint16(value, 1);
    const flags = value[0] ?? 0;
    if (id === undefined || this.protocolVlans.length >= LIST_MAX) return;
    this.protocolVlans.push({ ID: id, Supported: (flags & 2) !== 0, Enabled: (flags & 4) !== 0 });
  }

  #take8023(subtype: number, value: Uint8Array): void {
    if (subtype === 3) this.#takeAggregation(value);
    else if (subtype === 4) this.frameSizeMax = uint16(value, 0) || undefined;
  }

  #takeAggregation(value: Uint8Array): void {
    const [status = 0] = value;
    const port = uint32(value, 1);
    if (port === undefined) return;
    this.aggregation = { Supported: (status & 1) !== 0, Enabled: (status & 2) !== 0, PortID: port };
  }
}

const IEEE_8021 = '0080c2';
const IEEE_8023 = '00120f';
const TIA_MED = '0012bb';
/** Inventory of LLDP-MED, by subtype. */
const INVENTORY: Readonly<Record<number, string>> = {
  5: 'HardwareRevision',
  6: 'FirmwareRevision',
  7: 'SoftwareRevision',
  8: 'SerialNumber',
  9: 'Manufacturer',
  10: 'Model',
  11: 'AssetID',
};
