/** Rules over a graph of their own: what probes say comes from the test, queries are real ones. */
import { turn } from '../../src/api/write.ts';
import { MergedTimeline } from '../../src/archive/timeline.ts';
import type { Change } from '../../src/graph/change.ts';
import type { GraphNode, Metadata } from '../../src/graph/element.ts';
import { Graph } from '../../src/graph/graph.ts';
import { QueryEngine } from '../../src/query/query.ts';
import { type AllRules, defaultLimits, type RuleLimits } from '../../src/rules/rule.ts';
import { Rules, type RulesParts } from '../../src/rules/rules.ts';
import { systemClock } from '../../src/std/clock.ts';
import type { KeptLists } from '../../src/std/kept-lists.ts';

export class Ground implements AsyncDisposable {
  readonly graph: Graph;
  readonly rules: Rules;
  readonly timeline: MergedTimeline;
  readonly kept: KeptLists<AllRules> & { now: AllRules };
  readonly #engine = new QueryEngine({ keys: () => [] });
  readonly #unsubscribe: () => void;

  /** `before`: an earlier run, whose file and graph this one goes on with. */
  constructor({
    limits,
    before,
    graph,
    rules,
  }: { limits?: Partial<RuleLimits>; before?: Ground; graph?: Graph; rules?: Partial<RulesParts> } = {}) {
    this.graph = graph ?? before?.graph ?? new Graph({ indexed: ['Type', 'Name', 'TID'] });
    this.timeline = new MergedTimeline({ graph: this.graph, flushed: async () => undefined, nowMs: Date.now });
    const kept = {
      now: before?.kept.now ?? { nodeRules: [], edgeRules: [], userMetadata: [] },
      read: () => ({ lists: kept.now, note: undefined }),
      write(rules: AllRules) {
        kept.now = JSON.parse(JSON.stringify(rules));
      },
    };
    this.kept = kept;
    let ids = 0;
    this.rules = new Rules({
      view: () => this.graph.now(),
      apply: (changes) => this.graph.apply(changes, { host: 'h', origin: 'rules.h', time: Date.now() }),
      origin: 'rules.h',
      match: async (query) => {
        const context = { timeline: this.timeline, nowMs: Date.now(), elapsed: () => performance.now(), turn };
        const answer = await this.#engine.run(this.#engine.prepare(query), context);
        return answer.kind === 'nodes' ? (answer.nodes as readonly GraphNode[]) : [];
      },
      check: (query) => void this.#engine.prepare(query),
      observed: (type) => new Set(type === 'veth' ? ['Name', 'Type', 'TID', 'MTU', 'State'] : []),
      kept,
      newId: () => `rule-${before ? 'b' : 'a'}${++ids}`,
      clock: systemClock,
      log: { warn: () => undefined },
      limits: { ...defaultLimits, ...limits },
      ...rules,
    });
    this.rules.restore();
    this.#unsubscribe = this.graph.subscribe((commit) => this.rules.saw(commit, this.graph.revision));
  }

  /** What a probe says. */
  say(...changes: readonly Change[]): void {
    this.graph.apply(changes, { host: 'h', origin: 'agent.h', time: Date.now() });
  }

  veth(name: string, more: Metadata = {}, id = name): void {
    const metadata = { Name: name, Type: 'veth', TID: `tid-${name}`, MTU: 1500, State: 'UP', ...more };
    this.say({ kind: 'node', id, metadata, owns: new Set(['Name', 'Type', 'TID', 'MTU', 'State']) });
  }

  node(id: string): GraphNode | undefined {
    for (const node of this.graph.now().nodes(id)) return node;
    return undefined;
  }

  /** Edges that rules made, as PARENT>CHILD. */
  edges(): string[] {
    const made = [...this.graph.now().edges()].filter(({ origin }) => origin === 'rules.h');
    return made.map(({ parent, child }) => `${parent}>${child}`).sort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#unsubscribe();
    await this.rules.stop();
  }
}
