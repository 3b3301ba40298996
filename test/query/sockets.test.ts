import type { Socket } from '../../src/ends/socket.ts';
import { SocketTable } from '../../src/ends/socket-table.ts';
import type { SocketView } from '../../src/ends/socket-view.ts';
import type { Answer } from '../../src/query/answer.ts';
import { client, listener, server } from '../ends/made.ts';
import { ask } from './ask.ts';

const GRAPH = `
  host:h1 -ownership-> netns:ns1
  host:h1 -ownership-> netns:ns2
  netns:ns1 -ownership-> device:eth0 {"TID":"e0","IfIndex":2,"IPV4":["10.0.0.1/24"]}
  netns:ns2 -ownership-> device:eth1 {"TID":"e1","IfIndex":2,"IPV4":["10.0.0.2/24"]}
  netns:ns2 -ownership-> device:lo {"TID":"lo","IfIndex":1,"IPV4":["127.0.0.1/8"]}
  netns:ns2 -ownership-> container:shop {"Container":{"ID":"${'c'.repeat(64)}","Status":"running"}}
  netns:ns2 -ownership-> container:web {"Docker":{"ContainerID":"${'c'.repeat(64)}"}}`;

const [ns1, ns2] = ['netns:ns1', 'netns:ns2'];
const sockets: readonly Socket[] = [
  { ...client, node: ns1 },
  { ...server, node: ns2 },
  { ...listener, node: ns2 },
  {
    ...listener,
    id: 'local',
    node: ns2,
    localAddress: '127.0.0.1',
    localPort: 5432,
    process: { pid: 5, name: 'postgres' },
  },
];

function table(): SocketTable {
  const made = new SocketTable();
  made.tell(sockets);
  return made;
}

const slowly = (view: SocketView): SocketView => ({ find: async (query) => view.find(query) });

async function names(query: string, view: SocketView = table(), on = GRAPH): Promise<unknown> {
  const answer = (await ask(on, query, { sockets: view })) as Answer;
  if (answer.kind === 'sockets') return answer.sockets.map((each) => each.sockets.map(({ Name }) => Name).join());
  return answer.kind === 'values' ? answer.values : answer.kind;
}

test('a namespace has all of its sockets', async () => {
  expect(await names("G.V().Has('Name', 'ns1').Sockets()")).toEqual(['curl']);
  expect(await names("G.V().Has('Name', 'ns2').Sockets()")).toEqual(['nginx,nginx-main,postgres']);
  expect(await names("G.V().Has('Type', 'host').Sockets()")).toEqual([]);
});

test('an interface has those of its namespace at its addresses or at all; a container those of its processes', async () => {
  expect(await names("G.V().Has('Name', 'eth1').Sockets()")).toEqual(['nginx,nginx-main']);
  expect(await names("G.V().Has('Name', 'lo').Sockets()")).toEqual(['nginx-main,postgres']);
  for (const name of ['web', 'shop']) expect(await names(`G.V().Has('Name', '${name}').Sockets()`)).toEqual(['nginx']);
});

test('they are objects in the shape of Skydive, with more beside', async () => {
  const answer = (await ask(GRAPH, "G.V().Has('Name', 'ns1').Sockets()", { sockets: table() })) as Answer;
  expect(answer.kind === 'sockets' && answer.sockets).toEqual([
    {
      id: ns1,
      sockets: [
        {
          Process: '/usr/bin/curl',
          Pid: 7,
          Name: 'curl',
          LocalAddress: '10.0.0.1',
          LocalPort: 40_000,
          RemoteAddress: '10.0.0.2',
          RemotePort: 80,
          Protocol: 'TCP',
          State: 'ESTABLISHED',
          User: 'me',
          Command: 'curl http://10.0.0.2',
          OpenedAt: 1_000,
          SentBytes: 78,
          ReceivedBytes: 1_000,
          RTT: 330_000,
          Node: ns1,
        },
      ],
    },
  ]);
});

test('they are filtered and read like any other, also when an archive has to be waited for', async () => {
  const query = "G.V().Has('Type', 'netns', 'Name', 'ns2').Sockets().Has('State', 'LISTEN').Values('LocalPort')";
  expect(await names(query)).toEqual([80, 5432]);
  expect(await names(query, slowly(table()))).toEqual([80, 5432]);
});

test('each namespace is asked for once, however many of its nodes are there', async () => {
  let asked = 0;
  const made = table();
  const counting: SocketView = {
    find: (query) => {
      asked++;
      return made.find(query);
    },
  };
  await names('G.V().Sockets()', counting);
  expect(asked).toBe(3);
});

test('a node that tells of sockets itself has those too', async () => {
  const on = `${GRAPH}\n netns:ns3 {"Name":"ns3","Sockets":[{"Name":"told","Protocol":"TCP"}]}`;
  expect(await names("G.V().Has('Name', 'ns3').Sockets()", table(), on)).toEqual(['told']);
});

test('a flow has the sockets at both of its ends', async () => {
  const on = `${GRAPH}\n 10.0.0.1:40000 -TCP-> 10.0.0.2:80 @e0 {"Start":1500,"Last":1600}`;
  expect(await names('G.Flows().Sockets()', table(), on)).toEqual(['curl,nginx']);
  expect(await names('G.Flows().Sockets()', slowly(table()), on)).toEqual(['curl,nginx']);
});

test('beyond a translation too', async () => {
  const nat = JSON.stringify({ Type: 'SNAT', A: '10.0.0.1', APort: 40_000, B: '10.0.0.2', BPort: 80 });
  const on = `${GRAPH}\n 192.0.2.1:777 -TCP-> 10.0.0.2:80 @e0 {"Start":1500,"Last":1600,"NAT":${nat}}`;
  expect(await names('G.Flows().Sockets()', table(), on)).toEqual(['curl,nginx']);
});

test('of the time of the flow: the same ports later are others', async () => {
  const made = new SocketTable();
  made.tell([{ ...client, node: ns1 }]);
  made.close([client.id], 2_000);
  const on = (start: number) =>
    `${GRAPH}\n 10.0.0.1:40000 -TCP-> 10.0.0.2:80 @e0 {"Start":${start},"Last":${start + 10}}`;
  expect(await names('G.Flows().Sockets()', made, on(1_500))).toEqual(['curl']);
  expect(await names('G.Flows().Sockets()', made, on(100_000))).toEqual([]);
});

test('loopback is of the namespace of its capture point alone', async () => {
  const local: Socket = { ...client, id: 'l', localAddress: '127.0.0.1', remoteAddress: '127.0.0.1' };
  const made = new SocketTable();
  made.tell([{ ...local, node: ns1 }]);
  const on = (tid: string) => `${GRAPH}\n 127.0.0.1:40000 -TCP-> 127.0.0.1:80 @${tid} {"Start":1500,"Last":1600}`;
  expect(await names('G.Flows().Sockets()', made, on('lo'))).toEqual([]);
  expect(await names('G.Flows().Sockets()', made, on('e0'))).toEqual(['curl']);
});

test.each([
  "Has('State', 'LISTEN')",
  "Has('LocalPort', 80)",
  "Has('Name', 'nginx', 'RemotePort', GT(0))",
  "Has('Command')",
  "Has('State', 'LISTEN').Has('Name', Regex('post.*'))",
  "Has('Pid', WITHIN(5, 7))",
])('filters that go to the look-up give what they give behind it: %s', async (filter) => {
  const behind = filter.replaceAll(').Has(', ", 'Protocol', 'TCP').Has(");
  const here = await names(`G.V().Sockets().${filter}.Values('LocalPort')`);
  // A part of all that there is: the filter behind it is no part of the look-up.
  const there = await names(`G.V().Sockets().Limit(1000).${behind}.Values('LocalPort')`);
  expect(here).toEqual(there);
});
