/** `POST /api/why` about a conversation that is named by its TrackingID. */
import { whyReplyShape } from '../../src/contract/why.ts';
import { readChanges } from '../../src/graph/text.ts';
import { flowList } from '../query/flow-list.ts';
import { readFlows } from '../query/flow-text.ts';
import { cable, host } from '../query/forwarding/walked.ts';
import { testServer } from './server.ts';

test('of several that have its address it is about the one where it was seen', async () => {
  const start = Date.now() - 500;
  const seen = `10.0.0.1 -ICMPv4-> 10.0.0.2 @tid-a {"TrackingID":"t","Start":${start}}`;
  const flows = flowList(readFlows(seen).flows);
  await using server = await testServer({ flows: { flows } });
  server.say(
    ...readChanges(`${host('twin', '10.0.0.1')}\n${host('a', '10.0.0.1')}\n${host('b', '10.0.0.2')}
      ${cable('a', 'veth:b/eth0')}
      veth:a/eth0 {"Name":"eth0","TID":"tid-a"}`),
  );
  server.say({ kind: 'set', id: 'veth:a/eth0', set: { RoutingTables: [] } });
  const response = await fetch(`${server.url}/api/why`, { method: 'POST', body: JSON.stringify({ tracking: 't' }) });
  const text = await response.text();
  expect([response.status, text]).toEqual([200, expect.anything()]);
  const { culprits } = whyReplyShape.parse(JSON.parse(text));
  expect(culprits[0]).toMatchObject({ kind: 'route.removed', element: { id: 'veth:a/eth0' } });
});

test('a good moment that is not before the failure is a mistake', async () => {
  await using server = await testServer();
  server.say(...readChanges(`${host('a', '10.0.0.1')}\n${host('b', '10.0.0.2')}\n${cable('a', 'veth:b/eth0')}`));
  const at = Date.now();
  for (const moments of [{ good: at, at: at - 1 }, { since: at + 60_000 }]) {
    const body = JSON.stringify({ from: 'a', to: 'b', ...moments });
    const response = await fetch(`${server.url}/api/why`, { method: 'POST', body });
    expect([response.status, await response.text()]).toEqual([400, expect.stringContaining('is not before')]);
  }
});
