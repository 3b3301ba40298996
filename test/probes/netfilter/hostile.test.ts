import fc from 'fast-check';
import { MessageBuilder } from '../../../src/native/nlmsg.ts';
import { describeRule, describeSet } from '../../../src/probes/netfilter/describe.ts';
import { NFT } from '../../../src/probes/netfilter/nftnetlink.ts';
import { readRule } from '../../../src/probes/netfilter/read-rule.ts';
import {
  type RawSet,
  readChains,
  readElements,
  readRules,
  readSets,
  readTables,
} from '../../../src/probes/netfilter/ruleset.ts';

const NAMES = [
  ...['meta', 'ct', 'fib', 'payload', 'exthdr', 'immediate', 'bitwise', 'byteorder', 'cmp', 'range', 'lookup', 'match'],
  ...['target', 'counter', 'nat', 'masq', 'redir', 'reject', 'limit', 'log', 'queue', 'dynset', 'notrack', 'none such'],
];
const XT = [
  'comment',
  'tcp',
  'udp',
  'multiport',
  'conntrack',
  'state',
  'addrtype',
  'mark',
  'icmp',
  'MASQUERADE',
  'DNAT',
];

const values = fc.array(
  fc.tuple(
    fc.integer({ min: 0, max: 12 }),
    fc.oneof(
      fc.uint8Array({ maxLength: 24 }),
      fc.constantFrom(...XT).map((name) => new TextEncoder().encode(`${name}\0`)),
      // Numbers as they are: small, and in network byte order.
      fc.integer({ min: 0, max: 40 }).map((number) => new Uint8Array([0, 0, 0, number])),
      // NFTA_DATA_VALUE.
      fc.uint8Array({ maxLength: 20 }).map((bytes) => nested((inside) => inside.bytes(1, bytes))),
    ),
  ),
  { maxLength: 6 },
);

function nested(fill: (inside: MessageBuilder) => void): Uint8Array {
  const message = new MessageBuilder(0, 0);
  fill(message);
  return message.build().subarray(16);
}

const set: RawSet = {
  ...{
    family: 1,
    table: 't',
    name: 's',
    flags: 0x0c,
    keyType: 7,
    keyLength: 4,
    dataType: 0,
    isCut: false,
    readAtMs: 0,
  },
  elements: [{ key: new Uint8Array([10]), keyEnd: undefined, data: undefined, verdict: undefined, flags: 0 }],
};

const raw = { family: 1, table: 't', chain: 'c', handle: 1, comment: '' };

test('expressions of any kind with anything in them are described', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.constantFrom(...NAMES), values), { maxLength: 8 }),
      fc.constantFrom('ip', 'ip6', 'inet', 'bridge'),
      (expressions, family) => {
        const bytes = nested((list) => {
          for (const [name, attributes] of expressions)
            list.nested(1, (one) => {
              one.string(1, name);
              one.nested(2, (data) => {
                for (const [type, value] of attributes) data.bytes(type, value);
              });
            });
        });
        const rule = { ...raw, expressions: bytes };
        const told = describeRule(rule, readRule(bytes, { family, set: () => set }));
        expect(typeof told.Text).toBe('string');
        expect(JSON.parse(JSON.stringify(told))).toEqual(told);
      },
    ),
    { numRuns: 300 },
  );
});

test('messages of any bytes are read to where they make sense', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(NFT.table, NFT.chain, NFT.rule, NFT.set, NFT.elements),
      fc.uint8Array({ maxLength: 80 }),
      (type, body) => {
        const batch = [new MessageBuilder(type, 0).fixed(body).build()];
        readTables(batch);
        readChains(batch);
        for (const rule of readRules(batch)) readRule(rule.expressions, { family: 'inet', set: () => undefined });
        for (const one of readSets(batch)) describeSet(one);
        for (const element of readElements(batch[0] as Uint8Array)) describeSet({ ...set, elements: [element] });
      },
    ),
    { numRuns: 300 },
  );
});
