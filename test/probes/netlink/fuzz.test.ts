/** Bytes that make no sense: nothing throws, and it is quick. */
import { HEADER_BYTES } from '../../../src/native/nlmsg.ts';
import { describe as describeLink } from '../../../src/probes/netlink/description.ts';
import {
  driverInfo,
  featureBits,
  featureCount,
  featureNames,
  linkSettings,
  permanentAddress,
} from '../../../src/probes/netlink/ethtool.ts';
import { changedDevice, readFamily } from '../../../src/probes/netlink/monitor.ts';
import { News } from '../../../src/probes/netlink/news.ts';
import { readNsid } from '../../../src/probes/netlink/nsid.ts';
import { routingTables } from '../../../src/probes/netlink/routingtables.ts';
import { readStats } from '../../../src/probes/netlink/stats.ts';
import { Tables } from '../../../src/probes/netlink/tables.ts';
import { bondSlave, linkFixtures, physicalFunction } from '../../fixtures/netlink/links.ts';
import { ip, neighbourMessage, routeMessage, words } from '../../fixtures/netlink/message.ts';

const TYPES = [16, 17, 36, 37, 44, 45, 20, 21, 24, 25, 28, 29, 32, 33, 88, 89, 92, 104, 105, 112, 113];
const CASES = 100_000;

/** xorshift: the same bytes in every run. */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

const whole: readonly { type: number; body: Uint8Array }[] = [
  ...linkFixtures.map(({ bytes }) => bytes),
  bondSlave,
  physicalFunction,
  routeMessage(
    { length: 24 },
    (m) => void m.bytes(1, ip('10.1.2.0')).bytes(9, words(0x00000010, 7, 0x00050008, 0x0a000001)),
  ),
  neighbourMessage({}, (m) => void m.bytes(1, ip('10.0.0.1')).bytes(2, Uint8Array.of(2, 0, 0, 0, 0, 1))),
].map((bytes) => ({ type: bytes[4] as number, body: bytes.subarray(HEADER_BYTES) }));

function hearAll(type: number, body: Uint8Array, tables: Tables): void {
  tables.hear({ type, flags: 0, body }, new News());
  readStats(body);
  readNsid(body);
}

test(`${CASES} messages of random bytes, and of true ones with some bytes changed or cut off, throw nothing`, () => {
  const roll = dice(42);
  let tables = new Tables({ routesMax: 100, neighboursMax: 100 });
  const started = performance.now();
  for (let at = 0; at < CASES; at++) {
    if (at % 1000 === 0) tables = new Tables({ routesMax: 100, neighboursMax: 100 });
    if (at % 2 === 0) {
      const body = new Uint8Array(roll() % 200);
      for (let byte = 0; byte < body.length; byte++) body[byte] = roll();
      // Lengths that are often possible go deeper.
      for (let byte = 8; byte + 4 < body.length; byte += 4 + (roll() % 4) * 4)
        body.set([4 + (roll() % 24), 0, roll() % 64, 0], byte);
      hearAll(TYPES[roll() % TYPES.length] as number, body, tables);
    } else {
      const { type, body } = whole[roll() % whole.length] as (typeof whole)[number];
      const cut = body.slice(0, roll() % (body.length + 1));
      for (let change = roll() % 4; change > 0 && cut.length > 0; change--) cut[roll() % cut.length] = roll();
      hearAll(type, cut, tables);
    }
  }
  for (const link of tables.links.values())
    describeLink(link, tables, {
      ownerTid: '',
      device: undefined,
      linkNetnsName: undefined,
      vfId: undefined,
      routingTables: routingTables(tables.routes.of(link.ifindex)),
    });
  expect(performance.now() - started).toBeLessThan(10_000);
});

test('answers of ethtool of any length and content throw nothing', () => {
  const roll = dice(7);
  for (let at = 0; at < 10_000; at++) {
    const answer = new Uint8Array(roll() % 300);
    for (let byte = 0; byte < answer.length; byte++) answer[byte] = roll();
    driverInfo.read(answer);
    linkSettings.words(answer);
    linkSettings.read(answer);
    permanentAddress.read(answer);
    featureBits.read(answer);
    if (at < 200) featureNames.read(answer);
    expect(featureCount.read(answer)).toBeLessThanOrEqual(1024);
    changedDevice(answer);
    readFamily(answer);
  }
});
