/** A world made of a text: checks are run on it, and what they send is answered as the test says. */

import type { CheckResult, RunSummary } from '../../../src/checks/result.ts';
import { defaultSendLimits, Pace } from '../../../src/checks/run/rations.ts';
import { type RunAsked, runChecks } from '../../../src/checks/run/run-checks.ts';
import type { Injected, World } from '../../../src/checks/run/world.ts';
import { parseSuites } from '../../../src/checks/suite/parse.ts';
import { readGraph } from '../../../src/graph/text.ts';
import type { Timeline } from '../../../src/graph/view.ts';
import { QueryEngine } from '../../../src/query/query.ts';
import { type FakeClock, fakeClock } from '../../std/fake-clock.ts';

export interface FakeWorld {
  readonly world: World;
  readonly clock: FakeClock;
  /** Captures and injections that are there now. */
  open(): { readonly watches: number; readonly injections: number };
  /** Injections that were made, in their order. */
  readonly made: { readonly From: string; readonly DstIP?: string }[];
}

/** `answers`: whether the packets of the so-manieth injection are answered. */
export function fakeWorld(text: string, answers: (attempt: number) => boolean = () => true): FakeWorld {
  const clock = fakeClock();
  const graph = readGraph(text);
  const timeline: Timeline = {
    now: () => graph.now(),
    at: () => graph.now(),
    between: () => graph.now(),
    history: async () => [],
    diff: async () => [],
    samples: async () => new Map(),
    timeOf: () => undefined,
    range: () => ({ from: 0, to: clock.now() }),
  };
  const engine = new QueryEngine({ keys: () => [] });
  const watches = new Set<object>();
  const injections = new Map<string, Injected>();
  const made: FakeWorld['made'][number][] = [];
  const world: World = {
    version: '1',
    clock,
    elapsed: () => clock.now(),
    turn: async () => undefined,
    newId: () => 'run',
    timeline,
    revision: () => graph.revision,
    ask: async (query, its) =>
      engine.run(engine.prepare(query), {
        timeline: its,
        nowMs: clock.now(),
        elapsed: () => clock.now(),
        turn: async () => undefined,
      }),
    watching: {
      async open() {
        const watch = {
          id: 'capture',
          isWatched: () => false,
          notes: () => [],
          async [Symbol.asyncDispose]() {
            watches.delete(watch);
          },
        };
        watches.add(watch);
        return watch;
      },
    },
    injecting: {
      async create(asked) {
        const isAnswered = answers(made.length);
        made.push(asked);
        const UUID = String(made.length);
        const Replies = {
          Received: 0,
          EchoReply: isAnswered ? 1 : 0,
          SynAck: isAnswered ? 1 : 0,
          Reset: 0,
          Datagram: 0,
          Errors: [],
        };
        const one = { UUID, State: 'completed', TrackingIDs: ['1'], Packet: { Name: 'eth0' }, Sent: 1, Replies };
        injections.set(UUID, one);
        return one;
      },
      get: (uuid) => injections.get(uuid),
      remove: async (uuid) => injections.delete(uuid),
      async done(uuid, signal) {
        await new Promise<void>((resolve) => {
          const cancel = clock.after(100, resolve);
          signal?.addEventListener('abort', () => {
            cancel();
            resolve();
          });
        });
        return injections.get(uuid);
      },
    },
    metrics: async () => '# HELP x\nskein_a{of="x"} 3\nskein_a{of="y"} 5\n',
    workflow: async (name) => ({ is: name }),
    log: { warn: (message) => console.error(message) },
  };
  return { world, clock, made, open: () => ({ watches: watches.size, injections: injections.size }) };
}

export interface Ran {
  readonly results: CheckResult[];
  readonly summary: Promise<RunSummary>;
  readonly stop: AbortController;
  /** `id status`, in the order they were told. */
  said(): string[];
}

/** `checks`: the YAML of the list of checks. */
export function ran(
  { world }: Pick<FakeWorld, 'world'>,
  checks: string,
  asked: Partial<RunAsked> = {},
  head = '',
  results: CheckResult[] = [],
): Ran {
  const text = `apiVersion: checks/v1\nkind: CheckSuite\nmetadata: { name: s }\n${head}\nchecks:\n${checks}`;
  const { suites } = parseSuites([{ file: 'a.yaml', text }]);
  const stop = new AbortController();
  const all: RunAsked = {
    id: 'run',
    checks: suites.flatMap((suite) => suite.checks),
    jobs: 8,
    timeoutMs: undefined,
    isFailFast: false,
    retryFailed: 0,
    isDry: false,
    hasPackets: false,
    lastGreen: () => undefined,
    limits: defaultSendLimits,
    pace: new Pace(world.clock, defaultSendLimits),
    ...asked,
  };
  const summary = runChecks(all, world, (result) => results.push(result), stop.signal);
  return { results, summary, stop, said: () => results.map(({ id, status }) => `${id} ${status}`) };
}
