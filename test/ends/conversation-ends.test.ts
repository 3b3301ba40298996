import { endsOf, type Whereabouts } from '../../src/ends/conversation-ends.ts';
import type { Socket } from '../../src/ends/socket.ts';
import { SocketTable } from '../../src/ends/socket-table.ts';
import type { Translation } from '../../src/ends/translation.ts';
import { TranslationTable } from '../../src/ends/translation-table.ts';
import { client, listener, server, translation, tuple } from './made.ts';

const addresses: Record<string, readonly string[]> = {
  ns1: ['10.0.0.1'],
  ns2: ['10.0.0.2'],
  router: ['192.0.2.1', '10.0.0.254'],
  twin1: ['10.0.0.1'],
};

function who(
  sockets: readonly Socket[],
  conversation: string,
  {
    namespace,
    translations = [],
    protocol = 6,
  }: { namespace?: string; translations?: Translation[]; protocol?: number } = {},
) {
  const where: Whereabouts = { namespace, has: (node, address) => addresses[node]?.includes(address) ?? false };
  const table = new SocketTable();
  table.tell(sockets);
  const nat = new TranslationTable();
  nat.tell(translations);
  const asked = { ...tuple(conversation), protocol };
  const { a, b, listener: waits } = endsOf(asked, where, (side) => table.at(side), nat.otherSides(asked));
  return [a?.id, b?.id, waits?.id];
}

test('the socket that has the conversation from A is of A, the other of B', () => {
  expect(who([client, server], '10.0.0.1:40000 > 10.0.0.2:80')).toEqual(['ns1/1', 'ns2/2', undefined]);
  expect(who([client, server], '10.0.0.2:80 > 10.0.0.1:40000')).toEqual(['ns2/2', 'ns1/1', undefined]);
});

test('who waits at the port of B is known where B has the address', () => {
  expect(who([listener], '10.0.0.1:40000 > 10.0.0.2:80')[2]).toBe('ns2/3');
  expect(who([listener], '10.0.0.1:40000 > 198.51.100.7:80')[2]).toBeUndefined();
  expect(who([{ ...listener, localAddress: '10.0.0.3' }], '10.0.0.1:40000 > 10.0.0.2:80')[2]).toBeUndefined();
  expect(who([{ ...listener, localAddress: '::' }], '10.0.0.1:40000 > 10.0.0.2:80')[2]).toBe('ns2/3');
});

test('of namespaces with the same addresses it is that of the capture point, or nobody', () => {
  const twin = { ...client, id: 'twin1/1', node: 'twin1' };
  const asked = '10.0.0.1:40000 > 10.0.0.2:80';
  expect(who([client, twin], asked)).toEqual([undefined, undefined, undefined]);
  expect(who([client, twin], asked, { namespace: 'twin1' })[0]).toBe('twin1/1');
  expect(who([client, twin], asked, { namespace: 'router' })[0]).toBeUndefined();
  expect(who([client], asked, { namespace: 'router' })[0]).toBe('ns1/1');
});

test('loopback is that of the namespace it was seen in', () => {
  const local = { ...client, localAddress: '127.0.0.1', remoteAddress: '127.0.0.1' };
  const asked = '127.0.0.1:40000 > 127.0.0.1:80';
  expect(who([local], asked, { namespace: 'ns2' })[0]).toBeUndefined();
  expect(who([local], asked, { namespace: 'ns1' })[0]).toBe('ns1/1');
  expect(who([listener], asked, { namespace: 'ns2' })[2]).toBe('ns2/3');
});

test('behind a translation it is found by what the conversation is there', () => {
  const nat = translation('t', '10.0.0.1:40000 > 192.0.2.1:8080', '10.0.0.254:40000 > 10.0.0.2:80');
  const a = { ...client, remoteAddress: '192.0.2.1', remotePort: 8080 };
  const b = { ...server, remoteAddress: '10.0.0.254' };
  const translations = [nat];
  const expected = ['ns1/1', 'ns2/2', 'ns2/3'];
  expect(who([a, b, listener], '10.0.0.1:40000 > 192.0.2.1:8080', { translations })).toEqual(expected);
  expect(who([a, b, listener], '10.0.0.254:40000 > 10.0.0.2:80', { translations })).toEqual(expected);
});

test('who waits at an address that is translated is not who is spoken to', () => {
  const nat = translation('t', '10.0.0.1:40000 > 192.0.2.1:8080', '10.0.0.1:40000 > 10.0.0.2:80');
  const proxy = { ...listener, id: 'router/9', node: 'router', localPort: 8080 };
  const [dialled, arriving] = ['10.0.0.1:40000 > 192.0.2.1:8080', '10.0.0.1:40000 > 10.0.0.2:80'];
  for (const protocol of [6, 17]) {
    const [waits, passedBy] = [listener, proxy].map(
      (socket): Socket => (protocol === 6 ? socket : { ...socket, protocol: 'UDP', state: 'CLOSE' }),
    ) as [Socket, Socket];
    const { original, reply } = nat;
    const translations = [{ ...nat, original: { ...original, protocol }, reply: { ...reply, protocol } }];
    for (const asked of [dialled, arriving]) {
      expect(who([waits, passedBy], asked, { translations, protocol })[2]).toBe('ns2/3');
      expect(who([passedBy], asked, { translations, protocol }).slice(1)).toEqual([undefined, undefined]);
    }
  }
});

test('translations of two namespaces that disagree are told only where one of them is the one it was seen in', () => {
  const before = '10.0.0.1:40000 > 10.0.0.2:80';
  const a = translation('t1', before, '192.0.2.1:40000 > 10.0.0.2:80');
  const b = translation('t2', before, '192.0.2.2:40000 > 10.0.0.2:80', { node: 'router2' });
  const table = new TranslationTable();
  table.tell([a, b]);
  const seenIn = (namespace: string) =>
    endsOf(tuple(before), { namespace, has: () => false }, () => [], table.otherSides(tuple(before))).other?.tuple
      .source;
  expect([seenIn('router'), seenIn('router2'), seenIn('ns1')]).toEqual(['192.0.2.1', '192.0.2.2', undefined]);
});

test('UDP that is not connected is found by its port, at both ends', () => {
  const dns: Socket = { ...listener, protocol: 'UDP', state: 'CLOSE', localPort: 53 };
  const asker: Socket = {
    ...client,
    protocol: 'UDP',
    localAddress: '0.0.0.0',
    remoteAddress: '',
    remotePort: 0,
    state: 'CLOSE',
  };
  expect(who([dns, asker], '10.0.0.1:40000 > 10.0.0.2:53', { protocol: 17 })).toEqual(['ns1/1', 'ns2/3', 'ns2/3']);
  expect(who([dns, asker], '10.0.0.1:40000 > 10.0.0.2:53')).toEqual([undefined, undefined, undefined]);
});
