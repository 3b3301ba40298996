/** The composition root's part about rules: what users say of the network themselves. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { turn } from './api/write.ts';
import type { Config } from './config/options.ts';
import { keptEdgeRuleShape, keptNodeRuleShape, userMetadataShape } from './contract/rule.ts';
import type { RuleStatus } from './contract/status.ts';
import type { GraphNode } from './graph/element.ts';
import type { Graph } from './graph/graph.ts';
import type { Timeline } from './graph/view.ts';
import type { NodeType } from './model/vocabulary.ts';
import type { Log } from './probes/probe.ts';
import { dialectOf } from './query/dialect.ts';
import type { QueryEngine } from './query/query.ts';
import { type AllRules, defaultLimits } from './rules/rule.ts';
import { Rules, type RulesParts } from './rules/rules.ts';
import { systemClock } from './std/clock.ts';
import { type KeptLists, keptLists } from './std/kept-lists.ts';
import { mistake } from './std/mistake.ts';

export interface RuleParts {
  readonly config: Config;
  readonly host: string;
  readonly graph: Graph;
  readonly timeline: Timeline;
  readonly engine: QueryEngine;
  /** What probes say, by type of node. */
  readonly types: readonly NodeType[];
  readonly log: Log;
  readonly notes: Map<string, string>;
  /** Where the nodes of agents are written by them. */
  readonly fleet?: Pick<RulesParts, 'kept' | 'isOurs' | 'assign' | 'mayWrite'> & { readonly origin?: string };
}

export interface RunningRules extends AsyncDisposable {
  readonly api: Rules;
  status(): RuleStatus;
}

/** In whose name rules speak. What it said waits, as that of probes does, for the rule to say it again. */
export function ruleOrigin(host: string): string {
  return `rules.${host}`;
}

export function startRules(parts: RuleParts): RunningRules {
  const { config, engine, fleet, graph, host, log, notes, timeline, types } = parts;
  const observed = new Map(types.map(({ name, fields }) => [name, new Set(Object.keys(fields.shape))]));
  const none: ReadonlySet<string> = new Set();
  const { origin = ruleOrigin(host) } = fleet ?? {};
  const rules = new Rules({
    view: () => graph.now(),
    apply: (changes) => graph.apply(changes, { host, origin, time: Date.now() }),
    origin,
    async match(query) {
      const context = { timeline, nowMs: Date.now(), elapsed: () => performance.now(), turn };
      const answer = await engine.run(engine.prepare(query), context);
      return answer.kind === 'nodes' ? (answer.nodes as readonly GraphNode[]) : [];
    },
    check: (query) => checkQuery(engine, query),
    observed: (type) => observed.get(type) ?? none,
    kept: keptRules(config),
    newId: randomUUID,
    clock: systemClock,
    log,
    limits: defaultLimits,
    ...fleet,
  });
  const note = rules.restore();
  if (note !== undefined) {
    log.warn(note);
    notes.set('rules', note);
  }
  const unsubscribe = graph.subscribe((commit) => rules.saw(commit, graph.revision));
  return {
    api: rules,
    status() {
      const all = [...rules.nodeRules(), ...rules.edgeRules()];
      const troubled = all.filter(({ UUID }) => rules.state(UUID).notes.length > 0);
      const told = troubled.slice(0, 20).flatMap(({ UUID, Name }) =>
        rules
          .state(UUID)
          .notes.slice(0, 1)
          .map((text) => `${Name ?? UUID}: ${text}`),
      );
      return {
        NodeRules: rules.nodeRules().length,
        EdgeRules: rules.edgeRules().length,
        UserNodes: rules.user.size,
        Troubled: troubled.length,
        Notes: [...(rules.trouble === undefined ? [] : [rules.trouble]), ...told],
      };
    },
    async [Symbol.asyncDispose]() {
      unsubscribe();
      await rules.stop();
    },
  };
}

export function keptRules({ data }: Config): KeptLists<AllRules> {
  return keptLists<AllRules>({
    file: join(data, 'rules.json'),
    things: 'rules',
    isEntry: {
      nodeRules: (value) => keptNodeRuleShape.safeParse(value).success,
      edgeRules: (value) => keptEdgeRuleShape.safeParse(value).success,
      userMetadata: (value) => userMetadataShape.safeParse(value).success,
    },
    nowMs: Date.now,
  });
}

function checkQuery(engine: QueryEngine, query: string): void {
  if (dialectOf(query) === 'gremlin')
    throw mistake('rule.dialect', 'a rule is asked with G, not in standard Gremlin', "G.V().Has('Type', 'veth')");
  const { plan } = engine.prepare(query);
  if (plan.stages.some(({ gives }) => gives === 'flows'))
    throw mistake('rule.of-flows', 'a rule follows the graph, not flows', 'leave Flows() out');
  if (plan.gives !== 'nodes')
    throw mistake('rule.no-nodes', `a rule is about nodes, the query gives ${plan.gives}`, 'V() gives nodes');
  if (plan.mode !== 'run' || /^(at|context|between)\b/i.test(plan.stages[0]?.text ?? ''))
    throw mistake('rule.not-now', 'a rule is about what is there now', 'leave the time out');
}
