/** The driver of TinkerPop, unmodified, asks a real `skein up` about the network of this machine. */
import { createRequire } from 'node:module';
import { inFolder, type Running, skeinUp } from './running.ts';

// The driver brings no types.
const { driver, process: gremlin } = createRequire(import.meta.url)('gremlin');
const { traversal, statics: __, P, t } = gremlin;
type Source = ReturnType<typeof traversal>;

/** Asks over one connection. */
async function connected(skein: Running, use: (g: Source) => Promise<void>): Promise<void> {
  const connection = new driver.DriverRemoteConnection(`${skein.url.replace('http', 'ws')}/gremlin`);
  try {
    await use(traversal().withRemote(connection));
  } finally {
    await connection.close();
  }
}

test('a driver asks the network, its past and its flows, and what it adds is kept when it is answered', () =>
  inFolder(async (data) => {
    const before = await skeinUp(data);
    const [host] = (await before.query("G.V().Has('Type', 'host').Values('Name')")) as string[];
    await connected(before, async (g) => {
      expect(await g.V().hasLabel('host').values('Name').toList()).toEqual([host]);
      const states = await g.V().hasLabel('host').out('ownership').has('Name', 'lo').values('State').toList();
      expect(states).toEqual(await before.query("G.V().Has('Type','host').Out().Has('Name','lo').Values('State')"));
      expect(await g.with_('at', 'now').V().hasLabel('host').count().toList()).toEqual([1]);
      expect(
        await g
          .call('flows', new Map([['Transport.B', 1]]))
          .count()
          .toList(),
      ).toEqual([0]);
      await expect(g.call('floes').toList()).rejects.toThrow(/did you mean flows/);
      await expect(g.with_('at', '-10d').V().count().toList()).rejects.toThrow(/nothing is kept at/);
      const rack = g.addV('rack').property(t.id, 'rack-1').property('Name', 'r1');
      expect(await rack.addE('holds').to(__.V().hasLabel('host')).label().toList()).toEqual(['holds']);
      await expect(g.V().hasLabel('host').drop().iterate()).rejects.toThrow(/described by a probe/);
    });
    expect(await before.end('SIGKILL')).toBe('SIGKILL');

    const after = await skeinUp(data);
    await connected(after, async (g) => {
      expect(await g.V('rack-1').values('Name').toList()).toEqual(['r1']);
      expect(await g.V().has('Name', P.within('r1', 'r2')).out('holds').label().toList()).toEqual(['host']);
    });
    expect(await after.end()).toBe(0);
  }));

test('both spellings give the same of this machine', () =>
  inFolder(async (data) => {
    await using skein = await skeinUp(data);
    for (const [skydive, standard] of [
      ["G.V().Has('Type', 'host').Values('Name')", "g.V().hasLabel('host').values('Name')"],
      ["G.V().Has('Name', 'lo').Values('IfIndex')", "g.V().has('Name', 'lo').values('IfIndex')"],
      ["G.V().Has('Name', 'lo').In().Values('Type')", "g.V().has('Name', 'lo').in().values('Type')"],
      ["G.V().Has('Type', 'host').OutE().Values('RelationType')", "g.V().hasLabel('host').outE().label()"],
      ["G.V().Has('IfIndex', GT(0)).Values('Name')", "g.V().has('IfIndex', gt(0)).values('Name')"],
    ] as const) {
      const expected = (await skein.query(skydive)) as unknown[];
      expect({ skydive, count: expected.length }).not.toEqual({ skydive, count: 0 });
      expect({ standard, gives: await skein.query(standard) }).toEqual({ standard, gives: expected });
    }
    expect(await skein.end()).toBe(0);
  }));
