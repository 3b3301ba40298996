/** Why an injection ended whose interface the kernel refused: one that is deleted is taken down first. */
import type { HostParts } from '../../src/injection/host/host.ts';
import type { InjectionDoor } from '../../src/native/injection.ts';
import { fakeClock } from '../std/fake-clock.ts';
import { bareHost } from './bare_host.ts';
import { probing } from './probing.ts';

test('an interface that is down when a packet goes, and gone a moment later, is said to be gone', async () => {
  const { told, remove, pass } = refused();
  await pass(100);
  remove();
  await pass(100);
  expect(await last(told)).toMatchObject({ state: 'failed', error: expect.stringMatching(/eth0 is gone/) });
});

test('one that is down and stays is said to be down', async () => {
  const { told, pass } = refused();
  await pass(5_000);
  expect(await last(told)).toMatchObject({ state: 'failed', error: expect.stringMatching(/eth0 is down/) });
});

test('one that is stopped while that is not known yet ends at once', async () => {
  const { told, stop, pass } = refused();
  await pass(100);
  stop();
  expect(await last(told)).toMatchObject({ state: 'running' });
});

/** An injection by an interface that refuses the first packet, as one that is down does. */
function refused() {
  const clock = fakeClock();
  const stopping = new AbortController();
  const sender = { send: async () => ({ sent: 0, times: new Uint8Array(), code: 'ENETDOWN' }), close: () => undefined };
  const answers = { onAnswers: () => undefined, close: () => undefined };
  const door: InjectionDoor = { openSender: async () => sender, openAnswers: async () => answers };
  type Saw = Parameters<HostParts['subscribe']>[0];
  let saw: Saw | undefined;
  const host = bareHost({
    door,
    clock,
    subscribe: (tell) => {
      saw = tell;
      return () => undefined;
    },
  });
  const order = {
    ...{ uuid: 'one', way: 'stack' as const, nodeId: 'eth0', namespaceId: 'host', interfaceName: 'eth0', ifIndex: 2 },
    ...{ intervalMs: 10, waitMs: 0, what: probing('udp4') },
  };
  const told = collected(host.run(order, stopping.signal));
  return {
    told,
    remove: () => saw?.({ events: [{ kind: 'removed', element: { kind: 'node', id: 'eth0' } }] } as never),
    stop: () => stopping.abort(),
    // What runs an injection is loaded with the first.
    pass: async (ms: number) => {
      await import('../../src/injection/host/run.ts');
      await new Promise((resolve) => setImmediate(resolve));
      await clock.pass(ms);
    },
  };
}

async function collected<T>(from: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const one of from) all.push(one);
  return all;
}

async function last<T>(told: Promise<readonly T[]>): Promise<T | undefined> {
  return (await told).at(-1);
}
