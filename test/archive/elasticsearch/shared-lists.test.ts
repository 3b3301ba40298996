import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Elastic } from '../../../src/archive/elasticsearch/client.ts';
import { SharedLists, type SharedListsParts } from '../../../src/archive/elasticsearch/shared-lists.ts';
import { type Clock, systemClock } from '../../../src/std/clock.ts';
import { keptLists } from '../../../src/std/kept-lists.ts';
import { fakeClock } from '../../std/fake-clock.ts';
import { esServer, stopServers } from './servers.ts';

interface Entry {
  readonly id: string;
  readonly text?: string;
}
type Rules = { readonly rules: readonly Entry[]; readonly users: readonly Entry[] };

const server = esServer('es8');
afterAll(stopServers);

test('what one changes is what the others read, and they are told', async () => {
  await using world = await open();
  const [a, b] = [world.analyzer('a'), world.analyzer('b')];
  await a.lists.look();
  await b.lists.look();
  const told: Rules[] = [];
  b.lists.changed((lists) => told.push(lists));
  a.lists.write({ rules: [{ id: '1' }], users: [] });
  await a.lists.written();
  await b.lists.look();
  expect(b.lists.read()).toEqual({ lists: { rules: [{ id: '1' }], users: [] }, note: undefined });
  expect(told).toEqual([b.lists.read().lists]);
  await b.lists.look();
  expect(told.length).toBe(1);
});

test('of two who change at once neither loses anything', async () => {
  await using world = await open();
  const all = Array.from({ length: 4 }, (_, i) => world.analyzer(String(i)));
  await all[0]?.lists.look();
  await Promise.all(all.map(({ lists }) => lists.look()));
  for (let n = 0; n < 5; n++) {
    for (const { lists, name } of all) {
      const { rules, users } = lists.read().lists;
      lists.write({ rules: [...rules, { id: `${name}.${n}` }], users });
    }
    await Promise.all(all.map(({ lists }) => lists.written()));
  }
  await Promise.all(all.map(({ lists }) => lists.look()));
  const ids = all.map(({ lists }) =>
    lists
      .read()
      .lists.rules.map(({ id }) => id)
      .sort(),
  );
  expect(ids[0]?.length).toBe(20);
  for (const list of ids) expect(list).toEqual(ids[0]);
});

test('an entry that is changed here and another that is removed there are both so', async () => {
  await using world = await open();
  const [a, b] = [world.analyzer('a'), world.analyzer('b')];
  await a.lists.look();
  a.lists.write({ rules: [{ id: '1' }, { id: '2' }, { id: '3' }], users: [] });
  await a.lists.written();
  await b.lists.look();
  a.lists.write({ rules: [{ id: '1', text: 'new' }, { id: '2' }, { id: '3' }], users: [] });
  b.lists.write({ rules: [{ id: '1' }, { id: '3' }], users: [{ id: 'u' }] });
  await Promise.all([a.lists.written(), b.lists.written()]);
  await Promise.all([a.lists.look(), b.lists.look()]);
  const wanted = { rules: [{ id: '1', text: 'new' }, { id: '3' }], users: [{ id: 'u' }] };
  expect(a.lists.read().lists).toEqual(wanted);
  expect(b.lists.read().lists).toEqual(wanted);
});

test('while the server is away they can be read as they were, with a note, and not changed', async () => {
  await using world = await open();
  const a = world.analyzer('a');
  await a.lists.look();
  a.lists.write({ rules: [{ id: '1' }], users: [] });
  await a.lists.written();
  a.isCut = true;
  await a.lists.look();
  expect(a.lists.read().lists.rules).toEqual([{ id: '1' }]);
  expect(a.lists.read().note).toMatch(/^rules are as they were last, and cannot be changed: cut off$/);
  expect(() => a.lists.write({ rules: [], users: [] })).toThrow(/cut off/);
  // Also after a start without it.
  const again = world.analyzer('a', { isCut: true });
  expect(again.lists.read().lists.rules).toEqual([{ id: '1' }]);
  a.isCut = false;
  await a.lists.look();
  expect(a.lists.read().note).toBeUndefined();
});

test('what was taken and could not be sent arrives when the server is back', async () => {
  await using world = await open();
  const [a, b] = [world.analyzer('a'), world.analyzer('b')];
  await a.lists.look();
  await b.lists.look();
  a.isCut = true;
  a.lists.write({ rules: [{ id: '1' }], users: [] });
  await expect(a.lists.written()).rejects.toThrow('cut off');
  b.lists.write({ rules: [{ id: '2' }], users: [] });
  await b.lists.written();
  a.isCut = false;
  await a.lists.look();
  await b.lists.look();
  expect(b.lists.read().lists.rules).toEqual([{ id: '2' }, { id: '1' }]);
});

test('where nobody changed them since, a change is one request; where somebody did, nothing is lost', async () => {
  await using world = await open();
  const [a, b] = [world.analyzer('a'), world.analyzer('b')];
  await a.lists.look();
  await b.lists.look();
  a.asked.length = 0;
  for (const id of ['1', '2']) {
    const { rules } = a.lists.read().lists;
    a.lists.write({ rules: [...rules, { id }], users: [] });
    await a.lists.written();
  }
  expect(a.asked).toEqual(['PUT', 'PUT']);
  await b.lists.look();
  b.lists.write({ rules: [{ id: '2' }], users: [{ id: 'u' }] });
  await b.lists.written();
  a.lists.write({ rules: [{ id: '1' }, { id: '2' }, { id: '3' }], users: [] });
  await a.lists.written();
  expect(a.asked.slice(2)).toEqual(['PUT', 'GET', 'PUT']);
  await b.lists.look();
  for (const { lists } of [a, b])
    expect(lists.read().lists).toEqual({ rules: [{ id: '2' }, { id: '3' }], users: [{ id: 'u' }] });
});

test('entries of a newer release are left where they are', async () => {
  await using world = await open();
  const [newer, a] = [world.analyzer('n', { isEntry: () => true }), world.analyzer('a')];
  await newer.lists.look();
  newer.lists.write({ rules: [{ shape: 'new' } as never, { id: '1' }], users: [] });
  await newer.lists.written();
  await a.lists.look();
  expect(a.lists.read().lists.rules).toEqual([{ id: '1' }]);
  a.lists.write({ rules: [{ id: '2' }], users: [] });
  await a.lists.written();
  await newer.lists.look();
  expect(newer.lists.read().lists.rules).toEqual([{ id: '2' }, { shape: 'new' }]);
});

test('a change is with the others within two seconds', async () => {
  const clock = fakeClock();
  await using world = await open(clock);
  const [a, b] = [world.analyzer('a'), world.analyzer('b')];
  await Promise.all([a.lists.start(), b.lists.start()]);
  const arrived = new Promise((resolve) => b.lists.changed(resolve));
  a.lists.write({ rules: [{ id: '1' }], users: [] });
  await a.lists.written();
  await clock.pass(2_000);
  // It has looked: that the server answers takes the time that it takes.
  await arrived;
});

interface Analyzer {
  readonly name: string;
  readonly lists: SharedLists<Rules>;
  isCut: boolean;
  /** How the server was asked. */
  readonly asked: string[];
}

async function open(clock: Clock = systemClock) {
  const elastic = new Elastic({ urls: [(await server).url] });
  const index = `test-lists-${randomUUID().slice(0, 8)}`;
  const folder = mkdtempSync(join(tmpdir(), 'skein-lists-'));
  await using made = new AsyncDisposableStack();
  made.defer(async () => {
    rmSync(folder, { recursive: true });
    await elastic.request({ method: 'DELETE', path: `/${index}`, fine: [404] });
    await elastic.close();
  });
  const stack = made.move();
  return {
    analyzer(name: string, { isCut = false, isEntry = isOurs } = {}): Analyzer {
      const own = { name, isCut, asked: [] as string[] };
      const request: SharedListsParts<Rules>['elastic']['request'] = async (asked) => {
        own.asked.push(asked.method);
        if (own.isCut) throw new Error('cut off');
        return elastic.request<never>(asked);
      };
      const file = join(folder, `${name}.json`);
      const entries = { rules: isEntry, users: isEntry };
      const local = keptLists<Rules>({ file, things: 'rules', isEntry: entries, nowMs: Date.now });
      const keyOf = (_: string, entry: unknown) => String((entry as Entry).id ?? JSON.stringify(entry));
      const world = { clock, random: () => 0.5 };
      const parts = { elastic: { request }, index, things: 'rules', local, keyOf, isEntry: entries, ...world };
      const lists = new SharedLists<Rules>(parts);
      stack.use(lists);
      return Object.assign(own, { lists });
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

function isOurs(entry: unknown): boolean {
  return typeof (entry as Partial<Entry>).id === 'string';
}
