import fc from 'fast-check';
import { decodeFacts, encodeFacts, FACTS } from '../../../src/relay/wire/facts.ts';
import { WireFault } from '../../../src/relay/wire/fault.ts';
import { bytesOf, wire } from '../../../src/relay/wire/generated.ts';
import { Writer } from '../../../src/relay/wire/writer.ts';
import { facts } from '../arbitrary.ts';
import { emptyFacts, flowOf } from '../facts.ts';

test('what is decoded is what was encoded, to the last bit', () => {
  fc.assert(
    fc.property(facts, (told) => expect(decodeFacts(encodeFacts(told))).toStrictEqual(told)),
    { numRuns: 150 },
  );
});

test('what the module of the .proto reads and writes again is read the same: the hand-written part keeps to it', () => {
  fc.assert(
    fc.property(facts, (told) => {
      const bytes = bytesOf(wire.Facts, wire.Facts.decode(encodeFacts(told)));
      expect(decodeFacts(bytes)).toStrictEqual(told);
    }),
    { numRuns: 100 },
  );
});

test('bytes that are cut or changed anywhere make a WireFault or other facts, and nothing else', () => {
  fc.assert(
    fc.property(facts, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 }), fc.nat(), (told, changes, cut) => {
      const bytes = encodeFacts(told);
      for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
      try {
        decodeFacts(bytes.subarray(0, cut % (bytes.length + 1)));
      } catch (error) {
        expect(error).toBeInstanceOf(WireFault);
      }
    }),
    { numRuns: 500 },
  );
});

test('any bytes make a WireFault or facts', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      try {
        decodeFacts(bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(WireFault);
      }
    }),
    { numRuns: 1000 },
  );
});

test('a fault says what and at which byte', () => {
  const bytes = encodeFacts({ ...emptyFacts(7), flows: [flowOf('0123456789abcdef')] });
  expect(() => decodeFacts(bytes.subarray(0, bytes.length - 1))).toThrow(/bytes end within a value, at byte \d+/);
});

test('more records than a batch may have are refused', () => {
  const to = new Writer();
  const start = to.begin(FACTS.samples);
  for (let i = 0; i <= 1 << 18; i++) to.bytes(1, new Uint8Array(0));
  to.end(start);
  expect(() => decodeFacts(to.finish())).toThrow('more than a batch may have');
});

test('metadata within metadata is followed to a bound', () => {
  const deep = JSON.parse(`${'{"a":'.repeat(100)}1${'}'.repeat(100)}`);
  const bytes = encodeFacts({
    ...emptyFacts(1),
    graph: [{ kind: 'update', of: 'node', id: 'a', createdAt: 1, revision: 2, updatedAt: 2, set: deep, unset: [] }],
  });
  expect(() => decodeFacts(bytes)).toThrow('more than 64 lists and objects');
});

test('flows and their ends keep the order they were told in', () => {
  const flows = ['a', 'b', 'c', 'd', 'e'].map((UUID, i) => flowOf(UUID, i % 2 === 0 ? { FinishType: 2 } : {}));
  expect(decodeFacts(encodeFacts({ ...emptyFacts(1), flows })).flows).toStrictEqual(flows);
});
