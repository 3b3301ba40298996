import fc from 'fast-check';
import { layout, part, payloadLayout } from '../../src/flow/layout.ts';
import { ObservationReader } from '../../src/flow/observation.ts';
import { client, conversation, observations, server, tableOf } from './seen.ts';

test('what was written is read, with the ends in order whoever sent', () => {
  const seen = { payloads: [{ ms: 5, sequence: 7, bytes: new Uint8Array([1, 2, 3]) }], drops: [[2, 9]] as const };
  for (const [from, to] of [
    [client, server],
    [server, client],
  ] as const) {
    const reader = new ObservationReader(
      observations({ from, to, sent: { packets: 3, bytes: 30 }, received: { packets: 2, bytes: 20 }, ...seen }),
    );
    expect(reader.next()).toBe(true);
    const isFromLo = from === client;
    expect([...reader.bytes.subarray(layout.lo, layout.lo + 4)]).toEqual([10, 0, 0, 1]);
    expect([reader.uint16(layout.loPort), reader.uint16(layout.hiPort)]).toEqual([40_000, 443]);
    expect([reader.number(layout.loPackets), reader.number(layout.hiPackets)]).toEqual(isFromLo ? [3, 2] : [2, 3]);
    expect([...reader.payloads()]).toEqual([
      { ms: 5, sequence: 7, fromHi: !isFromLo, bytes: new Uint8Array([1, 2, 3]) },
    ]);
    expect([...reader.drops()]).toEqual([[2, 9]]);
    expect(reader.next()).toBe(false);
    expect(reader.unreadBytes).toBe(0);
  }
});

test('of two ends with one address the smaller port is lo, without addresses the smaller MAC', () => {
  const reader = new ObservationReader(
    observations(
      { from: { ...client, port: 9 }, to: { ...client, port: 8 } },
      { from: { mac: new Uint8Array([9, 0, 0, 0, 0, 0]) }, to: { mac: new Uint8Array([8, 0, 0, 0, 0, 0]) } },
    ),
  );
  reader.next();
  expect([reader.uint16(layout.loPort), reader.uint16(layout.hiPort)]).toEqual([8, 9]);
  reader.next();
  expect(reader.byte(layout.loMac)).toBe(8);
});

test.each([0, 8, 167, 172, 65_528])('an observation that says it has %d bytes ends its buffer', (size) => {
  const bytes = observations({}, {}, {});
  new DataView(bytes.buffer).setUint16(layout.fixedBytes, size, true);
  const reader = new ObservationReader(bytes);
  expect([reader.next(), reader.next(), reader.next()]).toEqual([true, false, false]);
  expect(reader.unreadBytes).toBe(2 * layout.fixedBytes);
});

test('an observation cannot have parts that go beyond it', () => {
  for (const parts of [part.tcp, part.ip, part.payload, part.drops]) {
    const bytes = observations({});
    bytes[layout.parts] = parts;
    const reader = new ObservationReader(bytes);
    expect(reader.next()).toBe(false);
    expect(reader.unreadBytes).toBe(layout.fixedBytes);
  }
});

test('a payload cannot reach beyond its part', () => {
  const bytes = observations({ payloads: [{ ms: 1, bytes: new Uint8Array(8) }], drops: [[1, 1]] });
  const head = layout.fixedBytes + 8;
  new DataView(bytes.buffer).setUint16(head + payloadLayout.payloadSize, 16, true);
  const reader = new ObservationReader(bytes);
  expect(reader.next()).toBe(true);
  expect([...reader.payloads()]).toEqual([]);
});

test('no bytes whatever make the table throw, and what it could not read is counted', () => {
  const valid = observations(
    { tcp: { from: { synMs: 1 } }, fragments: { count: 1, errors: 0 } },
    { payloads: [{ ms: 1, bytes: new Uint8Array(20) }], drops: [[1, 1]], isFactsOnly: true },
    conversation,
  );
  const mutation = fc.tuple(fc.nat(valid.length - 1), fc.nat(255));
  const mutated = fc.tuple(fc.array(mutation, { maxLength: 12 }), fc.nat(valid.length)).map(([changes, size]) => {
    const bytes = valid.slice();
    for (const [at, value] of changes) bytes[at] = value;
    return bytes.subarray(0, size);
  });
  fc.assert(
    fc.property(fc.array(fc.oneof(mutated, fc.uint8Array({ maxLength: 400 })), { maxLength: 4 }), (buffers) => {
      const { table, all } = tableOf({ flowsMax: 3 });
      for (const bytes of buffers) table.observe(bytes, 1000);
      for (const bytes of buffers) table.raw(bytes);
      table.tick(20_000);
      expect(all().length).toBe(table.count({ where: [] }));
      expect(table.count({ where: [{ anyOf: [{ field: 'Network', test: () => true }] }] })).toBe(all().length);
      expect(table.stats().flows).toBeLessThanOrEqual(3);
      expect(JSON.stringify(all())).not.toContain('null');
      table.finish();
      expect(table.stats()).toMatchObject({ flows: 0, rawBytes: 0 });
    }),
    { numRuns: 600 },
  );
});
