/** A collector among bytes that are not as they should be. MUTATIONS=1000000 for more of them than every run tries. */
import { collecting } from '../collected.ts';
import { heard as ipfix } from '../ipfix/heard.ts';
import { mutate, mutations, numbers } from '../mutated.ts';
import { heard as netflow } from './heard.ts';

const datagrams = [...Object.values(netflow).flat(), ...Object.values(ipfix).flat()];

test('cut at any byte, nothing throws, and nothing is read that is not there', () => {
  for (const datagram of [...Object.values(netflow).flat(), ...ipfix.both, ipfix.ovs[0] as Uint8Array]) {
    for (let length = 0; length <= datagram.length; length++) {
      const [one, other] = [collecting(), collecting()];
      // The bytes after the cut are there in memory, and must not be seen.
      one.take([datagram.subarray(0, length)]);
      other.take([datagram.slice(0, length)]);
      one.collector.close();
      other.collector.close();
      expect(one.sink.observations.length).toBe(other.sink.observations.length);
      expect(one.collector.stats).toEqual(other.collector.stats);
    }
  }
});

test(`${mutations} mutations throw nothing, and what comes of them are observations`, () => {
  const random = numbers(2);
  let known = collecting();
  for (let i = 0; i < mutations; i++) {
    // Templates stay, so that mutated data finds them; now and then all begins anew.
    if (i % 5_000 === 0) {
      known.collector.close();
      known = collecting();
      known.take([...ipfix.ovsTemplates, ...netflow.softflowd9, ...ipfix.both]);
    }
    known.take([mutate(datagrams[random() % datagrams.length] as Uint8Array, random)], random() % 3);
    if (i % 1_000 === 0) known.collector.flush();
  }
  known.collector.close();
  expect(known.sink.observations.length).toBeGreaterThan(0);
  for (const { firstMs, lastMs, ab, ba } of known.sink.observations)
    expect([firstMs, lastMs, ...ab, ...ba].every(Number.isFinite)).toBe(true);
}, 600_000);
