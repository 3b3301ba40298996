/** Whatever a file holds: a configuration or a Mistake, never anything else, and a Mistake knows its places. */
import fc from 'fast-check';
import { optionList } from '../../src/config/list.ts';
import { loadConfig } from '../../src/config/load.ts';
import { lookUpConfig } from '../../src/config/look-up.ts';
import { skydiveKeys } from '../../src/config/skydive-keys.ts';
import { probes as probeList } from '../../src/probes/index.ts';
import { Mistake } from '../../src/std/mistake.ts';

const machine = { hostname: 'h1', isRoot: true, dataHome: '/root/.local/share' };
const probes = probeList.map(({ name }) => name);
const keys = [
  ...optionList.map(({ path }) => path),
  ...skydiveKeys.map(({ key }) => key.replace('.*', '.x')),
  ...['archive', 'agent', 'ui', '__proto__', 'constructor', 'toString', 'a.b', '', '.', 'ui.__proto__.x'],
];
const value = fc.oneof(fc.jsonValue({ maxDepth: 3 }), fc.constantFrom('5s', '1GiB', ':1', 0, -1, 1e300, '', null));

function load(text: string): void {
  try {
    const loaded = loadConfig({ machine, probes, file: { name: 'f', text } });
    for (const key of keys) JSON.stringify(lookUpConfig(loaded, key));
  } catch (error) {
    if (!(error instanceof Mistake)) throw error;
    for (const { from, to, message } of error.faults) {
      expect(message).not.toBe('');
      if (from !== undefined) expect(text.slice(from, to).length).toBe((to as number) - from);
    }
  }
}

test('any values under any keys', () => {
  const map = fc.array(fc.tuple(fc.constantFrom(...keys), value), { maxLength: 8 });
  fc.assert(
    fc.property(map, (pairs) => load(JSON.stringify(Object.fromEntries(pairs)))),
    { numRuns: 500 },
  );
});

test('an object that cannot be made a text, under each key', () => {
  for (const key of keys) for (const name of ['toString', 'valueOf']) load(JSON.stringify({ [key]: { [name]: 0 } }));
});

test('any text', () => {
  fc.assert(fc.property(fc.string({ maxLength: 200 }), load), { numRuns: 500 });
});

test('a file cut anywhere', () => {
  const text =
    'listen: "[::1]:8082"\narchive: { maxSize: 2GiB, maxAge: 7d }\nagent:\n  topology:\n    probes: [ovsdb]\n';
  for (let end = 0; end <= text.length; end++) load(text.slice(0, end));
});

test('nothing of it reaches what all objects share', () => {
  load(
    'ui: { "__proto__": { polluted: 1 }, "__proto__.y": 2 }\nui.__proto__.z: 1\nagent.metadata: { "__proto__": { polluted: 1 } }',
  );
  expect('polluted' in {} || 'z' in {} || 'y' in {}).toBe(false);
});
