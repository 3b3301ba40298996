import { keptMemory, type RememberedLists } from '../../../src/relay/analyzer/kept-memory.ts';
import type { RememberedAgent } from '../../../src/relay/analyzer/memory.ts';
import { fakeClock } from '../../std/fake-clock.ts';
import { HELLO, nodeVersion, speaker } from '../said.ts';
import { anAnalyzer } from '../two-sides.ts';

test('the home closes the history of an agent that is gone, though one that mirrors it has heard of it since', async () => {
  const clock = fakeClock();
  const memory = keptMemory(lists(), { isShared: true });
  const [home, other] = [anAnalyzer(clock, { memory }), anAnalyzer(clock, { memory, name: 'two' })];
  await Promise.all([home.agents.start(), other.agents.start()]);
  const toHome = speaker(home.agents, clock);
  toHome.say(HELLO);
  toHome.batch(1, { graph: [nodeVersion('a', 500)], isWholeGraph: true, time: 999_000 });
  const toOther = speaker(other.agents, clock);
  toOther.say({ ...HELLO, role: 'mirror' });
  toOther.batch(1, { graph: [nodeVersion('a', 500)], isWholeGraph: true, time: 999_500 });
  await clock.pass(6_000);
  toHome.cut();
  toOther.cut();
  await clock.pass(61_000);
  expect([...home.alive(), ...other.alive()]).toEqual([]);
  expect(home.archive.names()).toEqual(['a ended 999000', 'a@500#1']);
  expect(other.archive.names()).toEqual([]);
});

test('of an agent that several remember its home is found, and what only a mirror remembers is no home', async () => {
  const memory = keptMemory(lists(), { isShared: true });
  const told = { agent: 'a', host: 'h', software: 's', address: '', spool: 'p' } as const;
  await memory.keep([{ ...told, role: 'mirror', kept: 0, lastTime: 1_000 }]);
  expect(await memory.find?.('a')).toBeUndefined();
  const atHome: RememberedAgent = { ...told, role: 'home', kept: 7, lastTime: 900 };
  await memory.keep([atHome]);
  await memory.keep([{ ...told, role: 'mirror', kept: 0, lastTime: 2_000 }]);
  expect(await memory.find?.('a')).toEqual(atHome);
  expect(await memory.load()).toEqual([atHome]);
});

test('an analyzer that shares its memory with nobody remembers an agent as it was last', async () => {
  const memory = keptMemory(lists());
  const told = { agent: 'a', host: 'h', software: 's', address: '', spool: 'p', kept: 7 } as const;
  await memory.keep([{ ...told, role: 'home', lastTime: 900 }]);
  await memory.keep([{ ...told, role: 'mirror', lastTime: 2_000 }]);
  expect(await memory.load()).toEqual([{ ...told, role: 'mirror', lastTime: 2_000 }]);
});

function lists() {
  let lists: RememberedLists = { agents: [] };
  return {
    read: () => ({ lists, note: undefined }),
    write: (next: RememberedLists) => {
      lists = next;
    },
  };
}
