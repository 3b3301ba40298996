/**
 * A thousand alerts over a graph that changes a thousand times a second: what they cost, how long they hold up the
 * process at a time, and what an answer to somebody else takes, against the same without them.
 * Run: node bench/alerts.ts
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type AllAlerts, defaultLimits } from '../src/alerts/alert.ts';
import { Alerts } from '../src/alerts/alerts.ts';
import { reasonOf } from '../src/api/alert-reason.ts';
import { turn } from '../src/api/write.ts';
import { MergedTimeline } from '../src/archive/timeline.ts';
import { newAlertShape } from '../src/contract/alert.ts';
import { Graph } from '../src/graph/graph.ts';
import { QueryEngine } from '../src/query/query.ts';
import { systemClock } from '../src/std/clock.ts';
import { keptLists } from '../src/std/kept-lists.ts';
import { watchStretches } from './stretch.ts';

const NODES = 2_000;
const ALERTS = 1_000;
const CHANGES_A_SECOND = 1_000;
const SECONDS = 10;
/** With the alerts an answer to somebody else may take so many times as long, and the process be held for so long. */
const SLOWER_MAX = 3;
const HELD_MS_MAX = 50;

const graph = new Graph({ indexed: ['Name', 'Type'], begin: Date.now() - 1_000 });
const engine = new QueryEngine({ keys: () => ['Name', 'Type', 'State', 'MTU'] });
const timeline = new MergedTimeline({ graph, flushed: async () => undefined, nowMs: Date.now });
const ask = async (query: string, signal?: AbortSignal) => {
  const context = { timeline, nowMs: Date.now(), elapsed: () => performance.now(), turn, ...(signal && { signal }) };
  return engine.run(engine.prepare(query), context);
};

let changes = 0;
graph.apply(
  Array.from({ length: NODES }, (_, n) => nodeOf(n, 'UP')),
  source(),
);

const folder = mkdtempSync(join(tmpdir(), 'skein-bench-alerts-'));
try {
  const without = await measured();
  const alerts = madeAlerts();
  const made = performance.now();
  const unsubscribe = graph.subscribe((commit) => alerts.saw(commit));
  await pause(500);
  const before = alerts.status();
  const with_ = await measured();
  const after = alerts.status();
  unsubscribe();
  await alerts.stop();
  const rate = (key: 'looks' | 'fired' | 'resolved') => ((after[key] - before[key]) / SECONDS).toFixed(0);
  console.log(`${ALERTS} alerts, ${NODES} nodes, ${CHANGES_A_SECOND} changes a second, ${SECONDS} s`);
  console.log(`looks ${rate('looks')}/s  fired ${rate('fired')}/s  resolved ${rate('resolved')}/s  late ${after.late}`);
  console.log(
    `waiting ${after.waiting}, dropped ${after.told.dropped}; made within ${Math.round(performance.now() - made)} ms`,
  );
  for (const [name, { heldMs, p50, p99 }] of [
    ['without', without],
    ['with', with_],
  ] as const)
    console.log(
      `${name.padEnd(8)} held ${heldMs.toFixed(0)} ms  answer p50 ${p50.toFixed(2)} ms  p99 ${p99.toFixed(1)} ms`,
    );
  const slower = (with_.p50 + 1) / (without.p50 + 1);
  console.log(
    `an answer takes ${slower.toFixed(2)} times as long (at most ${SLOWER_MAX}), held ${with_.heldMs.toFixed(0)} ms (at most ${HELD_MS_MAX})`,
  );
  if (slower > SLOWER_MAX || with_.heldMs > HELD_MS_MAX) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function source() {
  return { host: 'bench', origin: 'bench', time: Date.now() };
}

function nodeOf(n: number, State: string) {
  const metadata = { Name: `n${n}`, Type: 'veth', State, MTU: 1_500 };
  return { kind: 'node', id: `id${n}`, metadata } as const;
}

/** Changes for a while, and somebody who asks every 5 ms: what the answers took, from when they were to be asked. */
async function measured() {
  const longest = watchStretches();
  const begun = performance.now();
  const took: number[] = [];
  for (let done = 0; done < SECONDS * CHANGES_A_SECOND; ) {
    const due = Math.min(SECONDS * CHANGES_A_SECOND, ((performance.now() - begun) / 1_000) * CHANGES_A_SECOND);
    for (; done < due; done++) {
      const n = changes++ % NODES;
      graph.apply([nodeOf(n, Math.floor(changes / NODES) % 2 === 0 ? 'DOWN' : 'UP')], source());
    }
    const from = performance.now() + 5;
    await pause(5);
    await ask("G.V().Has('Name', 'n7').Values('State')");
    took.push(performance.now() - from);
  }
  const sorted = took.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor(sorted.length * share)] ?? 0;
  return { heldMs: longest().cpuMs, p50: at(0.5), p99: at(0.99) };
}

function madeAlerts(): Alerts {
  const any = () => true;
  const alerts = new Alerts({
    look: async (expression, signal) => reasonOf(await ask(expression, signal)),
    check: () => undefined,
    warnings: () => [],
    act: async () => {
      throw new Error('nothing listens there');
    },
    actionRules: { scripts: undefined },
    kept: keptLists<AllAlerts>({
      file: join(folder, 'alerts.json'),
      things: 'alerts',
      isEntry: { alerts: any, standings: any, deliveries: any, history: any },
      nowMs: Date.now,
    }),
    isFirst: () => true,
    host: 'bench',
    newId: () => crypto.randomUUID(),
    clock: systemClock,
    random: Math.random,
    usedMs() {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1_000;
    },
    log: { info: () => undefined, warn: () => undefined },
    limits: { ...defaultLimits, alerts: ALERTS },
  });
  const all = Array.from({ length: ALERTS }, (_, n) => {
    const Expression =
      n % 10 === 0 ? `G.V().Has('State', 'DOWN').Limit(${n + 1})` : `G.V().Has('Name', 'n${n}', 'State', 'DOWN')`;
    const asked = newAlertShape.parse({ Expression, Action: 'http://127.0.0.1:1/' });
    return { UUID: `u${n}`, ...asked, CreateTime: new Date().toISOString() };
  });
  alerts.start();
  alerts.replace({ alerts: all, standings: [], deliveries: [], history: [] });
  return alerts;
}
