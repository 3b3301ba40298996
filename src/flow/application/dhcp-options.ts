/** Options of DHCP by number, with how their value is read (RFC 2132, 3004, 3046, 3442; IANA bootp-dhcp-parameters). */
import type { Layer, LayerValue } from '../flow.ts';
import { ByteReader } from './byte-reader.ts';
import { hex, ipv4, printable } from './text.ts';

/** By the value of option 53. */
export const messageTypes: readonly (string | undefined)[] = [
  undefined,
  'DISCOVER',
  'OFFER',
  'REQUEST',
  'DECLINE',
  'ACK',
  'NAK',
  'RELEASE',
  'INFORM',
  'FORCERENEW',
  'LEASEQUERY',
  'LEASEUNASSIGNED',
  'LEASEUNKNOWN',
  'LEASEACTIVE',
];

/** `{ code, name, value }`; one that is not known, or not as long as it should be, has its bytes in hex and no name. */
export function dhcpOption(code: number, value: Uint8Array): Layer {
  const known = options[code];
  const read = known?.[1](value);
  if (!known || read === undefined) return { code, value: hex(value) };
  return { code, name: known[0], value: read };
}

type Read = (value: Uint8Array) => LayerValue | undefined;

const text: Read = (value) => printable(value);
const number: Read = (value) =>
  [1, 2, 4].includes(value.length) ? new ByteReader(value).unsigned(value.length) : undefined;
const address: Read = (value) => (value.length === 4 ? ipv4(value) : undefined);
const numbers: Read = (value) => [...value];
const addresses: Read = (value) => {
  if (value.length === 0 || value.length % 4 !== 0) return undefined;
  return Array.from({ length: value.length / 4 }, (_, at) => ipv4(value.subarray(at * 4, at * 4 + 4)));
};
const type: Read = ([first]) => (first === undefined ? undefined : messageTypes[first]);

const options: Readonly<Record<number, readonly [name: string, read: Read]>> = {
  1: ['subnet_mask', address],
  3: ['router', addresses],
  4: ['time_server', addresses],
  6: ['dns', addresses],
  12: ['host_name', text],
  15: ['domain_name', text],
  17: ['root_path', text],
  26: ['mtu', number],
  28: ['broadcast', address],
  42: ['ntp', addresses],
  50: ['requested_ip', address],
  51: ['lease_s', number],
  53: ['message_type', type],
  54: ['server_id', address],
  55: ['parameters', numbers],
  56: ['message', text],
  57: ['message_size_max', number],
  58: ['renewal_s', number],
  59: ['rebinding_s', number],
  60: ['vendor_class', text],
  66: ['tftp_server', text],
  67: ['boot_file', text],
  81: ['client_fqdn', (value) => (value.length < 3 ? undefined : printable(value.subarray(3)))],
};
