/** What every archive of sockets has to keep to, held against a plain list. */
import fc from 'fast-check';
import type { SocketArchive } from '../../../src/archive/archive.ts';
import type { Socket } from '../../../src/ends/socket.ts';
import { isOpenIn, type SocketQuery } from '../../../src/ends/socket-view.ts';
import { client, listener, server, tuple } from '../../ends/made.ts';

export interface Opened extends AsyncDisposable {
  readonly sockets: SocketArchive;
}

const ids = (sockets: readonly Socket[]) => sockets.map(({ id }) => id).sort();
const at = (time: number): SocketQuery => ({ time: { from: time, to: time } });

/** `open` gives an empty one. */
export function socketArchiveContract(open: () => Promise<Opened>, few: fc.Parameters<unknown> = {}): void {
  test('what was told of a socket comes back as it was', async () => {
    await using opened = await open();
    const closed = { ...client, closedAt: 5_000 };
    const sockets = [
      closed,
      server,
      listener,
      { ...listener, id: 'odd', localAddress: '::', protocol: 'UDP' as const },
    ];
    await opened.sockets.append({ id: 'w-1', time: 6_000, sockets });
    const found = await opened.sockets.find(at(4_999));
    expect(found.toSorted((a, b) => (a.id < b.id ? -1 : 1))).toEqual([closed, server, listener, sockets[3]]);
    expect(ids(await opened.sockets.find(at(5_000)))).toEqual(['ns2/2', 'ns2/3', 'odd']);
  });

  test('the same batch again changes nothing, and the same socket again is one', async () => {
    await using opened = await open();
    const batch = { id: 'w-1', time: 6_000, sockets: [client] };
    await opened.sockets.append(batch);
    await opened.sockets.append({ id: 'w-2', time: 7_000, sockets: [{ ...client, closedAt: 6_500 }] });
    await opened.sockets.append(batch);
    expect(await opened.sockets.find(at(6_000))).toEqual([{ ...client, closedAt: 6_500 }]);
    expect(await opened.sockets.find(at(6_800))).toEqual([]);
    expect((await opened.sockets.health()).sockets).toBe(1);
  });

  test('an id that comes again with other ends is another socket', async () => {
    await using opened = await open();
    const later = { ...client, localPort: 50_000, openedAt: 8_000 };
    await opened.sockets.append({ id: 'w-1', time: 9_000, sockets: [{ ...client, closedAt: 2_000 }, later] });
    expect(await opened.sockets.find({ time: { from: 0, to: 9_000 } })).toHaveLength(2);
  });

  test('what was open at a crash was so until the last sign of life; one that is still there goes on', async () => {
    await using opened = await open();
    await opened.sockets.append({ id: 'w-1', time: 3_000, sockets: [client, listener] });
    await opened.sockets.append({ id: 'w-2', time: 9_000, sockets: [] });
    await opened.sockets.closeLost();
    expect((await opened.sockets.find(at(8_999))).map(({ closedAt }) => closedAt)).toEqual([9_000, 9_000]);
    expect(await opened.sockets.find(at(9_000))).toEqual([]);
    await opened.sockets.append({ id: 'v-1', time: 20_000, sockets: [{ ...listener, openedAt: 15_000 }] });
    expect(await opened.sockets.find(at(16_000))).toEqual([listener]);
  });

  test('sockets are found by namespace and by conversation, from either end', async () => {
    await using opened = await open();
    const other = { ...client, id: 'x', localAddress: '10.0.0.7' };
    await opened.sockets.append({ id: 'w-1', time: 6_000, sockets: [client, server, listener, other] });
    const time = { from: 2_000, to: 3_000 };
    expect(ids(await opened.sockets.find({ time, nodes: ['ns2'] }))).toEqual(['ns2/2', 'ns2/3']);
    for (const asked of ['10.0.0.1:40000 > 10.0.0.2:80', '10.0.0.2:80 > 10.0.0.1:40000'])
      expect(ids(await opened.sockets.find({ time, conversations: [tuple(asked)] }))).toEqual([
        'ns1/1',
        'ns2/2',
        'ns2/3',
      ]);
  });

  test('what closed before is forgotten; what is open stays', async () => {
    await using opened = await open();
    const { sockets } = opened;
    const short = Array.from({ length: 20 }, (_, i) => {
      return { ...client, id: `s${i}`, localPort: i + 1, openedAt: 1_000 * i, closedAt: 1_000 * i + i ** 2 };
    });
    await sockets.append({ id: 'w-1', time: 30_000, sockets: [...short, listener] });
    await sockets.prune(10_000);
    expect(ids(await sockets.find({ time: { from: 0, to: 30_000 } }))).toEqual(
      ids([...short.filter(({ closedAt }) => closedAt >= 10_000), listener]),
    );
    expect(await sockets.health()).toMatchObject({ sockets: 11, range: { from: 10_000, to: 30_000 } });
  });

  test('a question is answered as a plain list answers it', async () => {
    const one = fc.record({
      n: fc.nat(40),
      opened: fc.nat(100_000),
      length: fc.option(fc.oneof(fc.nat(10), fc.nat(60_000)), { nil: undefined }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(one, { selector: ({ n }) => n }),
        fc.nat(100_000),
        fc.nat(50_000),
        async (made, from, length) => {
          await using opened = await open();
          const sockets = made.map(({ n, opened: openedAt, length: lived }): Socket => {
            const end = lived === undefined ? {} : { closedAt: openedAt + lived };
            return { ...client, id: `ns${n % 3}/${n}`, node: `ns${n % 3}`, localPort: n + 1, openedAt, ...end };
          });
          for (const [i, socket] of sockets.entries())
            await opened.sockets.append({ id: `w-${i}`, time: 200_000, sockets: [socket] });
          for (const time of [at(from).time, { from, to: from + length }])
            expect(ids(await opened.sockets.find({ time, nodes: ['ns0', 'ns1'] }))).toEqual(
              ids(sockets.filter((socket) => isOpenIn(socket, time) && socket.node !== 'ns2')),
            );
        },
      ),
      few,
    );
  });
}
