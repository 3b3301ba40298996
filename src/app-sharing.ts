/** The composition root's part about several analyzers: what they share, and who of them does what is done once. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { AllAlerts } from './alerts/alert.ts';
import { alertKeyOf, keptAlerts } from './app-alerts.ts';
import { elasticsearchPlace } from './app-archive.ts';
import { keptCaptures } from './app-flows.ts';
import { keptRules } from './app-rules.ts';
import { keptWorkflows } from './app-workflows.ts';
import type { KeptCaptures } from './capture/book.ts';
import type { Config } from './config/options.ts';
import type { Log } from './probes/probe.ts';
import { keptMemory, type RememberedLists } from './relay/analyzer/kept-memory.ts';
import type { AgentMemory, RememberedAgent } from './relay/analyzer/memory.ts';
import type { AllRules } from './rules/rule.ts';
import { systemClock } from './std/clock.ts';
import { type KeptLists, keptLists, type SharedKeptLists } from './std/kept-lists.ts';
import type { KeptWorkflows } from './workflows/book.ts';

export interface Sharing extends AsyncDisposable {
  readonly captures: KeptLists<KeptCaptures> & Partial<SharedKeptLists<KeptCaptures>>;
  readonly rules: KeptLists<AllRules> & Partial<SharedKeptLists<AllRules>>;
  readonly alerts: KeptLists<AllAlerts> & Partial<SharedKeptLists<AllAlerts>>;
  readonly workflows: KeptLists<KeptWorkflows> & Partial<SharedKeptLists<KeptWorkflows>>;
  readonly agents: AgentMemory;
  /** There may be other analyzers. */
  readonly isShared: boolean;
  /** Of all analyzers this one does what is to be done once. */
  readonly isFirst: () => boolean;
  /**
   * This one says what is said in the name of all: the first, and whoever was it last while nobody can know. It is not
   * for what would do harm if it was done twice.
   */
  readonly speaks: () => boolean;
  /** The number of the turn that this one has, or had last while nobody can know; undefined: it is another's. */
  readonly lastTurn: () => number | undefined;
  /** Hears when `isFirst` or `lastTurn` changes. */
  onFirst(listener: (isFirst: boolean) => void): void;
  /** Sentences for people; empty when all is well. */
  notes(): readonly string[];
}

/** Alone, unless the archive is one that others may have too. */
export async function startSharing({
  config,
  host,
  log,
}: {
  config: Config;
  host: string;
  log: Log;
}): Promise<Sharing> {
  const captures = keptCaptures(config);
  const rules = keptRules(config);
  const alerts = keptAlerts(config);
  const workflows = keptWorkflows(config);
  const agents = keptLists<RememberedLists>({
    file: join(config.data, 'agents.json'),
    things: 'agents',
    isEntry: { agents: isRemembered },
    nowMs: Date.now,
  });
  if (config.archive.kind !== 'elasticsearch') {
    const nothing = async () => undefined;
    return {
      captures,
      rules,
      alerts,
      workflows,
      agents: keptMemory(agents),
      isShared: false,
      isFirst: () => true,
      speaks: () => true,
      lastTurn: () => 0,
      onFirst: () => undefined,
      notes: () => [],
      [Symbol.asyncDispose]: nothing,
    };
  }
  await using stack = new AsyncDisposableStack();
  const { Elastic } = await import('./archive/elasticsearch/client.ts');
  const { Lease } = await import('./archive/elasticsearch/lease.ts');
  const { SharedLists } = await import('./archive/elasticsearch/shared-lists.ts');
  const elastic = new Elastic(elasticsearchPlace(config));
  const index = `${config.archive.elasticsearch.prefix}shared`;
  const common = { elastic, index, clock: systemClock, random: Math.random };
  const sharedCaptures = stack.use(
    new SharedLists<KeptCaptures>({
      ...common,
      things: 'captures',
      local: captures,
      keyOf: (_, entry) => (entry as { UUID: string }).UUID,
      isEntry: { captures: () => true },
    }),
  );
  const sharedRules = stack.use(
    new SharedLists<AllRules>({
      ...common,
      things: 'rules',
      local: rules,
      keyOf: (list, entry) => (entry as Record<string, string>)[list === 'userMetadata' ? 'TID' : 'UUID'] ?? '',
      isEntry: { nodeRules: () => true, edgeRules: () => true, userMetadata: () => true },
    }),
  );
  const sharedAlerts = stack.use(
    new SharedLists<AllAlerts>({
      ...common,
      things: 'alerts',
      local: alerts,
      keyOf: alertKeyOf,
      isEntry: { alerts: () => true, standings: () => true, deliveries: () => true, history: () => true },
    }),
  );
  const sharedWorkflows = stack.use(
    new SharedLists<KeptWorkflows>({
      ...common,
      things: 'workflows',
      local: workflows,
      keyOf: (_, entry) => (entry as { UUID: string }).UUID,
      isEntry: { workflows: () => true },
    }),
  );
  const sharedAgents = stack.use(
    new SharedLists<RememberedLists>({
      ...common,
      things: 'agents',
      local: agents,
      keyOf: (_, entry) => (entry as RememberedAgent).agent,
      isEntry: { agents: isRemembered },
    }),
  );
  const lease = stack.use(
    new Lease({
      ...common,
      name: 'analyzer',
      holder: `${host} ${randomUUID()}`,
      elapsedMs: () => performance.now(),
    }),
  );
  // While the server is away they are as they were last.
  // Who is first should be known before anything is said; while the server is away nobody is.
  await Promise.all([
    sharedCaptures.start(),
    sharedRules.start(),
    sharedAlerts.start(),
    sharedWorkflows.start(),
    sharedAgents.start(),
    lease.look().catch(() => undefined),
  ]);
  lease.start();
  lease.changed((isHeld) => {
    if (isHeld) log.info('this analyzer does what is done once');
    else if (lease.isLast) log.warn('nobody can know who does what is done once, until Elasticsearch answers');
    else log.info('another analyzer does what is done once');
  });
  const all = stack.move();
  return {
    captures: sharedCaptures,
    rules: sharedRules,
    alerts: sharedAlerts,
    workflows: sharedWorkflows,
    agents: keptMemory(sharedAgents, { isShared: true }),
    isShared: true,
    isFirst: () => lease.isHeld,
    speaks: () => lease.isLast,
    lastTurn: () => lease.lastTerm,
    onFirst: (listener) => lease.changed(listener),
    notes: () =>
      [sharedCaptures, sharedRules, sharedAlerts, sharedWorkflows, sharedAgents].flatMap((lists) => {
        const { note } = lists.read();
        return note === undefined ? [] : [note];
      }),
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

function isRemembered(value: unknown): boolean {
  const { agent, host, spool, kept, lastTime } = (value ?? {}) as Partial<RememberedAgent>;
  const texts = [agent, host, spool].every((text) => typeof text === 'string');
  return texts && typeof kept === 'number' && typeof lastTime === 'number';
}
