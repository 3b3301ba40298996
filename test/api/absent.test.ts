import { type AbsentHost, absenceWarnings } from '../../src/api/absent.ts';
import { ask, node, testServer } from './server.ts';

const away = (host: string, since: number, until?: number): AbsentHost => ({ host, since, until });

test('an answer about now says whose agents are away', async () => {
  let absent = [away('h2', 1_000)];
  await using server = await testServer({ absent: () => absent });
  server.say(node('a'));
  const warningsOf = async (query: string, more = {}) => {
    const { text } = await ask(server, '/api/query', { method: 'POST', body: JSON.stringify({ query, ...more }) });
    return (JSON.parse(text) as { warnings: unknown[] }).warnings;
  };
  expect(await warningsOf('G.V()')).toEqual([
    {
      code: 'fleet.away',
      message: 'the agent of h2 (1970-01-01T00:00:01.000Z) is away: what the answer says of this host is from before',
      hint: 'skein get agents',
    },
  ]);
  expect(await warningsOf('G.V()', { explain: true })).toEqual([]);
  absent = [];
  expect(await warningsOf('G.V()')).toEqual([]);
});

test('an answer about then says whose agents were away then', () => {
  const all = [away('gone', 100, 200), away('out', 300)];
  const hosts = (from: number, to: number) =>
    absenceWarnings({ kind: 'nodes', time: { from, to } }, all).flatMap(({ message }) => message.match(/gone|out/g));
  expect(hosts(50, 90)).toEqual([]);
  expect(hosts(150, 150)).toEqual(['gone']);
  expect(hosts(200, 250)).toEqual([]);
  expect(hosts(150, 350)).toEqual(['gone', 'out']);
  // Gone for good is closed: there is nothing to say of now.
  expect(absenceWarnings({ kind: 'nodes', time: undefined }, all)).toMatchObject([
    { message: expect.stringMatching(/^the agent of out /) },
  ]);
});

test('of very many a few are named', () => {
  const all = Array.from({ length: 9 }, (_, i) => away(`h${i}`, 0));
  expect(absenceWarnings({ kind: 'nodes', time: undefined }, all)[0]?.message).toMatch(
    /^the agents of h0 .* and 4 more are away: what the answer says of these hosts is from before$/,
  );
});
