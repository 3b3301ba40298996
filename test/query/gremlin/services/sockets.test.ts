import { SocketTable } from '../../../../src/ends/socket-table.ts';
import type { SocketView } from '../../../../src/ends/socket-view.ts';
import { client, listener, server } from '../../../ends/made.ts';
import { ask } from '../asked.ts';
import { world } from './network.ts';

const text = `
  host:h1 -ownership-> netns:ns1
  host:h1 -ownership-> netns:ns2
  netns:ns1 -ownership-> device:eth0 {"TID":"t0","IfIndex":2,"IPV4":["10.0.0.1/24"]}
  netns:ns2 -ownership-> device:eth1 {"TID":"t1","IfIndex":2,"IPV4":["10.0.0.2/24"]}
  10.0.0.1:40000 -TCP-> 10.0.0.2:80 @t0 {"Start":1500,"Last":1600}`;

const table = new SocketTable();
table.tell([
  { ...client, node: 'netns:ns1' },
  { ...server, node: 'netns:ns2' },
  { ...listener, node: 'netns:ns2' },
]);
const slow: SocketView = { find: async (query) => table.find(query) };

describe.each([
  ['at once', table],
  ['by promise', slow],
])('answered %s', (_, sockets) => {
  test.each<[string, string[]]>([
    ["g.V().has('Name', 'ns2').call('sockets').select('Name')", ['nginx', 'nginx-main']],
    ["g.V().has('Name', 'eth0').call('sockets').select('Process')", ['/usr/bin/curl']],
    ["g.V().hasLabel('netns').call('sockets').where(select('State').is('LISTEN')).select('LocalPort')", ['80']],
    ["g.call('flows').call('sockets').select('Name')", ['curl', 'nginx']],
  ])('%s', async (query, gives) => {
    const results = await ask(query, { ...world(text).source, sockets }, { context: { nowMs: 10_000 } });
    expect(results.map(String)).toEqual(gives);
  });
});
