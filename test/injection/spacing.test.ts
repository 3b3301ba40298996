/** When packets go, and that who waits hears of it also while none does. */
import { asCaptured, GAP_MS_MAX } from '../../src/injection/host/schedule.ts';
import { SendingShare } from '../../src/injection/host/share.ts';
import type { InjectionDoor } from '../../src/native/injection.ts';
import { fakeClock } from '../std/fake-clock.ts';
import { bareHost } from './bare_host.ts';
import { probing } from './probing.ts';

test('a trace keeps its gaps, none of them longer than the bound or what was asked, none shorter than the rate allows', () => {
  const frames = [0, 5, 5, 5_000, 4_000, 4_200].map((atMs) => ({ bytes: Uint8Array.of(1), atMs }));
  const due = (intervalMs: number) => {
    const { count, dueMs } = asCaptured(frames, { intervalMs, rate: 1_000, met: () => undefined });
    return Array.from({ length: count }, (_, at) => dueMs(at));
  };
  expect(GAP_MS_MAX).toBe(1_000);
  expect(due(0)).toEqual([0, 5, 6, 1_006, 1_007, 1_207]);
  expect(due(100)).toEqual([0, 5, 6, 106, 107, 207]);
  expect(due(5_000)).toEqual(due(0));
});

test('all that a host sends is twice what one may, and what was not used does not add up', () => {
  let now = 0;
  const share = new SendingShare({ rate: 1_000, elapsed: () => now });
  const taken = () => {
    let count = 0;
    while (share.take()) count++;
    return count;
  };
  expect([taken(), taken()]).toEqual([100, 0]);
  now = 10;
  expect(taken()).toBe(20);
  now = 60_000;
  expect(taken()).toBe(100);
});

test('who listens hears every few seconds that an injection goes on, also while nothing is sent', async () => {
  const clock = fakeClock();
  // A host whose door never opens.
  const door = { openSender: () => new Promise(() => undefined) } as unknown as InjectionDoor;
  const host = bareHost({
    door,
    clock,
  });
  const order = {
    ...{ uuid: 'one', way: 'stack' as const, nodeId: 'host', namespaceId: 'host', interfaceName: 'lo', ifIndex: 1 },
    ...{ intervalMs: 60_000, waitMs: 0, what: probing('udp4') },
  } as const;
  const told = host.run(order, new AbortController().signal);
  expect((await told.next()).value).toMatchObject({ state: 'running', sent: 0 });
  for (let beat = 0; beat < 3; beat++) {
    const next = told.next();
    await clock.pass(2_000);
    expect((await next).value).toMatchObject({ state: 'running', sent: 0 });
  }
});
