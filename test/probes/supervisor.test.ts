import * as z from 'zod';
import { SocketTable } from '../../src/ends/socket-table.ts';
import { TranslationTable } from '../../src/ends/translation-table.ts';
import type { Door } from '../../src/native/door.ts';
import { NOTICE_REST_MS, STOP_MS } from '../../src/probes/keep.ts';
import { namespaceRegistry } from '../../src/probes/namespaces.ts';
import { defineProbe, type Probe, type ProbeContext } from '../../src/probes/probe.ts';
import { type ProbePlan, said, supervise } from '../../src/probes/supervisor.ts';
import { Unavailable } from '../../src/std/unavailable.ts';
import { fakeClock, quiet } from '../std/fake-clock.ts';

function world() {
  const clock = fakeClock();
  const lines: string[] = [];
  const applied: unknown[] = [];
  const closed: string[] = [];
  const door = {
    netnsIdentity: () => ({ cookie: 1n, inode: 1, device: 4 }),
    processNamespaces: async () => [],
    watchNamespaces: (onChange: () => void) => ({ kind: 'fake', close: () => void closed.push('watch'), onChange }),
  } as unknown as Door;
  const parts = {
    clock,
    door,
    random: () => 1,
    namespaces: namespaceRegistry(),
    sockets: new SocketTable(),
    translations: new TranslationTable(),
    graph: {
      apply(changes: Iterable<unknown>) {
        applied.push(...changes);
        return { time: 0, recordedAt: 0, events: [], samples: [], refused: [] };
      },
    },
    view: () => {
      throw new Error('not looked at');
    },
    host: { name: 'h', id: 'id', tid: 'tid', bootId: 'boot' },
    log: {
      info: (line: string) => void lines.push(line),
      warn: (line: string) => void lines.push(line.split('\n')[0] ?? ''),
    },
  };
  return { ...parts, parts, lines, applied, closed, run: (...plans: ProbePlan[]) => supervise(plans, parts) };
}

function probe(name: string, run: (context: ProbeContext<unknown>) => Promise<void>): Probe {
  return defineProbe({ name, doc: name, options: z.object({}), types: [], run });
}

const untilAborted = (signal: AbortSignal) =>
  new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));

test('a probe that is ready is up, and how long it took is known', async () => {
  const { run, clock } = world();
  const supervisor = run({
    probe: probe('slow', async ({ ready, signal, count }) => {
      await clock.pass(40);
      count('messages', 2);
      count('messages');
      ready();
      await untilAborted(signal);
    }),
  });
  await supervisor.ready();
  expect(supervisor.status()[0]).toMatchObject({
    state: 'up',
    runs: 1,
    errors: 0,
    durationMs: 40,
    counters: { messages: 3 },
  });
  await supervisor.stop();
  expect(supervisor.status()[0]?.state).toBe('off');
});

test('what the world refuses is said once with what would do, and tried again with back-off', async () => {
  const { run, clock, lines } = world();
  const supervisor = run({
    probe: probe('ovs', async () => {
      throw new Unavailable('cannot open db.sock', 'read access to /run/openvswitch/db.sock');
    }),
  });
  await supervisor.ready();
  expect(supervisor.status()[0]).toMatchObject({
    state: 'waiting',
    needs: 'read access to /run/openvswitch/db.sock',
    nextTryMs: clock.now() + 1000,
  });
  await clock.pass(130_000);
  // 0, 1, 3, 7, 15, 31, 63, 123 s
  expect(supervisor.status()[0]).toMatchObject({ runs: 8, errors: 8 });
  expect(lines).toEqual([
    'probe ovs: cannot open db.sock: needs read access to /run/openvswitch/db.sock; trying again in 1 s',
  ]);
  await supervisor.stop();
  expect(clock.waiting()).toBe(0);
});

test('a probe that comes back says so, once', async () => {
  const { run, clock, lines } = world();
  let tries = 0;
  const supervisor = run({
    probe: probe('flaky', async ({ ready, signal }) => {
      if (++tries < 3) throw new Unavailable('no server', 'a server');
      ready();
      ready();
      await untilAborted(signal);
    }),
  });
  await clock.pass(10_000);
  expect(lines).toEqual(['probe flaky: no server: needs a server; trying again in 1 s', 'probe flaky: up again']);
  expect(supervisor.status()[0]).toMatchObject({ state: 'up', runs: 3, errors: 2 });
  await supervisor.stop();
});

test('a bug in one probe, also in a callback, leaves the other alone', async () => {
  const { run, namespaces, lines, clock } = world();
  const supervisor = run(
    {
      probe: probe('buggy', async ({ ready, signal, namespaces: listened }) => {
        const bug = () => {
          throw new TypeError('x is not a function');
        };
        listened.watch({ added: bug, removed: bug }, signal);
        ready();
        await untilAborted(signal);
      }),
    },
    {
      probe: probe('fine', async ({ ready, signal }) => {
        ready();
        await untilAborted(signal);
      }),
    },
  );
  await supervisor.ready();
  namespaces.add({ nodeId: 'n', tid: 't', path: '/p', cookie: 1n, name: 'n' });
  await quiet();
  expect(supervisor.status().map(({ name, state }) => `${name} ${state}`)).toEqual(['buggy waiting', 'fine up']);
  expect(lines[0]).toBe('probe buggy: TypeError: x is not a function');
  await clock.pass(1000);
  expect(supervisor.status()[0]).toMatchObject({ runs: 2, lastError: 'x is not a function' });
  await supervisor.stop();
});

test('a run that ends leaves nothing open and is not heard any more', async () => {
  const { run, applied, closed } = world();
  let late: () => void = () => undefined;
  const supervisor = run({
    probe: probe('gone', async ({ door, graph }) => {
      door.watchNamespaces(() => undefined);
      late = () => void graph.apply([{ kind: 'gone', id: 'late' }]);
      graph.apply([{ kind: 'gone', id: 'early' }]);
    }),
  });
  await supervisor.ready();
  await quiet();
  late();
  expect(closed).toEqual(['watch']);
  expect(applied).toEqual([{ kind: 'gone', id: 'early' }]);
  expect(supervisor.status()[0]?.lastError).toBe('ended without being asked to');
  await supervisor.stop();
});

test('a notice lasts as long as its run and is logged when it changes', async () => {
  const { run, lines } = world();
  const supervisor = run({
    probe: probe('netns', async ({ ready, notice, signal }) => {
      notice('polling every 2 s');
      notice('polling every 2 s');
      ready();
      await untilAborted(signal);
    }),
  });
  await supervisor.ready();
  expect(supervisor.status()[0]?.notices).toEqual(['polling every 2 s']);
  await supervisor.stop();
  expect(supervisor.status()[0]?.notices).toEqual([]);
  expect(lines).toEqual(['probe netns: polling every 2 s']);
});

test('notices that change from moment to moment are logged by the first and the last word', async () => {
  const { run, clock, lines } = world();
  const { promise: later, resolve: go } = Promise.withResolvers<void>();
  const supervisor = run({
    probe: probe('conntrack', async ({ ready, notice, signal }) => {
      for (let seen = 1; seen <= 20; seen++) notice(`cannot see ${seen}`);
      ready();
      await later;
      notice('cannot see 21');
      notice(undefined);
      notice('cannot see 20');
      await untilAborted(signal);
    }),
  });
  await supervisor.ready();
  expect(supervisor.status()[0]?.notices).toEqual(['cannot see 20']);
  expect(lines).toEqual(['probe conntrack: cannot see 1']);
  await clock.pass(NOTICE_REST_MS);
  expect(lines).toEqual(['probe conntrack: cannot see 1', 'probe conntrack: cannot see 20']);
  go();
  await clock.pass(NOTICE_REST_MS);
  await clock.pass(NOTICE_REST_MS);
  await supervisor.stop();
  expect(lines).toEqual(['probe conntrack: cannot see 1', 'probe conntrack: cannot see 20']);
});

test('what is said quietly is told and not logged, and gives way to what is not', async () => {
  const { run, lines } = world();
  const { promise: changed, resolve: change } = Promise.withResolvers<void>();
  const supervisor = run({
    probe: probe('ovs', async ({ ready, notice, signal }) => {
      notice('nothing here', 'quietly');
      ready();
      await changed;
      notice('gone');
      await untilAborted(signal);
    }),
  });
  await supervisor.ready();
  const status = () => supervisor.status().map((one) => [said(one), one.notices]);
  expect(status()).toEqual([['nothing here', []]]);
  expect(lines).toEqual([]);
  change();
  await changed;
  expect(status()).toEqual([['gone', ['gone']]]);
  await supervisor.stop();
  expect(lines).toEqual(['probe ovs: gone']);
});

test('a probe that does not listen is left behind', async () => {
  const { run, clock, lines } = world();
  const supervisor = run({ probe: probe('deaf', () => new Promise(() => undefined)) });
  await quiet();
  const stopped = supervisor.stop();
  await clock.pass(STOP_MS);
  await stopped;
  expect(lines).toEqual(['probe deaf: did not stop within 5 s; left behind']);
});

test('a probe that is off is listed and does not run; stopping at once is fine', async () => {
  const { run } = world();
  const supervisor = run({
    on: false,
    probe: probe('off', async () => {
      throw new Error('ran');
    }),
  });
  await supervisor.ready();
  await supervisor.stop();
  expect(supervisor.status()[0]).toMatchObject({ state: 'off', runs: 0 });
});

test('all wrong options of all probes are named before anything runs', () => {
  const { run } = world();
  let ran = false;
  const picky = defineProbe({
    name: 'picky',
    doc: '',
    options: z.object({ pollMs: z.number(), paths: z.array(z.string()) }),
    types: [],
    async run() {
      ran = true;
    },
  });
  expect(() => run({ probe: picky as Probe, options: { pollMs: 'soon', paths: [1] } })).toThrow(
    /probe picky: option pollMs: .*; probe picky: option paths\[0\]: /,
  );
  expect(ran).toBe(false);
});
