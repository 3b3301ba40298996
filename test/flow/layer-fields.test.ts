import type { Conversation } from '../../src/flow/application/application.ts';
import { decodeApplication } from '../../src/flow/application/index.ts';
import { fieldValue } from '../../src/flow/fields.ts';
import type { Flow, LayerValue } from '../../src/flow/flow.ts';
import { layerFields } from '../../src/flow/layer-fields.ts';
import { dhcp, dns, tls } from './application/heard.ts';

const text = (value: string) => new TextEncoder().encode(value);
const hex = (value: string) => new Uint8Array(Buffer.from(value.replaceAll(' ', ''), 'hex'));

const conversations: readonly [protocol: number, port: number, up: Uint8Array, down?: Uint8Array][] = [
  [17, 53, dns.askA, dns.answerA],
  [17, 67, dhcp.discover, dhcp.ack],
  [6, 443, tls.v12.client, tls.v12.server],
  [6, 443, tls.v13.client, tls.v13.server],
  [6, 80, text('GET / HTTP/1.1\r\nHost: a\r\nUser-Agent: b\r\n\r\n'), text('HTTP/1.1 200 OK\r\nServer: c\r\n\r\n')],
  [112, 0, hex('2133 6401 0001 beef c0a80001 0000000000000000')],
];

function layersOf([protocol, port, up, down]: (typeof conversations)[number]) {
  const said = [up, ...(down ? [down] : [])].map((bytes, i) => ({ ms: i, fromHi: i === 0, sequence: 0, bytes }));
  const asked: Conversation = {
    protocol,
    loPort: port,
    hiPort: port === 67 ? 68 : 40_000,
    startedByHi: true,
    payloads: said,
  };
  return decodeApplication(asked)?.layers ?? {};
}

test('what decoders find is declared, with the type that it has', () => {
  const types = new Map(layerFields.map(({ name, type }) => [name, type === 'integer' ? 'number' : type]));
  for (const conversation of conversations) {
    const leaves = Object.entries(layersOf(conversation)).flatMap(([name, layer]) => leavesOf(name, layer));
    expect(leaves.length).toBeGreaterThan(4);
    for (const [name, value] of leaves) {
      const type = types.get(name);
      expect([name, type === 'any' ? typeof value : type]).toEqual([name, typeof value]);
    }
  }
});

test('declared fields are found by their names', () => {
  const layers = Object.assign({}, ...conversations.map(layersOf)) as Flow;
  const found = layerFields.filter(({ name }) => fieldValue(layers, name) !== undefined).map(({ name }) => name);
  expect(found).toEqual(
    expect.arrayContaining(['DNS.answers.IP', 'DHCPv4.options.name', 'TLS.sni', 'HTTP.status', 'VRRPv2.addresses']),
  );
});

function leavesOf(name: string, value: LayerValue): [string, LayerValue][] {
  if (Array.isArray(value)) return value.flatMap((each: LayerValue) => leavesOf(name, each));
  if (typeof value !== 'object' || value === null) return [[name, value]];
  return Object.entries(value).flatMap(([key, child]) => leavesOf(`${name}.${key}`, child));
}
