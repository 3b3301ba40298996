import fc from 'fast-check';
import type { Socket } from '../../src/ends/socket.ts';
import { SocketTable } from '../../src/ends/socket-table.ts';
import { isOpenIn } from '../../src/ends/socket-view.ts';
import { client, listener, server, tuple } from './made.ts';

const ids = (sockets: Iterable<Socket>) => [...sockets].map(({ id }) => id).sort();

test('sockets are those of now, of a moment, or of a span', () => {
  const table = new SocketTable();
  table.tell([client, server, listener]);
  table.close([client.id], 2_000);
  expect(ids(table.find({}))).toEqual(['ns2/2', 'ns2/3']);
  expect(ids(table.find({ time: { from: 1_500, to: 1_500 } }))).toEqual(['ns1/1', 'ns2/2', 'ns2/3']);
  expect(ids(table.find({ time: { from: 2_000, to: 2_000 } }))).toEqual(['ns2/2', 'ns2/3']);
  expect(ids(table.find({ time: { from: 11, to: 999 } }))).toEqual(['ns2/3']);
  expect(ids(table.find({ time: { from: 1_500, to: 9_000 }, nodes: ['ns1'] }))).toEqual(['ns1/1']);
});

test('a conversation finds the sockets of both of its ends, told from either, and what waits at its ports', () => {
  const table = new SocketTable();
  table.tell([client, server, listener, { ...listener, id: 'other', localPort: 81 }]);
  for (const asked of ['10.0.0.1:40000 > 10.0.0.2:80', '10.0.0.2:80 > 10.0.0.1:40000'])
    expect(ids(table.find({ conversations: [tuple(asked)] }))).toEqual(['ns1/1', 'ns2/2', 'ns2/3']);
  expect(ids(table.find({ conversations: [tuple('10.0.0.1:40001 > 10.0.0.2:443')] }))).toEqual([]);
});

test('what is told again replaces what was known, but for the moment of its opening', () => {
  const table = new SocketTable();
  table.tell([client]);
  table.tell([{ ...client, openedAt: 5_000, state: 'CLOSE_WAIT' }]);
  expect(table.find({})).toEqual([{ ...client, state: 'CLOSE_WAIT' }]);
  expect(table.stats()).toMatchObject({ open: 1, openedTotal: 1 });
});

test('a socket that closed is remembered as what it was, not as how it ended', () => {
  const table = new SocketTable();
  table.tell([client]);
  table.tell([{ ...client, state: 'LAST_ACK' }]);
  table.close([client.id], 3_000);
  expect(table.find({ time: { from: 2_000, to: 2_000 } })).toEqual([{ ...client, closedAt: 3_000 }]);
});

test('a socket that is over when it is told is remembered, and never was among those that are open', () => {
  const table = new SocketTable();
  const heard: string[] = [];
  table.listen({
    opened: ({ id }) => void heard.push(`opened ${id}`),
    closed: ({ id, closedAt }) => void heard.push(`closed ${id} ${closedAt}`),
  });
  const over = { ...client, closedAt: 3_000 };
  table.tell([over]);
  expect(table.find({})).toEqual([]);
  expect(table.find({ time: { from: 2_000, to: 2_000 } })).toEqual([over]);
  expect(ids(table.at(tuple('10.0.0.1:40000 > 10.0.0.2:80')))).toEqual(['ns1/1']);
  expect(table.stats()).toMatchObject({ open: 0, closed: 1, openedTotal: 1, closedTotal: 1 });
  table.tell([server]);
  table.tell([{ ...server, closedAt: 4_000 }]);
  expect(table.find({})).toEqual([]);
  expect(heard).toEqual(['closed ns1/1 3000', 'opened ns2/2', 'closed ns2/2 4000']);
});

test('where nothing was known nothing can be left over', () => {
  const table = new SocketTable();
  expect(table.begin('ns1')).toBeUndefined();
  table.tell([client]);
  expect(table.begin('ns1')).toBeDefined();
  expect(table.begin('ns2')).toBeUndefined();
});

test('a socket that connects is found by its other end', () => {
  const table = new SocketTable();
  const bound: Socket = { ...client, protocol: 'UDP', remoteAddress: '', remotePort: 0, state: 'CLOSE' };
  table.tell([bound]);
  table.tell([{ ...client, protocol: 'UDP' }]);
  const asked = { ...tuple('10.0.0.2:80 > 10.0.0.1:40000'), protocol: 17 };
  expect(ids(table.at(asked))).toEqual(['ns1/1']);
  expect(ids(table.atPort(17, 40_000))).toEqual([]);
});

test('all that a namespace has is all: the rest of it closed', () => {
  const table = new SocketTable();
  table.tell([client, server, listener]);
  const end = table.begin('ns2');
  table.tell([listener]);
  expect(ids(table.find({}))).toEqual(['ns1/1', 'ns2/2', 'ns2/3']);
  end?.(4_000);
  expect(ids(table.find({}))).toEqual(['ns1/1', 'ns2/3']);
  table.gone('ns1', 5_000);
  expect(ids(table.find({}))).toEqual(['ns2/3']);
  expect(table.find({ time: { from: 4_500, to: 4_500 }, nodes: ['ns1'] })[0]?.closedAt).toBe(5_000);
});

test('who listens is told of each that opens and closes, once', () => {
  const table = new SocketTable();
  const told: string[] = [];
  const stop = table.listen({
    opened: ({ id }) => told.push(`+${id}`),
    closed: ({ id, closedAt }) => told.push(`-${id} ${closedAt}`),
  });
  table.tell([client, client]);
  table.close([client.id, client.id], 2_000);
  stop();
  table.tell([server]);
  expect(told).toEqual(['+ns1/1', '-ns1/1 2000']);
});

test('open ones have a bound, and those beyond it are counted', () => {
  const table = new SocketTable({ openMax: 2 });
  table.tell([client, server, listener]);
  expect(table.stats()).toMatchObject({ open: 2, refused: 1 });
});

test('closed ones have a bound: the oldest go, and the table says since when it knows all', () => {
  const table = new SocketTable({ begin: 500, closedMax: 2 });
  table.tell([client, server, listener]);
  for (const [i, { id }] of [client, server, listener].entries()) table.close([id], 2_000 + i);
  expect(table.stats()).toMatchObject({ open: 0, closed: 2, forgotten: 1 });
  expect(table.knownFrom).toBe(2_000);
  expect(ids(table.at(tuple('10.0.0.1:40000 > 10.0.0.2:80')))).toEqual(['ns2/2', 'ns2/3']);
  table.forgetBefore(2_002);
  expect(table.stats().closed).toBe(1);
  table.forgetBefore(9_000);
  expect(table.isEmpty).toBe(true);
});

test('whatever happens, the table answers as a plain list does', () => {
  const step = fc.oneof(
    fc.record({
      kind: fc.constant('tell' as const),
      n: fc.nat(12),
      port: fc.integer({ min: 1, max: 3 }),
      far: fc.integer({ min: 0, max: 3 }),
    }),
    fc.record({ kind: fc.constant('close' as const), n: fc.nat(12) }),
    fc.record({ kind: fc.constant('gone' as const), n: fc.nat(2) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (history) => {
      const table = new SocketTable();
      const open = new Map<string, Socket>();
      const closed: Socket[] = [];
      for (const [at, each] of history.entries()) {
        const end = (socket: Socket) => {
          open.delete(socket.id);
          closed.push({ ...socket, closedAt: at });
        };
        const node = `ns${each.n % 3}`;
        if (each.kind === 'tell') {
          const known = open.get(`${node}/${each.n}`);
          const far =
            each.far === 0 ? { remoteAddress: '', remotePort: 0 } : { remoteAddress: '10.0.0.9', remotePort: each.far };
          const socket: Socket = {
            ...listener,
            ...far,
            id: `${node}/${each.n}`,
            node,
            localPort: each.port,
            openedAt: known?.openedAt ?? at,
          };
          open.set(socket.id, socket);
          table.tell([socket]);
        } else if (each.kind === 'close') {
          const known = open.get(`${node}/${each.n}`);
          if (known) end(known);
          table.close([`${node}/${each.n}`], at);
        } else {
          for (const socket of [...open.values()]) if (socket.node === `ns${each.n}`) end(socket);
          table.gone(`ns${each.n}`, at);
        }
      }
      const all = [...open.values(), ...closed];
      const middle = Math.floor(history.length / 2);
      for (const time of [undefined, { from: middle, to: middle }, { from: 1, to: middle }])
        expect(ids(table.find({ time }))).toEqual(ids(all.filter((socket) => isOpenIn(socket, time))));
    }),
  );
});
