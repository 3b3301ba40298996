/** Whatever a switch says: nothing throws, nothing is read past the end, and what is not known is shown as it was. */
import { readActions } from '../../src/openflow/actions.ts';
import { cutGroups, readGroupCounters } from '../../src/openflow/groups.ts';
import { readInstructions } from '../../src/openflow/instructions.ts';
import { readMatch } from '../../src/openflow/match.ts';
import { readEvents } from '../../src/openflow/monitor.ts';
import { cutRules } from '../../src/openflow/rule.ts';
import { agreed } from '../../src/openflow/versions.ts';

/** As `SKEIN_FUZZ=1000000 jest test/openflow/fuzz` for a long run. */
const ROUNDS = Number(process.env.SKEIN_FUZZ ?? 20_000);

/** Recorded from Open vSwitch 3.1: a rule of OpenFlow 1.5 with ct and nat, and of 1.0 with learn. */
const seeds = [
  action(
    '0023',
    '00010000000000050700000000000000',
    action('0024', '000000010003', '0a000001', '0a000009', '00000000'),
  ),
  action(
    '0010',
    '0000003c80000000000000000000000001000000000000000c00000802000000080200003000000204000000000406000000010000000020000000',
  ),
  action('0006', '003000000000', '0000040600000206'),
  action('0007', '0007', '00010004', '0000000000000001'),
  action('000a', '0000003200000000000000000000000000000000001f00010004'),
  action('000c', '0000000000000000000200020000000000000000000000040008'),
  action('0025', '000000000000', '0000000600400000', '0001000600030000', '0003000600010200'),
  action('0031', '05dc', '0000', '00010004', '00000000000000000000'),
  action('001b', '0000', '00010404', '0006', '000000000000'),
  Buffer.from('8000000400000001800008063a02000000000180000a02080080002008200100000000', 'hex'),
  Buffer.from('0001020400000005ffff0f0600002320000180000d0600050007', 'hex'),
];

function action(subtype: string, ...parts: readonly (string | Buffer)[]): Buffer {
  const body = Buffer.concat([
    Buffer.from(`ffff000000002320${subtype}`, 'hex'),
    ...parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'hex') : part)),
  ]);
  const whole = Buffer.concat([body, Buffer.alloc((8 - (body.length % 8)) % 8)]);
  whole.writeUInt16BE(whole.length, 2);
  return whole;
}

/** Mulberry32: the same mutations in each run. */
function dice(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

function* mutations(): Iterable<Buffer> {
  const roll = dice(7);
  const edges = [0, 1, 7, 8, 0x7f, 0x80, 0xfe, 0xff];
  for (let i = 0; i < ROUNDS; i++) {
    const count = 1 + roll(4);
    const all = Buffer.concat(Array.from({ length: count }, () => seeds[roll(seeds.length)] as Buffer));
    const bytes = Buffer.from(all.subarray(0, roll(8) === 0 ? roll(all.length) : all.length));
    for (let n = roll(6); n > 0 && bytes.length > 0; n--)
      bytes[roll(bytes.length)] = roll(2) === 0 ? roll(256) : (edges[roll(edges.length)] as number);
    yield bytes;
  }
}

/** The fixed part of a rule or a group in front, with a length that is right or nearly so. */
function entry(fixed: number, body: Buffer, off: number): Buffer {
  const head = Buffer.alloc(fixed, 1);
  head.writeUInt16BE(Math.max(0, fixed + body.length + off), 0);
  return Buffer.concat([head, body]);
}

test('mutated messages are read without throwing', () => {
  let said = 0;
  for (const bytes of mutations()) {
    const off = said++ % 9 === 0 ? -1 : 0;
    for (const version of [1, 2, 5, 6]) readActions(bytes, version);
    readMatch(bytes);
    readInstructions(bytes, 5);
    for (const [shape, fixed] of [
      ['nxst', 48],
      ['first', 88],
      ['middle', 48],
      ['desc', 24],
    ] as const)
      for (const rule of cutRules(entry(fixed, bytes, off), shape, 5).rules)
        expect(rule.read().match.text).toBeDefined();
    for (const version of [4, 6])
      for (const group of cutGroups(entry(version < 6 ? 8 : 16, bytes, off), version).groups) group.read();
    readGroupCounters(bytes);
    readEvents(bytes, 'nxst', 1);
    readEvents(entry(24, bytes, off), 'onf', 4);
    readEvents(entry(24, bytes, off), 'monitor', 6);
    agreed([1, 4, 6], 6, bytes);
  }
  expect(said).toBe(ROUNDS);
}, 3_600_000);

test('an action that nobody knows is shown as its bytes, and what follows is read', () => {
  const strange = action('0fff', 'deadbeef0000');
  const drop = Buffer.from('0000001000000001000000000000 0000'.replace(' ', ''), 'hex');
  const [first, second] = readActions(Buffer.concat([strange, drop]), 5);
  expect(first).toEqual({
    word: { Type: 'unknown', Arguments: { Raw: strange.toString('hex') } },
    text: `unknown(${strange.toString('hex')})`,
  });
  expect(second?.text).toBe('output:1');
});

test('a field that nobody knows is in the match with its bytes', () => {
  expect(readMatch(Buffer.from('8123080200078000000400000001', 'hex')).text).toBe('in_port=1,oxm_81230802=0x0007');
});

test('actions in actions in actions end', () => {
  let nested = action('002a', '000000000000');
  for (let i = 0; i < 100; i++) nested = action('002a', '000000000000', nested);
  expect(readActions(nested, 5)[0]?.text).toMatch(/^(clone\(){9}unknown\([0-9a-f]+\)\)+$/);
});
