/** Two processes that write to one place: what each of them has is seen, and put right, by the other. */
import type { Archive } from '../../../src/archive/archive.ts';
import type { GraphEvent } from '../../../src/graph/change.ts';
import type { Element, Metadata } from '../../../src/graph/element.ts';
import { fakeClock } from '../../std/fake-clock.ts';
import { anyPrefix, openOn } from './opened.ts';
import { esServer, stopServers } from './servers.ts';

const server = esServer('es8');

afterAll(stopServers);

test('what one has written another finds a second later, though it had looked just before', async () => {
  await using two = await openTwo();
  const { a, b, clock } = two;
  expect(await names(b, 1500)).toEqual([]);
  await write(a, 'a-1', [added(version(1, 1000, { N: 1 }))]);
  await clock.pass(1_000);
  expect(await names(b, 1500)).toEqual(['1']);
  expect((await b.range())?.from).toBe(1000);
});

test('what one tells late is put right with all that another wrote just before', async () => {
  await using two = await openTwo();
  const { a, b } = two;
  await names(b, 1500);
  await write(a, 'a-1', [added(version(1, 1000, { N: 1 }))]);
  await write(a, 'a-2', [updated(version(2, 2000, { N: 2 }), version(1, 1000, { N: 1 }))]);
  await write(a, 'a-3', [updated(version(4, 4000, { N: 4 }), version(2, 2000, { N: 2 }))]);
  // It takes its place between two of the other's, of which this one has never heard.
  await write(b, 'b-1', [updated(version(3, 3000, { N: 3 }), version(2, 2000, { N: 2 }))]);
  for (const archive of [a, b])
    for (const n of [1, 2, 3, 4]) expect(await names(archive, n * 1000 + 500)).toEqual([String(n)]);
});

test('what is open of some origins is found apart from the rest', async () => {
  await using two = await openTwo();
  const mine = version(1, 1000, {});
  const other = { ...mine, id: 'other', origin: 'agent.h' };
  await write(two.a, 'a-1', [added(mine), added(other)]);
  expect((await two.a.open(new Set(['analyzer', 'api']))).map(({ id }) => id)).toEqual(['x']);
  expect((await two.a.open()).map(({ id }) => id)).toEqual(['other', 'x']);
});

async function openTwo() {
  const { url } = await server;
  const clock = fakeClock(10_000);
  const options = { prefix: anyPrefix(), clock };
  const a = await openOn(url, options);
  const b = await openOn(url, options);
  return {
    ...{ a, b, clock },
    async [Symbol.asyncDispose]() {
      await a[Symbol.asyncDispose]();
      await b[Symbol.asyncDispose]();
    },
  };
}

function write(archive: Archive, id: string, events: readonly GraphEvent[]): Promise<void> {
  return archive.append({ id, time: 9_000, events, samples: [], isRelayed: true });
}

async function names(archive: Archive, time: number): Promise<string[]> {
  return [...(await archive.viewAt(time)).nodes('x')].map(({ metadata }) => String(metadata.N)).sort();
}

function version(revision: number, updatedAt: number, metadata: Metadata): Element {
  return {
    ...{ kind: 'node', id: 'x', metadata, host: 'h', origin: 'analyzer', createdAt: 1000, updatedAt },
    ...{ deletedAt: undefined, validTo: undefined, recordedAt: updatedAt, revision },
  };
}

function added(element: Element): GraphEvent {
  return { revision: 1, kind: 'added', element, before: undefined };
}

function updated(element: Element, before: Element): GraphEvent {
  return { revision: 1, kind: 'updated', element, before };
}
