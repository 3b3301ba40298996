import { drawKeyChange, keyChanges } from '../../src/cli/render/key-changes.ts';
import { paintFor } from '../../src/cli/render/paint.ts';
import { drawTree } from '../../src/cli/render/tree.ts';
import type { WireNode } from '../../src/contract/element.ts';
import { edge, node } from './replies.ts';

const paint = paintFor({ write: () => {}, isTerminal: false, columns: undefined }, undefined, {});

const changes = (before: WireNode['Metadata'], after: WireNode['Metadata']) =>
  keyChanges(node('a', before), node('a', after)).flatMap((change) => drawKeyChange(change, paint));

test('a key that came, went or changed is a line', () => {
  expect(changes({ MTU: 1500, Vlan: 7 }, { MTU: 9000, State: 'UP' })).toEqual([
    'MTU: 1500 → 9000',
    '+ State: UP',
    '- Vlan: 7',
  ]);
});

test('of a list only the items that came and went are shown', () => {
  expect(changes({ IPV4: ['10.0.0.1/24', '10.0.0.2/24'] }, { IPV4: ['10.0.0.2/24', '10.0.0.3/24'] })).toEqual([
    'IPV4: - 10.0.0.1/24',
    'IPV4: + 10.0.0.3/24',
  ]);
  expect(changes({ IPV4: ['a', 'b'] }, { IPV4: ['b', 'a'] })).toEqual(['IPV4: a b → b a']);
});

test('of nested objects only the keys that differ are shown', () => {
  expect(changes({ Bridge: { STP: false, Age: 300 } }, { Bridge: { STP: true, Age: 300 } })).toEqual([
    'Bridge.STP: false → true',
  ]);
});

test('items with an ID are compared with the one of the same ID', () => {
  const before = {
    Vfs: [
      { ID: 0, MAC: 'a' },
      { ID: 1, MAC: 'b' },
    ],
  };
  expect(changes(before, { Vfs: [{ ID: 1, MAC: 'c' }] })).toEqual(['- Vfs.0: ID=0 MAC=a', 'Vfs.1.MAC: b → c']);
});

test('counters are no change', () => {
  expect(changes({ Metric: { RxBytes: 1 } }, { Metric: { RxBytes: 2 }, LastUpdateMetric: { RxBytes: 1 } })).toEqual([]);
});

test('values from strangers are made harmless', () => {
  expect(changes({}, { Alias: 'x\u001b[2J' })).toEqual(['+ Alias: x\\u{1b}[2J']);
});

test('a ring of owners and a node with two owners are shown once each', () => {
  const [a, b, c] = [node('a'), node('b'), node('c')];
  const ring = drawTree([a, b], [edge(a, 'ownership', b), edge(b, 'ownership', a)], { width: undefined, paint });
  expect(ring).toBe('a  device\n└── b  device\n');
  const shared = drawTree([a, b, c], [edge(a, 'ownership', c), edge(b, 'ownership', c)], { width: undefined, paint });
  expect(shared).toBe('a  device\n└── c  device\nb  device\n');
});
