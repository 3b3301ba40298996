import { SocketTable } from '../../src/ends/socket-table.ts';
import { TranslationTable } from '../../src/ends/translation-table.ts';
import { type FakeSocket, fakeDoor } from '../../src/native/fake.ts';
import { guard } from '../../src/probes/guard.ts';
import { namespaceRegistry } from '../../src/probes/namespaces.ts';
import { quiet } from '../std/fake-clock.ts';

function guarded() {
  const door = fakeDoor();
  const stop = new AbortController();
  const graph = {
    apply() {
      throw new Error('said after the end');
    },
  };
  return { door, stop, ...guardOf(stop.signal) };

  function guardOf(signal: AbortSignal) {
    const { door: inside, ...rest } = guard(
      {
        door,
        graph,
        namespaces: namespaceRegistry(),
        sockets: new SocketTable(),
        translations: new TranslationTable(),
      },
      signal,
      () => 5,
    );
    return { inside, ...rest };
  }
}

test('a listener that throws fails the run, and is not heard by the kernel', async () => {
  const { door, inside, failed } = guarded();
  const socket = await inside.openNetlink({ protocol: 0 });
  socket.onBatch(() => {
    throw new RangeError('out of bounds');
  });
  door.sockets[0]?.push(new Uint8Array(16));
  await expect(failed).rejects.toThrow('out of bounds');
});

test('what a run opened is closed at its end, also what is only then opened', async () => {
  const { door, inside, stop, graph } = guarded();
  await inside.openNetlink({ protocol: 0 });
  (await inside.openNetlink({ protocol: 0 })).close();
  inside.watchNamespaces(() => undefined);
  const late = inside.openNetlink({ protocol: 0 });
  stop.abort();
  await late;
  expect(door.sockets.map((socket: FakeSocket) => socket.isClosed)).toEqual([true, true, true]);
  expect(door.watchers).toBe(0);
  expect(graph.apply([])).toMatchObject({ events: [], time: 5 });
});

test('nothing is delivered after the end', async () => {
  const { inside, stop, namespaces } = guarded();
  const heard: string[] = [];
  const listener = { added: () => void heard.push('added'), removed: () => void heard.push('removed') };
  namespaces.watch(listener, new AbortController().signal);
  const socket = await inside.openNetlink({ protocol: 0 });
  socket.onBatch(() => void heard.push('batch'));
  stop.abort();
  namespaces.add({ nodeId: 'n', tid: 't', path: '/p', cookie: 1n, name: 'n' });
  await quiet();
  expect(heard).toEqual([]);
});
