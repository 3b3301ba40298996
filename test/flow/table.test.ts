import fc from 'fast-check';
import type { Flow } from '../../src/flow/flow.ts';
import type { Seen } from '../../src/flow/observation-writer.ts';
import { client, end, life, observations, place, server, tableOf } from './seen.ts';

const fin = { tcp: { from: { finMs: 2000 } } };
const finBack = { tcp: { to: { finMs: 2001 } } };
const rst = { tcp: { from: { rstMs: 2000 } } };

describe('an update', () => {
  test('tells of a new flow after a second, then after each period once what was added, and nothing where nothing was', () => {
    const { table, told } = tableOf();
    table.observe(observations({ sent: { packets: 1, bytes: 100 } }), 0);
    table.tick(999);
    expect(told).toEqual([]);
    // A new flow is not kept waiting for the period.
    table.tick(1_000);
    table.tick(10_000);
    expect(told.map(({ LastUpdateMetric }) => LastUpdateMetric)).toMatchObject([{ ABPackets: 1, ABBytes: 100 }]);
    table.tick(20_000);
    expect(told.length).toBe(1);
    table.observe(observations({ sent: { packets: 2, bytes: 50 }, firstMs: 21_000, lastMs: 21_500 }), 21_000);
    table.observe(observations({ from: server, to: client, firstMs: 22_000, lastMs: 22_500 }), 22_000);
    table.tick(30_000);
    expect(told.length).toBe(2);
    expect(told[1]).toMatchObject({
      Metric: { ABPackets: 3, ABBytes: 150, BAPackets: 1, BABytes: 100, Start: 1000, Last: 22_500 },
      LastUpdateMetric: { ABPackets: 2, ABBytes: 50, BAPackets: 1, BABytes: 100, Start: 21_000, Last: 22_500 },
    });
    expect(told[1]?.UUID).toBe(told[0]?.UUID);
  });

  test('of a flow that goes on comes once in each period, in step', () => {
    const { table, told } = tableOf();
    for (let ms = 0; ms < 100_000; ms += 500) {
      table.observe(observations({ firstMs: ms, lastMs: ms }), ms);
      table.tick(ms);
    }
    table.tick(100_000);
    expect(told.length).toBe(11);
    expect(told.map((flow) => flow.LastUpdateMetric?.ABPackets)).toEqual([3, 18, 20, 20, 20, 20, 20, 20, 20, 20, 19]);
  });

  test('of very many flows is told in bounded pieces, in order', () => {
    const { table, told } = tableOf({ flowsMax: 10_000 });
    for (let i = 0; i < 5000; i++) table.observe(observations({ from: { ...client, port: i } }), 0);
    const pieces: number[] = [];
    let isMore = true;
    while (isMore) {
      isMore = table.tick(10_000);
      pieces.push(told.length);
    }
    expect(pieces).toEqual([1024, 2048, 3072, 4096, 5000]);
    expect(new Set(told.map(({ UUID }) => UUID)).size).toBe(5000);
  });

  test('does not stop when the clock is set back', () => {
    const { table, told } = tableOf();
    table.observe(observations({}), 1_000_000);
    table.tick(1_000_000);
    table.tick(500_000);
    table.tick(510_000);
    expect(told.length).toBe(1);
    table.tick(510_001);
    expect(table.stats().flows).toBe(1);
  });

  test('reaches who still listens', () => {
    const { table, told } = tableOf();
    const other: Flow[] = [];
    const stop = table.onUpdate((flows) => other.push(...flows));
    stop();
    table.observe(observations({}), 0);
    table.tick(10_000);
    expect([told.length, other.length]).toEqual([1, 0]);
  });
});

describe('A is', () => {
  const [ab, ba] = [{ Network: { A: '10.0.0.1', B: '10.0.0.2' } }, { Network: { A: '10.0.0.2', B: '10.0.0.1' } }];

  test('the first sender that was seen', () => {
    const { table, all } = tableOf();
    table.observe(observations({ from: server, to: client }, { from: client, to: server, firstMs: 1001 }), 1000);
    expect(all()).toMatchObject([{ ...ba, Metric: { ABPackets: 1, BAPackets: 1 } }]);
  });

  test('the sender of the earlier packet when the later one is told first', () => {
    const { table, all } = tableOf();
    table.observe(observations({ from: server, to: client, firstMs: 1001, lastMs: 1001 }, { firstMs: 1000 }), 1000);
    expect(all()).toMatchObject([{ ...ab, Start: 1000 }]);
  });

  test('who is known for certain, also when that is known later: the flow turns round and keeps its counters', () => {
    const { table, told, all } = tableOf();
    table.observe(observations({ from: server, to: client, sent: { packets: 3, bytes: 300 } }), 0);
    table.tick(10_000);
    table.observe(
      observations({ from: server, to: client, startedBy: 'to', isStartCertain: true, firstMs: 1005 }),
      10_001,
    );
    expect(all()).toMatchObject([{ ...ab, Metric: { BAPackets: 4, BABytes: 400, ABPackets: 0 }, UUID: told[0]?.UUID }]);
    expect(all()[0]).toMatchObject({ Transport: { A: 40_000, B: 443 }, Link: { A: '02:00:00:00:00:01' } });
  });

  test('not turned by a guess, nor by a second certainty', () => {
    const { table, all } = tableOf();
    table.observe(observations({ isStartCertain: true }), 0);
    table.observe(observations({ from: server, to: client, firstMs: 1 }), 1);
    table.observe(observations({ from: server, to: client, isStartCertain: true }), 2);
    expect(all()).toMatchObject([ab]);
  });
});

describe('a flow ends', () => {
  test('after its time without a packet, with FinishType 1 and nothing added', () => {
    const { table, told } = tableOf();
    table.observe(observations({}), 0);
    table.tick(10_000);
    table.tick(599_999);
    expect(table.stats().flows).toBe(1);
    table.tick(600_000);
    expect(table.stats()).toMatchObject({ flows: 0, expired: 1, ended: 1 });
    expect(told.length).toBe(2);
    expect(told[1]).toMatchObject({ FinishType: 1, Metric: { ABPackets: 1 } });
    expect(told[1]).not.toHaveProperty('LastUpdateMetric');
  });

  test('later when packets keep coming', () => {
    const { table } = tableOf();
    table.observe(observations({}), 0);
    table.observe(observations({}), 500_000);
    table.tick(600_000);
    expect(table.stats().flows).toBe(1);
    table.tick(1_100_000);
    expect(table.stats().flows).toBe(0);
  });

  test('after the time of its application', () => {
    const decode = () => ({ name: 'DNS', path: ['DNS'], layers: {} });
    const { table, told } = tableOf({ decode });
    const query = { protocol: 17, layers: ['Ethernet', 'IPv4', 'UDP'] as const };
    table.observe(observations(query), 0);
    table.observe(observations({ ...query, payloads: [{ ms: 1, bytes: new Uint8Array(12) }] }), 1000);
    const macs = { from: { mac: new Uint8Array(6) }, to: { mac: new Uint8Array([1, 0, 0, 0, 0, 0]) } };
    table.observe(observations({ layers: ['Ethernet', 'ARP'], protocol: 0, ...macs }), 1000);
    table.tick(10_999);
    expect(table.stats().flows).toBe(2);
    table.tick(11_000);
    expect(table.stats().flows).toBe(0);
    expect(told.filter(({ FinishType }) => FinishType === 1).map(({ Application }) => Application)).toEqual([
      'DNS',
      'ARP',
    ]);
  });

  test('by FIN from both ends, but is kept for stragglers', () => {
    const { table, told, all } = tableOf();
    table.observe(observations({}, fin), 0);
    expect(all()[0]).not.toHaveProperty('FinishType');
    table.observe(observations(finBack), 1000);
    expect(all()).toMatchObject([{ FinishType: 2 }]);
    table.observe(observations({ from: server, to: client, firstMs: 2002 }), 15_000);
    table.tick(15_999);
    expect(table.stats().flows).toBe(1);
    table.tick(16_000);
    expect(table.stats()).toMatchObject({ flows: 0 });
    expect(told.at(-1)).toMatchObject({ FinishType: 2, Metric: { BAPackets: 1 } });
  });

  test('by RST of either end, with FinishType 3', () => {
    const { table, told } = tableOf();
    table.observe(observations(rst), 0);
    table.tick(15_000);
    expect(table.stats().flows).toBe(0);
    expect(told).toMatchObject([{ FinishType: 3 }]);
  });

  test('once: an end that an update told already is not told again', () => {
    const { table, told } = tableOf();
    table.observe(observations(fin, finBack), 0);
    table.tick(10_000);
    table.tick(20_000);
    expect(table.stats().flows).toBe(0);
    expect(told.map(({ FinishType }) => FinishType)).toEqual([2]);
  });

  test('when its ports are used again after its FIN: that is another flow', () => {
    const { table, told, all } = tableOf();
    table.observe(observations(fin, { ...finBack, lastMs: 2001 }), 0);
    const again = { firstMs: 3000, lastMs: 3000, tcp: { from: { synMs: 3000 } } };
    table.observe(observations(again), 1000);
    expect(told).toMatchObject([{ FinishType: 2, Start: 1000 }]);
    expect(all()).toMatchObject([{ Start: 3000, Metric: { ABPackets: 1 } }]);
    expect(all()[0]?.UUID).not.toBe(told[0]?.UUID);
  });

  test('with its place, whose number comes again when all of them have', () => {
    const { table, told } = tableOf({ flowsMax: 10_000 });
    const second = table.addPlace(place({ node: 'node-2' }));
    for (let i = 0; i < 3000; i++) table.observe(observations({ from: { ...client, port: i } }), 0);
    table.observe(observations({ source: second }), 0);
    table.removePlace(1);
    expect(told.length).toBe(1024);
    expect(table.addPlace(place({ node: 'node-3' }))).toBe(3);
    while (table.tick(200));
    expect(told.length).toBe(3000);
    expect(told.every(({ FinishType, NodeTID }) => FinishType === 1 && NodeTID === 'node-1')).toBe(true);
    expect(table.stats()).toMatchObject({ flows: 1, places: 2 });
    expect(table.addPlace(place({ node: 'node-4' }))).toBe(1);
  });

  test('with the trace', () => {
    const { table, told } = tableOf();
    table.observe(observations({}, { ...fin, from: end('10.0.0.5') }, { ...finBack, from: end('10.0.0.5') }), 0);
    table.finish();
    expect(told.map(({ FinishType }) => FinishType)).toEqual([1, 2]);
    expect(table.stats().flows).toBe(0);
  });
});

describe('a table that is full', () => {
  test('ends the flow that is idle longest, which is told with all that it has', () => {
    const { table, told, all } = tableOf({ flowsMax: 2 });
    table.observe(observations({ from: { ...client, port: 1 } }, { from: { ...client, port: 2 } }), 0);
    table.observe(observations({ from: { ...client, port: 1 } }), 10);
    table.observe(observations({ from: { ...client, port: 3 } }), 20);
    expect(
      all()
        .map(({ Transport }) => Transport?.A)
        .sort(),
    ).toEqual([1, 3]);
    expect(told).toMatchObject([{ Transport: { A: 2 }, Metric: { ABPackets: 1 }, LastUpdateMetric: { ABPackets: 1 } }]);
    expect(table.stats()).toMatchObject({ flows: 2, evicted: 1, created: 3 });
    expect(table.loss()).toMatchObject([{ stage: 'flow-table', packets: 0, flows: 1, from: 20, to: 20 }]);
  });

  test('keeps the counts of who talks during a flood, and its memory', () => {
    const { table, all, told } = tableOf({ flowsMax: 500 });
    const busy = { from: end('10.9.9.9', 9), to: server };
    let sizeBytes = 0;
    for (let i = 0; i < 20_000; i++) {
      table.observe(observations({ from: end(`10.1.${i >>> 8}.${i & 255}`, i), tcp: { from: { synMs: i } } }), i);
      if (i % 100 === 0) table.observe(observations(busy), i);
      if (i === 1000) sizeBytes = table.stats().sizeBytes;
    }
    expect(table.stats()).toMatchObject({ flows: 500, sizeBytes });
    expect(all().find(({ Network }) => Network?.B === '10.9.9.9' || Network?.A === '10.9.9.9')?.Metric.ABPackets).toBe(
      200,
    );
    const counted = [...told, ...all()].reduce((sum, { LastUpdateMetric, Metric, FinishType }) => {
      return sum + (FinishType === undefined ? Metric.ABPackets : (LastUpdateMetric?.ABPackets ?? 0));
    }, 0);
    expect(counted).toBe(20_200);
  });

  test('ends who was seen once before who talks, however seldom the table hears of that', () => {
    const { table, all } = tableOf({ flowsMax: 50 });
    const busy = { from: end('10.9.9.9', 9), to: server };
    for (let i = 0; i < 1_000; i++) {
      table.observe(observations({ from: end(`10.1.${i >>> 8}.${i & 255}`, i) }), i);
      if (i % 200 === 0 || i === 1) table.observe(observations(busy), i);
    }
    const talks = () => all().find(({ Network }) => Network?.A === '10.9.9.9');
    expect(talks()?.Metric.ABPackets).toBe(6);
    // Who is silent does not talk.
    for (let i = 0; i < 50; i++)
      table.observe(observations({ from: end(`10.2.${i >>> 8}.${i & 255}`, i) }), 60_000 + i);
    expect(talks()).toBe(undefined);
  });

  test('ends who sent one packet before who sent many at once', () => {
    const { table, all } = tableOf({ flowsMax: 50 });
    const busy = { from: end('10.9.9.9', 9), to: server, sent: { packets: 100, bytes: 6_000 } };
    table.observe(observations(busy), 0);
    for (let i = 0; i < 500; i++) table.observe(observations({ from: end(`10.1.${i >>> 8}.${i & 255}`, i) }), i);
    expect(all().filter(({ Network }) => Network?.A === '10.9.9.9')).toHaveLength(1);
  });

  test('counts who talks when nobody else is let in, up to a bound, and tells what the others had counted', () => {
    const { table, all } = tableOf();
    const from = (port: number) => ({ from: { ...client, port } });
    // The flood comes first in what is read, and some of it is answered; who talks was seen before.
    table.observe(observations(from(4), from(5)), 0);
    table.observe(observations(from(4), from(5), from(1), from(2)), 5);
    const many = observations(...[1, 2, 3, 4, 5].map(from));
    expect(table.observeKnown(many, 10, 100).packets).toBe(3);
    expect(table.observeKnown(many, 20, 1).packets).toBe(4);
    expect(
      all()
        .map(({ Transport, Metric }) => [Transport?.A, Metric.ABPackets])
        .sort(),
    ).toEqual([
      [1, 1],
      [2, 1],
      [4, 4],
      [5, 3],
    ]);
  });
});

test('however the packets of a conversation are cut into observations, the flow is the same', () => {
  const packet = fc.record({
    isReply: fc.boolean(),
    bytes: fc.integer({ min: 40, max: 1500 }),
    gapMs: fc.double({ min: 0, max: 900, noNaN: true }),
    flags: fc.constantFrom('none', 'none', 'fin', 'rst'),
    retransmissions: fc.nat(2),
  });
  const cuts = fc.array(fc.boolean(), { minLength: 12, maxLength: 12 });
  fc.assert(
    fc.property(fc.array(packet, { minLength: 1, maxLength: 12 }), cuts, cuts, (packets, cut, ticked) => {
      let ms = 1000;
      const timed = packets.map((each) => {
        ms += each.gapMs;
        return { ...each, ms };
      });
      const whole = tableOf({}, place({ hasTcpMetric: true }));
      whole.table.observe(observations(summed(timed)), ms);
      const pieces = tableOf({ life: { ...life, updateMs: 1 } }, place({ hasTcpMetric: true }));
      let piece: typeof timed = [];
      for (const [i, each] of timed.entries()) {
        piece.push(each);
        if (i + 1 < timed.length && !cut[i]) continue;
        pieces.table.observe(observations(summed(piece)), each.ms);
        if (ticked[i]) pieces.table.tick(each.ms + 2);
        piece = [];
      }
      const [{ LastUpdateMetric: _, ...expected }] = whole.all() as [Flow];
      const [{ LastUpdateMetric: __, ...found }] = pieces.all() as [Flow];
      expect(found).toEqual(expected);
      pieces.table.finish();
      const added = pieces.told.reduce((sum, flow) => sum + (flow.LastUpdateMetric?.ABBytes ?? 0), 0);
      expect(added).toBe(expected.Metric.ABBytes);
    }),
    { numRuns: 300 },
  );
});

/** What a mechanism would tell of these packets. */
function summed(
  packets: readonly { isReply: boolean; bytes: number; ms: number; flags: string; retransmissions: number }[],
): Partial<Seen> {
  const of = (isReply: boolean) => packets.filter((packet) => packet.isReply === isReply);
  const count = (isReply: boolean) => ({
    packets: of(isReply).length,
    bytes: of(isReply).reduce((sum, { bytes }) => sum + bytes, 0),
  });
  const tcp = (isReply: boolean) => ({
    finMs: of(isReply).find(({ flags }) => flags === 'fin')?.ms ?? 0,
    rstMs: of(isReply).find(({ flags }) => flags === 'rst')?.ms ?? 0,
    retransmissions: of(isReply).reduce((sum, { retransmissions }) => sum + retransmissions, 0),
  });
  return {
    sent: count(false),
    received: count(true),
    startedBy: packets[0]?.isReply ? 'to' : 'from',
    firstMs: packets[0]?.ms ?? 0,
    lastMs: packets.at(-1)?.ms ?? 0,
    tcp: { from: tcp(false), to: tcp(true) },
  };
}

test('what comes from a place that is not there is refused, and said', () => {
  const { table } = tableOf();
  table.observe(observations({ source: 7, received: { packets: 2, bytes: 200 } }), 5000);
  expect(table.stats()).toMatchObject({ flows: 0, refused: 1 });
  const place = { node: '', capture: '', host: '' };
  const loss = { ...place, stage: 'flow-table', reason: 'capture is not running', packets: 3, bytes: 300, flows: 0 };
  expect(table.loss()).toEqual([{ ...loss, from: 5000, to: 5000 }]);
});

test('facts of packets that are counted elsewhere count nothing', () => {
  const { table, all } = tableOf({}, place({ hasTcpMetric: true }));
  const facts = { isFactsOnly: true, isStartCertain: true, rttNs: 7000, tcp: { from: { synMs: 1000.5, synTtl: 64 } } };
  table.observe(
    observations({ sent: { packets: 9, bytes: 900 } }, { ...facts, layers: ['Ethernet', 'Dot1Q', 'IPv4', 'TCP'] }),
    0,
  );
  expect(all()).toMatchObject([
    {
      LayersPath: 'Ethernet/Dot1Q/IPv4/TCP',
      Metric: { ABPackets: 9, RTT: 7000 },
      TCPMetric: { ABSynStart: 1000, ABSynTTL: 64, ABSawStart: true, ABSawEnd: false, BASynStart: 0 },
      RTT: { Handshake: 7000 },
    },
  ]);
});

test('facts of TCP are shown where the capture asks for them; a SYN that is sent again changes none of them', () => {
  const tcp = { from: { synMs: 1000.7, synTtl: 64, outOfOrder: 1 }, to: { synMs: 1001, synTtl: 63 }, smoothedRttNs: 5 };
  const later = {
    tcp: { from: { synMs: 1500, synTtl: 62, outOfOrder: 1, segments: 2, payloadBytes: 20, retransmissions: 1 } },
  };
  const [shown, hidden] = [tableOf({}, place({ hasTcpMetric: true })), tableOf()];
  for (const { table } of [shown, hidden]) table.observe(observations({ tcp }, later), 0);
  expect(shown.all()[0]?.TCPMetric).toMatchObject({
    ABSynStart: 1000,
    ABSynTTL: 64,
    BASynStart: 1001,
    BASynTTL: 63,
    ABSegmentOutOfOrder: 2,
    ABPackets: 2,
    ABBytes: 20,
  });
  expect(hidden.all()[0]).not.toHaveProperty('TCPMetric');
  for (const { all } of [shown, hidden]) {
    expect(all()[0]).toMatchObject({ Retransmissions: { AB: 1, BA: 0 }, RTT: { Smoothed: 5 } });
  }
});

test('sampling, fragments, drops and VLANs are shown by those that have them', () => {
  const { table, all } = tableOf({ dropReason: (reason) => `REASON_${reason}` });
  table.observe(observations({ from: { ...client, port: 1 } }), 0);
  const vlans = { linkId: 40_968n, layers: ['Ethernet', 'Dot1Q', 'Dot1Q', 'IPv4', 'TCP'] as const };
  table.observe(observations({ ...vlans, sampling: 512, fragments: { count: 2, errors: 1 }, drops: [[3, 4]] }), 0);
  table.observe(
    observations({
      ...vlans,
      fragments: { count: 1, errors: 0 },
      drops: [
        [3, 1],
        [5, 1],
      ],
    }),
    0,
  );
  const [plain, rich] = all();
  for (const name of ['Sampling', 'IPMetric', 'Drops', 'TCPMetric', 'RTT']) expect(plain).not.toHaveProperty(name);
  expect(rich).toMatchObject({
    Sampling: 512,
    IPMetric: { Fragments: 3, FragmentErrors: 1 },
    Drops: { REASON_3: 5, REASON_5: 1 },
    Link: { ID: 40_968 },
    LayersPath: 'Ethernet/Dot1Q/Dot1Q/IPv4/TCP',
  });
});

test('a path of more layers than most have is kept whole', () => {
  const { table, all } = tableOf();
  const layers = ['Ethernet', ...Array(9).fill('Dot1Q'), 'IPv4', 'TCP'] as Seen['layers'];
  table.observe(observations({ layers }), 0);
  expect(all()[0]?.LayersPath).toBe(layers.join('/'));
  expect(all()[0]?.Transport?.Protocol).toBe('TCP');
});

test('IPv6 addresses are kept whole', () => {
  const { table, all } = tableOf();
  const ip = (last: number) => new Uint8Array([0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, last]);
  const ipv6 = { layers: ['Ethernet', 'IPv6', 'TCP'] as const, etherType: 0x86dd };
  for (let i = 0; i < 3; i++) {
    table.observe(observations({ ...ipv6, from: { ...client, ip: ip(9) }, to: { ...server, ip: ip(1) } }), 0);
    expect(all()).toMatchObject([{ Network: { Protocol: 'IPV6', A: '2001:db8::109', B: '2001:db8::101' } }]);
    table.finish();
  }
  expect(table.stats().flows).toBe(0);
});

test('a flow that has everything takes 560 bytes at worst, and flows after others are gone take the same memory', () => {
  const { table } = tableOf({ flowsMax: 50_000 }, place({ hasTcpMetric: true }));
  const ip = (i: number) => new Uint8Array([0x20, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, i >>> 16, i >>> 8, i]);
  const rich = {
    layers: ['Ethernet', 'Dot1Q', 'IPv6', 'TCP'] as const,
    linkId: 7n,
    rttNs: 5,
    parent: { high: 1, low: 1 },
  };
  const fill = (ms: number) => {
    for (let i = 0; i < 20_000; i++) {
      table.observe(
        observations({ ...rich, from: { ...client, ip: ip(i) }, to: { ...server, ip: ip(1) }, tcp: {} }),
        ms,
      );
    }
  };
  fill(0);
  while (table.tick(10_000));
  fill(10_001);
  const { flows, sizeBytes } = table.stats();
  expect(flows).toBe(20_000);
  // With what grows in steps, at its worst.
  expect(sizeBytes / flows).toBeLessThan(560);
  table.finish();
  fill(20_000);
  while (table.tick(30_000));
  fill(30_001);
  expect(table.stats()).toMatchObject({ flows: 20_000, sizeBytes });
});
