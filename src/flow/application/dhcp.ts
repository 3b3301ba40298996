/** DHCP for IPv4 (RFC 2131, options of RFC 2132), and BOOTP, which is the same without options. */
import type { Layer, LayerValue } from '../flow.ts';
import type { Application, Conversation } from './application.ts';
import { ByteReader } from './byte-reader.ts';
import { dhcpOption, messageTypes } from './dhcp-options.ts';
import { hex, ipv4, upToNul } from './text.ts';

const serverPort = 67;
const clientPort = 68;
const magicCookie = 0x63825363;
/** Of one message; more are not shown. */
export const dhcpOptionsMax = 64;

export function decodeDhcp({ loPort, hiPort, payloads }: Conversation): Application | undefined {
  const ports = [loPort, hiPort];
  // Between a relay and a server both ports are the server's.
  if (!ports.includes(serverPort) || !ports.every((port) => port === serverPort || port === clientPort))
    return undefined;
  // The last message says most: an acknowledgement repeats what was asked and what was given.
  const layer = payloads.map(({ bytes }) => message(bytes)).findLast((read) => read !== undefined);
  return layer && { name: 'DHCPv4', path: ['DHCPv4'], layers: { DHCPv4: layer } };
}

function message(bytes: Uint8Array): Layer | undefined {
  const reader = new ByteReader(bytes);
  const op = reader.u8();
  const hardwareType = reader.u8();
  const hardwareLength = reader.u8();
  const hops = reader.u8();
  const xid = reader.u32();
  const secs = reader.u16();
  const flags = reader.u16();
  const [client, your, next, relay] = [reader.take(4), reader.take(4), reader.take(4), reader.take(4)];
  const hardware = reader.take(16);
  const serverName = reader.take(64);
  const file = reader.take(128);
  if (reader.isCut || (op !== 1 && op !== 2) || hardwareLength > 16) return undefined;
  const { list, type } = options(reader);
  return {
    op,
    hardware_type: hardwareType,
    hardware_len: hardwareLength,
    hardware_opts: hops,
    xid,
    secs,
    flags,
    client_ip: ipv4(client),
    your_ip: ipv4(your),
    next_server_ip: ipv4(next),
    relay_agent_ip: ipv4(relay),
    client_mac: hex(hardware.subarray(0, hardwareLength), ':'),
    server_name: upToNul(serverName),
    file: upToNul(file),
    ...(type !== undefined && { message_type: messageTypes[type] ?? String(type) }),
    options: list,
  };
}

function options(reader: ByteReader): { list: LayerValue[]; type: number | undefined } {
  const list: LayerValue[] = [];
  let type: number | undefined;
  if (reader.u32() !== magicCookie) return { list, type };
  while (reader.left > 0 && list.length < dhcpOptionsMax) {
    const code = reader.u8();
    if (code === 255) break;
    if (code === 0) continue;
    const value = reader.take(reader.u8());
    if (reader.isCut) break;
    if (code === 53 && value.length === 1) type = value[0];
    list.push(dhcpOption(code, value));
  }
  return { list, type };
}
