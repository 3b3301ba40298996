/** `skein rule`, `skein set`, `skein unset`. */
import { Ground } from '../rules/ground.ts';
import { smallNetwork } from './network.ts';
import { skein } from './terminal.ts';

async function network() {
  let ground: Ground | undefined;
  const server = await smallNetwork({
    rules(graph) {
      ground = new Ground({ graph });
      return ground.rules;
    },
  });
  server.say({ kind: 'set', id: 'br', set: { TID: 'tid-br' } });
  return {
    ground: ground as unknown as Ground,
    run: (...words: readonly string[]) => skein([...words, '--server', server.url]),
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await ground?.[Symbol.asyncDispose]();
    },
  };
}

test('a node rule is made from pairs, listed, shown and deleted by its name', async () => {
  await using net = await network();
  const query = "G.V().Has('Type', 'bridge')";
  const made = await net.run('rule', 'node', 'create', '--query', query, 'Team=web', 'Rack=7', '--name', 'web');
  expect(made).toMatchObject({ out: 'rule-a1\n', err: '1 node has it now\n', exitCode: 0 });
  expect(net.ground.node('br')?.metadata).toMatchObject({ Team: 'web', Rack: 7 });
  const list = await net.run('rule', 'node', 'list');
  expect(list.out).toMatch(
    /^ID +NAME +ACTION +QUERY +METADATA +ACTIVE +STATE\nrule-a1 +web +update +G\.V.* +1 +active\n$/,
  );
  const shown = await net.run('rule', 'node', 'get', 'web');
  expect(JSON.parse(shown.out)).toMatchObject({ kind: 'rule', rule: { UUID: 'rule-a1', Active: 1 } });
  expect(await net.run('rule', 'node', 'delete', 'web')).toMatchObject({ out: 'rule-a1\n', err: 'deleted web\n' });
  expect(net.ground.node('br')?.metadata).not.toHaveProperty('Team');
  expect(await net.run('rule', 'node', 'get', 'web')).toMatchObject({ exitCode: 1 });
});

test("an edge rule, also by Skydive's names", async () => {
  await using net = await network();
  const ends = ['--src', "G.V().Has('Type', 'bridge')", '--dst', "G.V().Has('Type', 'host')"];
  expect(
    await net.run('edge-rule', 'create', ...ends, '--relationtype', 'uplink', '--metadata', 'Speed=10,By=me'),
  ).toMatchObject({
    out: 'rule-a1\n',
    err: '1 edge is made now\n',
  });
  expect(net.ground.edges()).toEqual(['br>h']);
  const again = await net.run('rule', 'edge', 'create', ...ends, '--relation', 'uplink', 'Speed=10', 'By=me');
  expect(again).toMatchObject({
    exitCode: 2,
    err: expect.stringMatching(/there is a rule that does just this already/),
  });
  await net.run('edge-rule', 'delete', 'rule-a1');
  expect(net.ground.edges()).toEqual([]);
});

test('what is wrong is told: no query, no pair, a query that makes no sense', async () => {
  await using net = await network();
  expect((await net.run('rule', 'edge', 'create', 'a=1')).err).toMatch(/say from where and to where/);
  expect((await net.run('rule', 'node', 'create', 'Team')).err).toMatch(/"Team" is not KEY=VALUE/);
  const wrong = await net.run('rule', 'node', 'create', '--query', 'G.V().Hass()', 'Team=web');
  expect(wrong.err).toMatch(/no step named "Hass"/);
  expect(wrong.exitCode).toBe(2);
});

test('set says something of one node, unset takes it back', async () => {
  await using net = await network();
  expect(await net.run('set', 'br0', 'Rack=7', 'Owner=web team')).toMatchObject({
    err: 'br0: Rack is set, Owner is set\n',
    exitCode: 0,
  });
  expect(net.ground.node('br')?.metadata).toMatchObject({ Rack: 7, Owner: 'web team' });
  expect(net.ground.kept.now.userMetadata).toEqual([{ TID: 'tid-br', Metadata: { Rack: 7, Owner: 'web team' } }]);
  expect((await net.run('unset', 'br0', 'Rack', 'Owner')).err).toBe(
    'br0: Rack is not set any more, Owner is not set any more\n',
  );
  expect(net.ground.node('br')?.metadata).not.toHaveProperty('Owner');
  expect(net.ground.kept.now.userMetadata).toEqual([]);
});
