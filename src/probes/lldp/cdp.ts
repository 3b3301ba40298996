/** Reads a frame of the Cisco Discovery Protocol: version, time to live, check sum, then type, length and value of each part. */
import { addressText, text, uint16, uint32 } from './bytes.ts';
import { type Neighbour, present } from './neighbour.ts';

/** LLC and SNAP before it: organization 00-00-0c, protocol 2000. */
const SNAP = [0xaa, 0xaa, 0x03, 0x00, 0x00, 0x0c, 0x20, 0x00];
const ADDRESSES_MAX = 64;

/** `bytes` from after the length of the Ethernet header on. Undefined for what is none, or has no device or port. */
export function readCdp(bytes: Uint8Array): Neighbour | undefined {
  if (SNAP.some((octet, at) => bytes[at] !== octet)) return undefined;
  const said = bytes.subarray(SNAP.length);
  const [version, ttlS] = said;
  if (said.length < 4 || (version !== 1 && version !== 2) || ttlS === undefined) return undefined;
  const parts = new Map(partsOf(said.subarray(4)));
  const of = (type: number) => parts.get(type) ?? new Uint8Array(0);
  const [device, port] = [text(of(PART.device)), text(of(PART.port))];
  if (device === '' || port === '') return undefined;
  const capabilities = uint32(of(PART.capabilities), 0) ?? 0;
  const name = text(of(PART.systemName)) || device;
  return {
    protocol: 'CDP',
    chassis: `CDP ${device}`,
    port: `CDP ${port}`,
    name,
    systemName: name,
    portName: port,
    ttlS,
    mtu: uint32(of(PART.mtu), 0),
    ofDevice: present({
      DeviceID: device,
      SysName: name,
      Platform: text(of(PART.platform)),
      Version: text(of(PART.version)),
      Capabilities: CAPABILITIES.filter((_, bit) => (capabilities >> bit) & 1),
      Addresses: addressesIn(of(PART.addresses)),
      MgmtAddresses: addressesIn(of(PART.management)),
      VTPDomain: text(of(PART.vtpDomain)),
    }),
    ofPort: present({
      PortID: port,
      NativeVLAN: uint16(of(PART.nativeVlan), 0),
      Duplex: duplexOf(of(PART.duplex)[0]),
    }),
  };
}

const PART = {
  device: 1,
  addresses: 2,
  port: 3,
  capabilities: 4,
  version: 5,
  platform: 6,
  vtpDomain: 9,
  nativeVlan: 10,
  duplex: 11,
  mtu: 17,
  systemName: 20,
  management: 22,
} as const;

/** The length counts type and length too. What is cut off ends the list; of equal ones the last counts. */
function* partsOf(bytes: Uint8Array): Iterable<readonly [number, Uint8Array]> {
  for (let at = 0; ; ) {
    const [type, length] = [uint16(bytes, at), uint16(bytes, at + 2)];
    if (type === undefined || length === undefined || length < 4 || at + length > bytes.length) return;
    yield [type, bytes.subarray(at + 4, at + length)];
    at += length;
  }
}

const CAPABILITIES = ['Router', 'Transparent Bridge', 'Source Route Bridge', 'Switch', 'Host', 'IGMP', 'Repeater'];

function duplexOf(value: number | undefined): string | undefined {
  return value === undefined ? undefined : value === 0 ? 'half' : 'full';
}

/** A number of them, then for each: kind and length of the protocol, the protocol, length of the address, the address. */
function addressesIn(bytes: Uint8Array): string[] {
  const found: string[] = [];
  const count = Math.min(uint32(bytes, 0) ?? 0, ADDRESSES_MAX);
  for (let at = 4; found.length < count; ) {
    const lengthAt = at + 2 + (bytes[at + 1] ?? 0);
    const length = uint16(bytes, lengthAt);
    if (length === undefined || lengthAt + 2 + length > bytes.length) break;
    const address = bytes.subarray(lengthAt + 2, lengthAt + 2 + length);
    found.push(addressText(length === 4 ? 1 : length === 16 ? 2 : undefined, address));
    at = lengthAt + 2 + length;
  }
  return found;
}
