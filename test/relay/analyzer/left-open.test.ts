import type { Socket } from '../../../src/ends/socket.ts';
import type { Told } from '../../../src/graph/told.ts';
import { noMemory } from '../../../src/relay/analyzer/memory.ts';
import { fakeClock } from '../../std/fake-clock.ts';
import { HELLO, nodeVersion, speaker } from '../said.ts';
import { anAnalyzer, ListArchive } from '../two-sides.ts';

const ALL = { isWholeGraph: true, isAllSockets: true } as const;

test('what closed while nobody was told is closed when all sockets are told to an analyzer that is new', async () => {
  const { clock, agents, archive, graph } = await afterAnother();
  graph.remember([nodeOf('ns'), nodeOf('gone'), { ...nodeOf('other'), origin: 'agent.h2' }]);
  graph.adopt(() => true);
  const agent = speaker(agents, clock);
  agent.say({ ...HELLO, next: 2 });
  const sockets = [socketAt('stays', 'ns'), socketAt('new', 'ns')];
  agent.batch(2, { ...ALL, graph: [nodeVersion('ns', 500)], sockets, time: 5_000 }, 0);
  await clock.pass(10);
  const closed = [...archive.socketBatches.values()].flatMap((batch) => batch.sockets).filter((its) => its.closedAt);
  expect(closed.map(({ id, closedAt }) => `${id} ${closedAt}`).toSorted()).toEqual(['closed 5000', 'with-it 5000']);
});

test('the archive is asked once, and not about a picture that was told before it was wanted', async () => {
  const { clock, agents, archive } = await afterAnother();
  const agent = speaker(agents, clock);
  agent.say({ ...HELLO, next: 3 });
  const told: Told[] = [nodeVersion('ns', 500)];
  const batch = { ...ALL, graph: told, sockets: [socketAt('stays', 'ns')] };
  agent.batch(2, { ...batch, sockets: [], time: 4_000 }, 0);
  await clock.pass(10);
  expect(archive.asked).toEqual([]);
  agent.batch(3, { ...batch, time: 5_000 });
  agent.batch(4, { ...batch, time: 6_000 });
  await clock.pass(10);
  expect(archive.asked).toEqual([{ time: { from: 5_000, to: 5_000 }, nodes: ['ns'] }]);
});

test('who becomes the home of an agent wants all of its sockets, and closes what the one before left open', async () => {
  const { clock, agents, archive } = await afterAnother();
  const mirrored = speaker(agents, clock);
  mirrored.say({ ...HELLO, role: 'mirror' });
  const batch = { ...ALL, graph: [nodeVersion('ns', 500)], sockets: [socketAt('stays', 'ns')] };
  mirrored.batch(1, { ...batch, time: 4_000 });
  await clock.pass(10);
  mirrored.cut();
  const agent = speaker(agents, clock);
  agent.say({ ...HELLO, next: 2 });
  await clock.pass(10);
  expect(agent.of('welcome')).toMatchObject([{ wants: { graph: true, sockets: true } }]);
  agent.batch(2, { ...batch, time: 5_000 }, 0);
  await clock.pass(10);
  expect([...archive.socketBatches.values()].at(-1)?.sockets).toMatchObject([{ id: 'closed', closedAt: 5_000 }, {}]);
});

test('an archive that is away is asked again, and one that has no answer keeps what was told', async () => {
  const { clock, agents, archive, only } = await afterAnother();
  const agent = speaker(agents, clock);
  agent.say({ ...HELLO, next: 2 });
  archive.goAway();
  const batch = { ...ALL, graph: [nodeVersion('ns', 500)], sockets: [socketAt('stays', 'ns')] };
  agent.batch(2, { ...batch, time: 5_000 }, 0);
  await clock.pass(1_000);
  expect(only()).toMatchObject({ kept: 0, taken: { refused: 0 } });
  archive.fault = undefined;
  archive.noAnswer = new Error('more than 1000 sockets');
  await clock.pass(6_000);
  expect(only()).toMatchObject({ kept: 2, taken: { refused: 0 } });
});

test('of an agent that does not come back after a restart of its analyzer no socket stays open', async () => {
  const clock = fakeClock();
  const archive = new AskedArchive();
  await archive.sockets.append({ id: 'before-1', time: 1_000, sockets: [socketAt('s', 'ns'), socketAt('t', 'other')] });
  const known = { agent: 'agent-1', host: 'h1', software: 's', address: 'a', role: 'home', spool: 's1' } as const;
  const memory = { ...noMemory, load: async () => [{ ...known, kept: 3, lastTime: 999_000 }] };
  const { agents, graph } = anAnalyzer(clock, { archive, memory });
  graph.remember([nodeOf('ns'), { ...nodeOf('other'), origin: 'agent.h2' }]);
  graph.adopt(() => true);
  await agents.start();
  await clock.pass(61_000);
  expect([...archive.socketBatches.values()].at(-1)?.sockets).toMatchObject([{ id: 's', closedAt: 999_000 }]);
});

class AskedArchive extends ListArchive {
  readonly asked: unknown[] = [];
  noAnswer: Error | undefined;

  constructor() {
    super();
    const { find } = this.sockets;
    this.sockets.find = (query) => {
      if (this.noAnswer) return Promise.reject(this.noAnswer);
      this.asked.push(query);
      return find(query);
    };
  }
}

/** An archive in which an analyzer before left sockets open, and a new one. */
async function afterAnother() {
  const clock = fakeClock();
  const archive = new AskedArchive();
  const sockets = [
    socketAt('stays', 'ns'),
    socketAt('closed', 'ns'),
    socketAt('with-it', 'gone'),
    socketAt('not-its', 'other'),
    { ...socketAt('later', 'ns'), openedAt: 6_000 },
  ];
  await archive.sockets.append({ id: 'before-1', time: 1_000, sockets });
  return { clock, ...anAnalyzer(clock, { archive }), archive };
}

function socketAt(id: string, node: string): Socket {
  const ends = { localAddress: '::', localPort: 80, remoteAddress: '', remotePort: 0 };
  return { id, node, protocol: 'TCP', state: 'LISTEN', openedAt: 5, ...ends };
}

function nodeOf(id: string) {
  return { ...nodeVersion(id, 500).element, origin: 'agent.h1' };
}
