/** Fields of application layers: what the decoders of src/flow/application/ give. Lists fan out. */
import type { FlowField } from './fields.ts';

type Row = readonly [name: string, example: string | number | boolean, doc: string, unit?: FlowField['unit']];

const rows: readonly Row[] = [
  ['DNS.ID', 4711, 'Number of the question and its response.'],
  ['DNS.QR', true, 'It is a response.'],
  ['DNS.op_code', 'Query', 'Kind of question.'],
  ['DNS.AA', false, 'The server is an authority for the name.'],
  ['DNS.TC', false, 'The message was cut.'],
  ['DNS.RD', true, 'Recursion was asked for.'],
  ['DNS.RA', true, 'Recursion is offered.'],
  ['DNS.z', 0, 'Reserved bits.'],
  ['DNS.response_code', 'No Error', 'What the server says of the question.'],
  ['DNS.response_code_name', 'NOERROR', 'The same as its mnemonic; of responses.'],
  ['DNS.q_d_count', 1, 'Questions.'],
  ['DNS.a_n_count', 1, 'Answers.'],
  ['DNS.n_s_count', 0, 'Authorities.'],
  ['DNS.a_r_count', 0, 'Additional records.'],
  ['DNS.questions.name', 'www.example.com', 'Names asked for.'],
  ['DNS.questions.type', 'A', 'Types of records asked for.'],
  ['DNS.questions.class', 'IN', 'Classes asked for.'],
  ...['answers', 'authorities', 'additionals'].flatMap(records),
  ['DNS.timestamp', '2026-01-02T03:04:05.678Z', 'When the message was seen, UTC.'],
  ['DNS.latency_ms', 12.5, 'From the first query that was answered to its response.', 'ms'],
  ['DHCPv4.op', 1, '1: from a client, 2: from a server.'],
  ['DHCPv4.message_type', 'DISCOVER', 'Kind of message.'],
  ['DHCPv4.hardware_type', 1, 'Type of hardware address; 1 is Ethernet.'],
  ['DHCPv4.hardware_len', 6, 'Bytes of the hardware address.'],
  ['DHCPv4.hardware_opts', 0, 'Relays that it passed.'],
  ['DHCPv4.xid', 305419896, 'Number of the exchange.'],
  ['DHCPv4.secs', 0, 'Seconds since the client began.'],
  ['DHCPv4.flags', 32768, 'Flags; 32768 asks for a broadcast.'],
  ['DHCPv4.client_ip', '0.0.0.0', 'Address that the client has.'],
  ['DHCPv4.your_ip', '10.0.0.7', 'Address that it is given.'],
  ['DHCPv4.next_server_ip', '10.0.0.1', 'Server of the next step of booting.'],
  ['DHCPv4.relay_agent_ip', '0.0.0.0', 'Relay between client and server.'],
  ['DHCPv4.client_mac', '52:54:00:aa:bb:cc', 'Hardware address of the client.'],
  ['DHCPv4.server_name', '', 'Name of the server.'],
  ['DHCPv4.file', '', 'File to boot.'],
  ['DHCPv4.options.code', 53, 'Numbers of options.'],
  ['DHCPv4.options.name', 'message_type', 'Names of options.'],
  ['DHCPv4.options.value', 'DISCOVER', 'Values of options.'],
  ['VRRPv2.version', 2, 'Version of the protocol: 2 or 3.'],
  ['VRRPv2.virtual_rtrID', 51, 'Number of the virtual router.'],
  ['VRRPv2.priority', 100, 'Priority of the sender.'],
  ['VRRPv2.count_ipaddr', 1, 'Addresses of the virtual router.'],
  ['VRRPv2.adver_int', 1, 'Between advertisements: seconds in version 2, hundredths of them in version 3.'],
  ['VRRPv2.auth_type', 0, 'Type of authentication; version 2 only.'],
  ['VRRPv2.checksum', 47787, 'Checksum of the message.'],
  ['VRRPv2.addresses', '10.0.0.254', 'Addresses of the virtual router.'],
  ['TLS.sni', 'www.example.com', 'Server that the client asks for.'],
  ['TLS.alpn_offered', 'h2', 'Protocols that the client offers.'],
  ['TLS.versions_offered', 'TLSv1.3', 'Versions that the client offers.'],
  ['TLS.version', 'TLSv1.3', 'Version that the server chose.'],
  ['TLS.cipher', 'TLS_AES_128_GCM_SHA256', 'Cipher suite that the server chose.'],
  ['TLS.alpn', 'h2', 'Protocol that the server chose, where it is not encrypted.'],
  ['HTTP.method', 'GET', 'Method of the first request.'],
  ['HTTP.path', '/index.html', 'What the first request asks for.'],
  ['HTTP.version', '1.1', 'Version of HTTP.'],
  ['HTTP.host', 'www.example.com', 'Host that the first request asks.'],
  ['HTTP.user_agent', 'curl/8.5.0', 'What the client says it is.'],
  ['HTTP.status', 200, 'Status of the first response.'],
  ['HTTP.server', 'nginx', 'What the server says it is.'],
];

/** What an option is worth is of the kind of the option. */
const mixed: ReadonlySet<string> = new Set(['DHCPv4.options.value']);

export const layerFields: readonly FlowField[] = rows.map(([name, example, doc, unit]) => {
  return { name, doc, type: typeOf(name, example), example, ...(unit && { unit }) };
});

function typeOf(name: string, example: Row[1]): FlowField['type'] {
  if (mixed.has(name)) return 'any';
  if (typeof example === 'number') return Number.isInteger(example) ? 'integer' : 'number';
  return typeof example === 'boolean' ? 'boolean' : 'string';
}

function records(section: string): Row[] {
  return [
    [`DNS.${section}.name`, 'www.example.com', 'Names of the records.'],
    [`DNS.${section}.type`, 'A', 'Types of the records.'],
    [`DNS.${section}.class`, 'IN', 'Classes of the records.'],
    [`DNS.${section}.TTL`, 300, 'Seconds that they may be kept.'],
    [`DNS.${section}.data_length`, 4, 'Bytes of the records.', 'bytes'],
    [`DNS.${section}.IP`, '192.0.2.1', 'Addresses (A, AAAA).'],
    [`DNS.${section}.NS`, 'ns.example.com', 'Name servers.'],
    [`DNS.${section}.c_name`, 'example.com', 'What names stand for.'],
    [`DNS.${section}.PTR`, 'host.example.com', 'Names of addresses.'],
    [`DNS.${section}.TXTs`, 'v=spf1 -all', 'Texts.'],
    [`DNS.${section}.MX.name`, 'mail.example.com', 'Mail servers.'],
    [`DNS.${section}.MX.preference`, 10, 'Which of them first.'],
    [`DNS.${section}.SRV.name`, 'sip.example.com', 'Servers of a service.'],
    [`DNS.${section}.SRV.port`, 5060, 'Their ports.'],
    [`DNS.${section}.SRV.priority`, 10, 'Which of them first.'],
    [`DNS.${section}.SRV.weight`, 5, 'How often each.'],
    [`DNS.${section}.SOA.m_name`, 'ns.example.com', 'First server of the zone.'],
    [`DNS.${section}.SOA.r_name`, 'admin.example.com', 'Mailbox of who answers for it.'],
    [`DNS.${section}.SOA.serial`, 2026010203, 'Version of the zone.'],
    [`DNS.${section}.SOA.refresh`, 7200, 'Seconds until other servers look again.'],
    [`DNS.${section}.SOA.retry`, 3600, 'Seconds until they try again.'],
    [`DNS.${section}.SOA.expire`, 1209600, 'Seconds after which they give up.'],
    [`DNS.${section}.SOA.minimum`, 300, 'Seconds that a missing name may be kept.'],
    [`DNS.${section}.OPT.code`, 'COOKIE', 'Options of EDNS.'],
    [`DNS.${section}.OPT.data`, '0a0b', 'Their bytes, in hex.'],
  ];
}
