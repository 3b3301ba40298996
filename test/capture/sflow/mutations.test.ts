/** sFlow among bytes that are not as they should be. MUTATIONS=1000000 for more of them than every run tries. */
import { sflowDatagram } from '../../../src/capture/samples/datagram.ts';
import { mutate, mutations, numbers } from '../mutated.ts';
import { heard } from './heard.ts';

const datagrams = Object.values(heard).flat();

test('cut at any byte, nothing throws, and nothing is read that is not there', () => {
  for (const datagram of datagrams) {
    for (let length = 0; length <= datagram.length; length++) {
      // The bytes after the cut are there in memory, and must not be seen.
      const cut = sflowDatagram(datagram.subarray(0, length));
      expect(JSON.stringify(cut)).toBe(JSON.stringify(sflowDatagram(datagram.slice(0, length))));
    }
  }
});

test(`${mutations} mutations throw nothing, and no header is longer than its datagram`, () => {
  const random = numbers(3);
  for (let i = 0; i < mutations; i++) {
    const datagram = mutate(datagrams[random() % datagrams.length] as Uint8Array, random);
    for (const { header, rate } of sflowDatagram(datagram)?.flows ?? []) {
      if (header && header.bytes.length > Math.min(header.length, datagram.length))
        throw new Error('longer than it is');
      if (!(rate >= 1)) throw new Error(`a rate of ${rate}`);
    }
  }
}, 600_000);
