/** What the tab key offers about captures and flows. */
import { flowList } from '../query/flow-list.ts';
import { readFlows } from '../query/flow-text.ts';
import { fakeCaptures } from './fake-captures.ts';
import { smallNetwork } from './network.ts';
import { skein } from './terminal.ts';

const { flows } = readFlows(`
  10.0.0.1:40000 -TCP-> 10.0.0.2:443 @t0 {"Application":"TLS","TrackingID":"9e42a86914a043b8"}
  10.0.0.1:5353 -UDP-> 10.0.0.53:53 @t0 {"Application":"DNS","TrackingID":"ab00000000000001","Process":{"A":"dig"},"Service":"named"}`);

async function offered(...words: string[]): Promise<string[]> {
  const captures = fakeCaptures();
  await using server = await smallNetwork({
    captures,
    flows: { flows: flowList(flows), matchFilter: () => () => true },
  });
  server.say({ kind: 'node', id: 'c', metadata: { Name: 'shop', Type: 'container' } });
  const begin = ['--server', server.url];
  await skein(['capture', 'start', '--gremlin', 'G.V()', '--name', 'web', ...begin]);
  const { out } = await skein(['__complete', '--', ...begin, ...words]);
  return out.split('\n').filter(Boolean);
}

test.each<[string[], string[]]>([
  [['capture', 'sto'], ['stop\tend captures']],
  [['capture', 'stop', 'w'], ['web\tG.V()']],
  [['capture', 'tail', '1'], ['10000000-0000-4000-8000-000000000000\tweb']],
  [['flows', '--capture', 'we'], ['web\tG.V()']],
  [['follow', '9'], ['9e42a86914a043b8\t10.0.0.1:40000 → 10.0.0.2:443']],
  [['flows', '--tracking', 'ab'], ['ab00000000000001\t10.0.0.1:5353 → 10.0.0.53:53']],
  [['flows', '--app', 'D'], ['DNS']],
  [['flows', '--protocol', 'ic'], ['icmp']],
  [
    ['flows', '-o', 'columns=Last,Network.'],
    ['columns=Last,Network.A', 'columns=Last,Network.B', 'columns=Last,Network.Protocol'],
  ],
  [['capture', 'start', '--on', 'br'], ['br0']],
  [['flows', '--node', 'br'], ['br0']],
  [['flows', '--container', 's'], ['shop']],
  [['flows', '--process', 'd'], ['dig']],
  [['flows', '--service', ''], ['named']],
  [['get', 'sockets', '--node', 'bl'], ['blue']],
  [['describe', 'container:'], ['container:shop']],
  [['path', 'netns:b'], ['netns:blue']],
  [
    ['capture', 'start', '--layer-key-mode', ''],
    ['L2', 'L3'],
  ],
  [['get', 'capt'], ['captures\twhere packets are looked at']],
  [['diff', '--to', 'b'], []],
  [['follow', 'no'], []],
])('%j', async (words, expected) => {
  expect(await offered(...words)).toEqual(expected);
});

test('nothing is offered where there is no server', async () => {
  for (const words of [
    ['capture', 'stop', ''],
    ['follow', ''],
  ])
    expect((await skein(['__complete', '--', '--server', 'http://127.0.0.1:1', ...words])).out).toBe('');
});
