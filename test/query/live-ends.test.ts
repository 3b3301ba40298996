import { SocketTable } from '../../src/ends/socket-table.ts';
import { TranslationTable } from '../../src/ends/translation-table.ts';
import type { SeenConversation } from '../../src/flow/ends.ts';
import { Graph } from '../../src/graph/graph.ts';
import { LiveEnds } from '../../src/query/live-ends.ts';
import { client, listener, server, translation } from '../ends/made.ts';

function lab() {
  const graph = new Graph({ indexed: ['TID'] });
  const apply = (changes: Parameters<Graph['apply']>[0]) => graph.apply(changes, { host: 'h', origin: 't', time: 1 });
  const node = (id: string, Type: string, more: object = {}) =>
    ({ kind: 'node', id, metadata: { Name: id, Type, TID: `tid-${id}`, ...more } }) as const;
  const owns = (parent: string, child: string) =>
    ({ kind: 'edge', parent, child, metadata: { RelationType: 'ownership' } }) as const;
  apply([
    node('ns1', 'netns'),
    node('ns2', 'netns'),
    node('eth0', 'veth', { IfIndex: 2, IPV4: ['10.0.0.1/24'] }),
    node('eth1', 'veth', { IfIndex: 2, IPV4: ['10.0.0.2/24'] }),
    owns('ns1', 'eth0'),
    owns('ns2', 'eth1'),
  ]);
  const sockets = new SocketTable();
  const translations = new TranslationTable();
  const ends = new LiveEnds({ sockets, translations, view: () => graph.now() });
  graph.subscribe((commit) => ends.saw(commit));
  return { apply, sockets, translations, lookUp: ends.lookUp };
}

const seen: SeenConversation = {
  node: 'tid-eth0',
  protocol: 6,
  a: '10.0.0.1',
  b: '10.0.0.2',
  aPort: 40_000,
  bPort: 80,
};

test('processes, containers and the service at the ends of a flow', () => {
  const { sockets, lookUp } = lab();
  expect(lookUp(seen)).toBeUndefined();
  sockets.tell([client, server, listener]);
  expect(lookUp(seen)).toEqual({
    Process: { A: 'curl', B: 'nginx' },
    Pid: { A: 7, B: 9 },
    ContainerID: { B: 'c'.repeat(64) },
    Service: 'nginx-main',
  });
  expect(lookUp({ ...seen, aPort: 40_001, bPort: 81 })).toBeUndefined();
});

test('what the flow is beyond a translation, of whichever kind', () => {
  const { translations, lookUp } = lab();
  translations.tell([
    translation('t', '10.0.0.1:40000 > 10.0.0.2:80', '192.0.2.1:1024 > 10.0.0.2:80', { zone: 7 }),
    translation('u', '10.0.0.1:40000 > 10.0.0.2:81', '192.0.2.1:1025 > 10.0.0.3:8080'),
  ]);
  expect(lookUp(seen)).toEqual({
    NAT: {
      Type: 'SNAT',
      A: '192.0.2.1',
      APort: 1024,
      B: '10.0.0.2',
      BPort: 80,
      IsTranslated: false,
      Node: 'router',
      Zone: 7,
    },
  });
  expect(lookUp({ ...seen, bPort: 81 })?.NAT).toMatchObject({ Type: 'SNAT,DNAT', B: '10.0.0.3', BPort: 8080 });
});

test('a namespace that gets an address has its services there from then on', () => {
  const { apply, sockets, lookUp } = lab();
  sockets.tell([listener]);
  const asked = { ...seen, b: '10.0.0.99' };
  expect(lookUp(asked)).toBeUndefined();
  apply([{ kind: 'set', id: 'eth1', set: { IPV4: ['10.0.0.2/24', '10.0.0.99/24'] } }]);
  expect(lookUp(asked)).toEqual({ Process: { B: 'nginx-main' }, Pid: { B: 8 }, Service: 'nginx-main' });
});
