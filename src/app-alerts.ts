/** The composition root's part about alerts: standing conditions, and who is told of them. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { Script } from 'node:vm';
import { type Alert, type AllAlerts, defaultLimits } from './alerts/alert.ts';
import { Alerts } from './alerts/alerts.ts';
import type { AlertsParts } from './alerts/parts.ts';
import { reasonOf, reasonOfValue } from './api/alert-reason.ts';
import { turn } from './api/write.ts';
import type { Answering } from './app-api.ts';
import type { Config } from './config/options.ts';
import { alertEventShape, alertShape } from './contract/alert.ts';
import type { AlertStatus } from './contract/status.ts';
import type { Graph } from './graph/graph.ts';
import type { Timeline } from './graph/view.ts';
import type { Log } from './probes/probe.ts';
import { dialectOf } from './query/dialect.ts';
import type { Context, QueryEngine } from './query/query.ts';
import { systemClock } from './std/clock.ts';
import { type KeptLists, keptLists, type LongKeptLists, type SharedKeptLists } from './std/kept-lists.ts';
import { mistake } from './std/mistake.ts';
import { Unavailable } from './std/unavailable.ts';
import type { Caller, Workflows } from './workflows/workflow.ts';

export interface AlertParts {
  readonly config: Config;
  readonly host: string;
  readonly graph: Graph;
  readonly timeline: Timeline;
  readonly engine: QueryEngine;
  readonly flows: Pick<Context, 'flows' | 'matchFilter' | 'sockets'>;
  readonly log: Log;
  readonly notes: Map<string, string>;
  /** What conditions in JavaScript run in. */
  readonly workflows: Pick<Workflows, 'runSource'>;
  /** In whose name they ask: one who may only look. */
  readonly ask: Caller['ask'];
  /** Several servers have them together. */
  readonly shared?: {
    readonly alerts: KeptLists<AllAlerts> & Partial<SharedKeptLists<AllAlerts>>;
    readonly isFirst: () => boolean;
    readonly lastTurn: () => number | undefined;
    onFirst(listener: () => void): void;
  };
}

export interface RunningAlerts extends AsyncDisposable {
  readonly api: Alerts;
  status(): AlertStatus;
}

export function startAlerts(parts: AlertParts): RunningAlerts {
  const { config, graph, host, log, notes, shared } = parts;
  const folders = { scripts: config.alert.scripts, logs: join(config.data, 'alerts') };
  const alerts = new Alerts({
    look: (expression, signal) => look(parts, expression, signal),
    check: (expression) => check(parts, expression),
    warnings: (expression) => warningsOf(parts, expression),
    async act(...told) {
      // Most alerts are never told of.
      const { act } = await import('./alerts/act/act.ts');
      return act(...told, folders);
    },
    actionRules: folders,
    kept: shared?.alerts ?? keptAlerts(config),
    isFirst: shared?.isFirst ?? (() => true),
    ...(shared && { lastTurn: shared.lastTurn }),
    host,
    newId: randomUUID,
    clock: systemClock,
    random: Math.random,
    usedMs() {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1000;
    },
    log,
    limits: defaultLimits,
  } satisfies AlertsParts);
  const note = alerts.start();
  if (note !== undefined) {
    log.warn(note);
    notes.set('alerts', note);
  }
  const unsubscribe = graph.subscribe((commit) => alerts.saw(commit));
  shared?.onFirst(() => alerts.setFirst());
  shared?.alerts.changed?.((lists) => alerts.replace(lists));
  return {
    api: alerts,
    status() {
      const { isFirst, alerts: All, firing, pending, failing, waiting, told, held, ...counts } = alerts.status();
      return {
        ...{ IsMaster: isFirst, All, Firing: firing, Pending: pending, Failing: failing, Waiting: waiting },
        ...{
          Looks: counts.looks,
          FailedLooks: counts.failed,
          LateLooks: counts.late,
          Fired: counts.fired,
          Resolved: counts.resolved,
        },
        ...{ Told: told.done, NotTold: told.failed, Retried: told.retried, Dropped: told.dropped },
        Unheard: counts.unheard,
        ...(held !== undefined && { Held: held }),
      };
    },
    async [Symbol.asyncDispose]() {
      unsubscribe();
      await alerts.stop();
    },
  };
}

/** Conditions may be looked at before there is an API. */
export async function askToRead(
  answering: Pick<Answering, 'askToRead'> | undefined,
  ...[request, signal]: Parameters<Caller['ask']>
): ReturnType<Caller['ask']> {
  if (answering === undefined) throw new Unavailable('the API', 'a moment: it is starting');
  return answering.askToRead('alerts', request, signal);
}

export function keptAlerts({ data }: Config): LongKeptLists<AllAlerts> {
  return keptLists<AllAlerts>({
    file: join(data, 'alerts.json'),
    things: 'alerts',
    isEntry: {
      alerts: (value) => alertShape.safeParse(value).success,
      standings: (value) => hasTexts(value, 'UUID', 'State'),
      deliveries: (value) => hasTexts(value, 'ID', 'Alert', 'Action'),
      history: (value) => alertEventShape.safeParse(value).success,
    },
    nowMs: Date.now,
  });
}

/** What names an entry among those of other servers. */
export function alertKeyOf(list: keyof AllAlerts, entry: unknown): string {
  const its = entry as { readonly ID?: string; readonly UUID?: Alert['UUID'] };
  return (list === 'deliveries' || list === 'history' ? its.ID : its.UUID) ?? '';
}

async function look({ engine, timeline, flows, workflows, ask }: AlertParts, expression: string, signal: AbortSignal) {
  if (!isGremlin(expression)) {
    const source = `function () { return (${expression}\n); }`;
    return reasonOfValue((await workflows.runSource(source, { as: { name: 'alerts', ask }, signal })).result);
  }
  const context = { timeline, ...flows, nowMs: Date.now(), elapsed: () => performance.now(), turn, signal };
  return reasonOf(await engine.run(engine.prepare(expression), context));
}

function check({ engine }: AlertParts, expression: string): void {
  if (!isGremlin(expression)) {
    try {
      // Only read, never run here.
      new Script(`(${expression}\n)`);
    } catch (error) {
      const hint = "G.V().Has('State', 'DOWN'), or Gremlin(\"G.V()\").length > 100";
      throw mistake('alert.expression', `Expression: is neither Gremlin nor JavaScript: ${error}`, hint);
    }
    return;
  }
  if (dialectOf(expression) === 'gremlin')
    throw mistake('alert.dialect', 'an alert is asked with G, not in standard Gremlin', "G.V().Has('State', 'DOWN')");
  const { mode } = engine.prepare(expression).plan;
  if (mode !== 'run')
    throw mistake('alert.plan', 'an alert looks at what is found, not at how', 'leave Explain() or Profile() out');
}

/** It was looked at when it was made; what a newer release does not know any more is told when it is looked at. */
function warningsOf({ engine }: AlertParts, expression: string): readonly string[] {
  if (!isGremlin(expression)) return [];
  try {
    return engine.prepare(expression).warnings.map(({ message }) => message);
  } catch {
    return [];
  }
}

function isGremlin(expression: string): boolean {
  return /^\s*[gG]\s*(\.|$)/.test(expression);
}

function hasTexts(value: unknown, ...keys: readonly string[]): boolean {
  const its = (value ?? {}) as Readonly<Record<string, unknown>>;
  return keys.every((key) => typeof its[key] === 'string');
}
