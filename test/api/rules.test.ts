/** Rules over HTTP, in Skydive's shapes, and metadata of users by PATCH. */
import { Ground } from '../rules/ground.ts';
import { node, testServer } from './server.ts';

async function front() {
  let ground: Ground | undefined;
  const server = await testServer({
    rules(graph) {
      ground = new Ground({ graph });
      return ground.rules;
    },
  });
  server.say(node('a', { TID: 'tid-a', MTU: 1500 }), node('b', { TID: 'tid-b', MTU: 1500 }));
  const ask = async (method: string, path: string, body?: unknown) => {
    const response = await fetch(server.url + path, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, text, json: () => JSON.parse(text) };
  };
  return {
    server,
    ask,
    ground: ground as unknown as Ground,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await ground?.[Symbol.asyncDispose]();
    },
  };
}

const nodeRule = {
  Name: 'web',
  Description: '',
  Action: 'update',
  Query: "G.V().Has('Name', 'a')",
  Metadata: { Team: 'web' },
};

test('a node rule is made, read, listed and deleted, and is in the graph when it is answered', async () => {
  await using net = await front();
  const made = await net.ask('POST', '/api/noderule', nodeRule);
  expect(made.status).toBe(201);
  const { UUID } = made.json();
  expect(made.json()).toEqual({
    UUID,
    Name: 'web',
    Action: 'update',
    Query: nodeRule.Query,
    Metadata: { Team: 'web' },
    Active: 1,
  });
  expect(net.ground.node('a')?.metadata.Team).toBe('web');
  expect((await net.ask('GET', `/api/noderule/${UUID}`)).json()).toEqual(made.json());
  expect((await net.ask('GET', '/api/noderule')).json()).toEqual({ [UUID]: made.json() });
  expect((await net.ask('POST', '/api/noderule', nodeRule)).status).toBe(409);
  expect((await net.ask('DELETE', `/api/noderule/${UUID}`)).status).toBe(200);
  expect(net.ground.node('a')?.metadata).not.toHaveProperty('Team');
  expect((await net.ask('DELETE', `/api/noderule/${UUID}`)).status).toBe(404);
});

test('an edge rule likewise', async () => {
  await using net = await front();
  const rule = { Src: "G.V().Has('Name', 'a')", Dst: "G.V().Has('Name', 'b')", Metadata: { RelationType: 'layer2' } };
  const made = await net.ask('POST', '/api/edgerule', rule);
  expect(made).toMatchObject({ status: 201 });
  expect(net.ground.edges()).toEqual(['a>b']);
  const { UUID } = made.json();
  expect((await net.ask('GET', '/api/edgerule')).json()[UUID]).toEqual({ UUID, ...rule, Active: 1 });
  await net.ask('DELETE', `/api/edgerule/${UUID}`);
  expect(net.ground.edges()).toEqual([]);
});

test.each([
  ['noderule', { ...nodeRule, Action: 'remove' }, /Action: has to be create .* or update/],
  ['noderule', { ...nodeRule, Query: 'G.V().Hass()' }, /Query: no step named "Hass" \(did you mean Has\?\)/],
  ['noderule', { ...nodeRule, Metadata: {} }, /Metadata: is empty/],
  ['noderule', { ...nodeRule, Action: 'create' }, /Query: does nothing with Action create/],
  ['edgerule', { Src: 'G.V()', Metadata: { RelationType: 'x' } }, /Dst: is missing/],
  ['edgerule', { Src: 'G.V()', Dst: 'G.V()', Metadata: {} }, /Metadata.RelationType: is missing/],
  ['edgerule', [], /invalid schema/],
])('a wrong %s is refused with what would do: %j', async (kind, body, text) => {
  await using net = await front();
  const answer = await net.ask('POST', `/api/${kind}`, body);
  expect(answer.status).toBe(400);
  expect(answer.text).toMatch(text);
});

test('what a user says of a node by PATCH is kept by its TID; what probes see is refused', async () => {
  await using net = await front();
  const set = [{ op: 'add', path: '/Metadata/Rack', value: 7 }];
  expect((await net.ask('PATCH', '/api/node/a', set)).status).toBe(200);
  expect((await net.ask('GET', '/api/usermetadata')).json()).toEqual({
    'tid-a': { TID: 'tid-a', Metadata: { Rack: 7 } },
  });
  net.server.say({ kind: 'gone', id: 'a' }, node('a2', { Name: 'a', TID: 'tid-a', MTU: 1500 }));
  await net.ground.rules.settled();
  expect(net.ground.node('a2')?.metadata).toMatchObject({ Rack: 7, SetBy: { Rack: 'user' } });
  const refused = await net.ask('PATCH', '/api/node/a2', [{ op: 'replace', path: '/Metadata/MTU', value: 9 }]);
  expect(refused).toMatchObject({ status: 400, text: expect.stringMatching(/^MTU is what a probe sees of a veth/) });
  expect((await net.ask('PATCH', '/api/node/a2', [{ op: 'remove', path: '/Metadata/Rack' }])).status).toBe(200);
  expect((await net.ask('GET', '/api/usermetadata')).json()).toEqual({});
  expect(net.ground.node('a2')?.metadata).not.toHaveProperty('SetBy');
});
