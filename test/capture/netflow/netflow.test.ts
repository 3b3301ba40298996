import { openDatagrams } from '../../../src/capture/datagrams/datagrams.ts';
import { kernelDrops } from '../../../src/capture/datagrams/kernel-drops.ts';
import { collecting, exportSeconds, packed, set, template, v9Message } from '../collected.ts';
import { heard } from './heard.ts';

/** Source and destination address, ports, protocol, packets, bytes, first and last uptime. */
const plain = template(256, [8, 4], [12, 4], [7, 2], [11, 2], [4, 1], [2, 4], [1, 4], [22, 4], [21, 4]);
const record = (packets: number, bytes = packets * 100) =>
  packed('0a000001', '0a000002', [2, 40_000], [2, 53], [1, 17], [4, packets], [4, bytes], [4, 50_000], [4, 59_000]);
const from = '10.0.0.1:40000';
const to = '10.0.0.2:53';

describe('version 5', () => {
  test('both directions of a connection are one conversation, begun by who asked the service', () => {
    const { take, between, sink } = collecting();
    take(heard.softflowd5);
    expect(between('10.7.0.1:33284', '10.7.0.2:8080')).toEqual({
      trackingId: '833872eed9c82920',
      path: 'IPv4/TCP',
      a: '10.7.0.1:33284',
      b: '10.7.0.2:8080',
      isCertain: false,
      ab: [13, 5_684],
      ba: [11, 5_580],
      // The header's clock, minus how long before it was.
      firstMs: Date.parse('2026-11-21T15:34:07.254Z'),
      lastMs: Date.parse('2026-11-21T15:34:08.252Z'),
      sampling: 1,
      linkId: 0n,
    });
    expect(sink.losses).toEqual({});
  });

  test('who pinged is certain', () => {
    const { take, between } = collecting();
    take(heard.ovs5);
    expect(between('10.7.0.1:0', '10.7.0.2:0')).toMatchObject({ isCertain: true, ab: [3, 294], ba: [3, 294] });
    expect(between('10.7.0.1:58382', '10.7.0.2:8080')).toMatchObject({ ab: [12, 5_800], ba: [10, 5_668] });
  });

  test('the interval of the header scales all its records', () => {
    const { take, between, collector } = collecting();
    const datagram = heard.softflowd5[0] as Uint8Array;
    const sampled = datagram.slice();
    // Mode 1, one of 100.
    sampled.set([0x40, 100], 22);
    take([sampled]);
    expect(between('10.7.0.1:33284', '10.7.0.2:8080')).toMatchObject({ ab: [1_300, 568_400], sampling: 100 });
    expect(collector.stats.packetsReceived).toBe(3_000);
  });

  test('records that are missing by their numbers are counted, once', () => {
    const { take, sink } = collecting();
    const datagram = heard.softflowd5[0] as Uint8Array;
    const numbered = (sequence: number) => {
      const copy = datagram.slice();
      new DataView(copy.buffer).setUint32(16, sequence);
      return copy;
    };
    // Four records each; the numbers wrap, one comes late, then the exporter begins anew.
    take([0xffff_fffc, 0, 4, 10, 6, 14, 0, 4].map(numbered));
    expect(sink.losses).toEqual({ 'exporter: flow records missing by their numbers': 2 });
  });

  test('exporters and engines have numbers of their own', () => {
    const { take, sink } = collecting();
    const other = (heard.softflowd5[0] as Uint8Array).slice();
    other.set([9], 20);
    new DataView(other.buffer).setUint32(16, 500_000);
    take(heard.softflowd5);
    take([other]);
    take([other], 2_000);
    expect(sink.losses).toEqual({});
  });
});

describe('version 9', () => {
  test('with MACs a conversation begins at the link, and so do its bytes', () => {
    const { take, between, sink } = collecting();
    take(heard.softflowd9);
    expect(between('10.7.0.1:33284', '10.7.0.2:8080')).toMatchObject({
      trackingId: '833872eed9c82920',
      path: 'Ethernet/IPv4/TCP',
      // The bytes that tcpdump counted of the same packets.
      ab: [13, 5_866],
      ba: [11, 5_734],
    });
    expect(between('fd07::1:0', 'fd07::2:0')).toMatchObject({
      path: 'Ethernet/IPv6/ICMPv6/ICMPv6Echo',
      isCertain: true,
      ab: [3, 354],
      ba: [3, 354],
    });
    expect(sink.losses).toEqual({});
  });

  test('what is sampled by its options is scaled', () => {
    const { take, between } = collecting();
    take(heard.sampled9);
    expect(between('10.7.0.1:0', '10.7.0.2:0')).toMatchObject({ ab: [6, 504], ba: [0, 0], sampling: 2 });
  });

  test('times are counted from the boot', () => {
    const { take, between } = collecting();
    take([v9Message(1, set(0, plain), set(256, record(5)))]);
    expect(between(from, to)).toMatchObject({
      firstMs: exportSeconds * 1_000 - 10_000,
      lastMs: exportSeconds * 1_000 - 1_000,
      ab: [5, 500],
    });
  });

  test('data before its template waits for it', () => {
    const { take, between, sink, wait } = collecting();
    take([v9Message(1, set(256, record(1), record(2)))]);
    expect(between(from, to)).toBeUndefined();
    wait(60_000);
    take([v9Message(2, set(0, plain))]);
    expect(between(from, to)?.ab).toEqual([3, 300]);
    expect(sink.losses).toEqual({});
  });

  test('data whose template never comes is counted as lost', () => {
    const { take, sink, wait } = collecting();
    take([v9Message(1, set(256, record(1))), v9Message(2, set(256, record(1)))]);
    wait(120_001);
    expect(sink.losses).toEqual({ 'decoder: data whose template never came': 2 });
  });

  test('no more waits than there is room for', () => {
    const { take, sink } = collecting();
    take(Array.from({ length: 100 }, (_, at) => v9Message(at, set(256, record(1)))));
    expect(sink.losses).toEqual({ 'decoder: data whose template never came': 36 });
  });

  test('what still waits at the end is counted as lost', () => {
    const { take, sink, collector } = collecting();
    take([v9Message(1, set(256, record(1)))]);
    collector.close();
    expect(sink.losses).toEqual({ 'decoder: data whose template never came': 1 });
  });

  test('a template that is sent again replaces the one before', () => {
    const { take, between } = collecting();
    const other = template(256, [12, 4], [8, 4], [11, 2], [7, 2], [4, 1], [2, 4], [1, 4], [22, 4], [21, 4]);
    take([v9Message(1, set(0, plain), set(256, record(1))), v9Message(2, set(0, other), set(256, record(2)))]);
    expect(between(from, to)).toMatchObject({ ab: [1, 100], ba: [2, 200] });
  });

  test('each exporter has templates of its own', () => {
    const { take, between } = collecting();
    take([v9Message(1, set(0, plain))], 1_000);
    take([v9Message(1, set(256, record(1)))], 2_000);
    expect(between(from, to)).toBeUndefined();
  });

  test('each sampler has a rate of its own', () => {
    const { take, between } = collecting();
    // Scope: the system; then sampler and interval.
    const options = packed([2, 300], [2, 4], [2, 8], [2, 1], [2, 4], [2, 48], [2, 1], [2, 50], [2, 4]);
    const told = (sampler: number, interval: number) => packed([4, 0], [1, sampler], [4, interval]);
    const sampled = template(257, [8, 4], [12, 4], [7, 2], [11, 2], [4, 1], [2, 4], [1, 4], [48, 1]);
    const of = (sampler: number) =>
      packed('0a000001', '0a000002', [2, 40_000 + sampler], [2, 53], [1, 17], [4, 1], [4, 100], [1, sampler]);
    take([
      v9Message(
        1,
        set(1, options),
        set(300, told(1, 10), told(2, 1_000)),
        set(0, sampled),
        set(257, of(1), of(2), of(3)),
      ),
    ]);
    expect(between('10.0.0.1:40001', to)).toMatchObject({ ab: [10, 1_000], sampling: 10 });
    expect(between('10.0.0.1:40002', to)).toMatchObject({ ab: [1_000, 100_000], sampling: 1_000 });
    expect(between('10.0.0.1:40003', to)).toMatchObject({ ab: [1, 100], sampling: 1 });
  });

  test('messages that are missing by their numbers are counted', () => {
    const { take, sink } = collecting();
    take([1, 2, 5].map((sequence) => v9Message(sequence, set(0, plain))));
    expect(sink.losses).toEqual({ 'exporter: messages missing by their numbers': 2 });
  });

  test('VLANs are in the path and in the id of the link', () => {
    const { take, between } = collecting();
    const tagged = template(256, [8, 4], [12, 4], [4, 1], [2, 4], [1, 4], [56, 6], [80, 6], [58, 2]);
    take([
      v9Message(
        1,
        set(0, tagged),
        set(256, packed('0a000001 0a000002', [1, 6], [4, 1], [4, 100], '020000000001 020000000002', [2, 42])),
      ),
    ]);
    expect(between('10.0.0.1:0', '10.0.0.2:0')).toMatchObject({
      path: 'Ethernet/Dot1Q/IPv4/TCP',
      linkId: 42n,
      ab: [1, 118],
    });
  });
});

test('what is no NetFlow is counted', () => {
  const { take, sink } = collecting();
  take([new Uint8Array(), new Uint8Array(100), packed([2, 5], [2, 31]), packed([2, 1], [2, 1])]);
  expect(sink.losses).toEqual({ 'decoder: datagrams that are neither NetFlow 5, 9 nor IPFIX': 4 });
});

test.each([
  ['127.0.0.1', 'udp 127.0.0.1:'],
  ['::1', 'udp [::1]:'],
  ['0.0.0.0', 'udp 0.0.0.0:'],
])('a listener on %s finds itself in the table of the kernel', async (bind, listens) => {
  await using datagrams = await openDatagrams({ bind, ports: { from: 0, to: 0 }, onDatagram() {}, onDropped() {} });
  expect(datagrams.listens).toBe(`${listens}${datagrams.port}`);
  expect(await kernelDrops(bind, datagrams.port)).toBe(0);
  expect(await kernelDrops(bind, 0)).toBeUndefined();
});

test('of a range the first port that is free is taken', async () => {
  const listener = (from: number, to: number) =>
    openDatagrams({ bind: '127.0.0.1', ports: { from, to }, onDatagram() {}, onDropped() {} });
  await using first = await listener(0, 0);
  await using second = await listener(first.port, first.port + 20);
  expect(second.port).toBeGreaterThan(first.port);
  await expect(listener(first.port, first.port)).rejects.toThrow('EADDRINUSE');
});
