/**
 * Rules as objects: which there are, and that the graph is as they say. What a rule wants follows from its query and
 * from nothing else, so each pass begins anew: what is wanted by all is written, what was wanted before is taken back.
 */
import type { Commit } from '../graph/change.ts';
import type { GraphNode } from '../graph/element.ts';
import type { Clock } from '../std/clock.ts';
import type { KeptLists } from '../std/kept-lists.ts';
import { type Fault, Mistake, mistake } from '../std/mistake.ts';
import { Passes } from '../std/passes.ts';
import { uuidV5 } from '../std/uuid.ts';
import type { AssignedNode } from './assigned.ts';
import { edgeRuleFaults, nodeRuleFaults } from './checks.ts';
import { essence } from './essence.ts';
import { pairsOf } from './pairs.ts';
import type { AllRules, EdgeRule, NewRule, NodeRule, Rule, RuleLimits } from './rule.ts';
import { UserNodes } from './user.ts';
import { Wanted } from './wanted.ts';
import { Writing, type WritingParts } from './writing.ts';

export interface RulesParts extends WritingParts {
  /** Nodes that a query finds now. Rejects with a Mistake. */
  readonly match: (query: string) => Promise<readonly GraphNode[]>;
  /** Throws a Mistake that tells all that is wrong with a query. */
  readonly check: (query: string) => void;
  /** Keys that probes say of nodes of a type. */
  readonly observed: (type: string) => ReadonlySet<string>;
  readonly kept: KeptLists<AllRules>;
  readonly newId: () => string;
  readonly clock: Clock;
  readonly log: { warn(message: string): void };
  readonly limits: RuleLimits;
  /** Of several that have the same rules one writes what is theirs in common. Default: this one does. */
  readonly mayWrite?: () => boolean;
  /** Hears after each pass what nodes of others are to have, by whose they are. */
  readonly assign?: (others: ReadonlyMap<string, readonly AssignedNode[]>) => void;
}

/** What one rule writes may make others find something: so often in one pass. */
const ROUNDS_MAX = 8;
/** A rule that changed the graph in more rounds of one pass than this works against itself or against another. */
const FLIPS_MAX = 4;
/** So long after the start what an earlier run left may still come back. */
const ADOPT_FOR_MS = 30_000;
const NOBODY: ReadonlySet<string> = new Set();

/** What became of a rule. */
export interface RuleState {
  /** Nodes that carry its metadata, or edges that it made. */
  readonly active: number;
  /** Sentences: what it could not do, and why. */
  readonly notes: readonly string[];
}

export class Rules {
  readonly user: UserNodes;
  readonly #parts: RulesParts;
  readonly #nodeRules = new Map<string, NodeRule>();
  readonly #edgeRules = new Map<string, EdgeRule>();
  readonly #writing: Writing;
  readonly #states = new Map<string, RuleState>();
  /** Rules that never come to rest do nothing any more. */
  readonly #restless = new Set<string>();
  readonly #startedMs: number;
  readonly #passes: Passes;
  #revision = 0;
  #trouble: string | undefined;

  constructor(parts: RulesParts) {
    this.#parts = parts;
    this.#startedMs = parts.clock.now();
    this.#passes = new Passes({ clock: parts.clock, run: () => this.#run() });
    this.#writing = new Writing(parts);
    this.user = new UserNodes({ ...parts, max: parts.limits.userNodes, changed: () => this.#keep() });
  }

  /** Takes up what earlier runs left. Gives what is odd about the file. */
  restore(): string | undefined {
    const { lists: rules, note } = this.#parts.kept.read();
    for (const rule of rules.nodeRules) this.#nodeRules.set(rule.UUID, rule);
    for (const rule of rules.edgeRules) this.#edgeRules.set(rule.UUID, rule);
    this.user.restore(rules.userMetadata);
    this.#writing.adopt();
    this.#changed();
    return note;
  }

  nodeRules(): NodeRule[] {
    return [...this.#nodeRules.values()];
  }

  edgeRules(): EdgeRule[] {
    return [...this.#edgeRules.values()];
  }

  /** Throws a Mistake with all that is wrong; `rule.duplicate` when there is one like it. */
  createNodeRule(asked: NewRule<NodeRule>): NodeRule {
    return this.#create(this.#nodeRules, asked, nodeRuleFaults(asked, this.#parts.check)) as NodeRule;
  }

  /** The same. Rejects when it would make more edges than one rule may. */
  async createEdgeRule(asked: NewRule<EdgeRule>): Promise<EdgeRule> {
    const faults = edgeRuleFaults(asked, this.#parts.check);
    if (faults.length === 0) await pairsOf(asked, this.#parts);
    return this.#create(this.#edgeRules, asked, faults) as EdgeRule;
  }

  /** False when there is none. Resolves when nothing of it is in the graph any more. */
  async delete(kind: 'node' | 'edge', id: string): Promise<boolean> {
    if (!(kind === 'node' ? this.#nodeRules : this.#edgeRules).delete(id)) return false;
    this.#restless.delete(id);
    this.#states.delete(id);
    this.#keep();
    await this.settled();
    return true;
  }

  /** These are all there are from now on, as another analyzer has them. */
  replace({ nodeRules, edgeRules, userMetadata }: AllRules): void {
    this.#nodeRules.clear();
    this.#edgeRules.clear();
    for (const rule of nodeRules) this.#nodeRules.set(rule.UUID, rule);
    for (const rule of edgeRules) this.#edgeRules.set(rule.UUID, rule);
    this.user.replace(userMetadata);
    this.#passes.due();
  }

  /** From now on this one writes: what another has written is its own. */
  takeOver(): void {
    this.#writing.adopt();
    this.#passes.due();
  }

  /** What rules are made of may have changed elsewhere. */
  recheck(): void {
    this.#passes.due();
  }

  /** Resolves when the graph is as the rules of now want it. It may have changed since then: that is another pass. */
  async settled(): Promise<void> {
    await this.#passes.settled();
  }

  state(id: string): RuleState {
    return this.#states.get(id) ?? { active: 0, notes: [] };
  }

  /** A sentence while rules cannot be kept. */
  get trouble(): string | undefined {
    return this.#trouble;
  }

  /** The graph has changed. Its revision tells also of nodes that came back as they were, which are no events. */
  saw(_commit: Commit, revision: number): void {
    const isNews = revision !== this.#revision && !this.#writing.isWriting;
    this.#revision = revision;
    if (isNews) this.#changed();
  }

  /** What rules made stays in the graph: they make it again when they are started again. */
  async stop(): Promise<void> {
    await this.#passes.stop();
  }

  #create(all: Map<string, Rule>, asked: NewRule<Rule>, faults: readonly Fault[]): Rule {
    if (faults.length > 0) throw new Mistake(faults);
    const { limits, newId } = this.#parts;
    const text = essence(asked);
    if ([...all.values()].some((other) => essence(other) === text))
      throw mistake('rule.duplicate', 'duplicated resource', 'there is a rule that does just this');
    const there = this.#nodeRules.size + this.#edgeRules.size;
    if (there >= limits.rules)
      throw mistake('rule.many', `there are ${there} rules already, which is the most there may be`, 'delete some');
    const rule = { ...asked, UUID: newId() } as Rule;
    all.set(rule.UUID, rule);
    this.#keep();
    this.#changed();
    return rule;
  }

  /** Where nothing can be written rules work all the same, until the end of the process. */
  #keep(): void {
    try {
      this.#parts.kept.write({
        nodeRules: this.nodeRules(),
        edgeRules: this.edgeRules(),
        userMetadata: this.user.list(),
      });
      this.#trouble = undefined;
    } catch (error) {
      const trouble = `rules will not survive a restart: ${(error as Error).message}`;
      if (trouble !== this.#trouble) this.#parts.log.warn(trouble);
      this.#trouble = trouble;
    }
  }

  #changed(): void {
    if (this.#nodeRules.size + this.#edgeRules.size + this.user.size > 0 || this.#isYoung()) this.#passes.due();
  }

  get #mayWrite(): boolean {
    return this.#parts.mayWrite?.() ?? true;
  }

  #isYoung(): boolean {
    return this.#parts.clock.now() - this.#startedMs < ADOPT_FOR_MS;
  }

  async #run(): Promise<void> {
    if (this.#isYoung()) this.#writing.adopt();
    const flips = new Map<string, number>();
    for (let round = 0; round < ROUNDS_MAX && !this.#passes.isStopped; round++) {
      const wanted = await this.#wanted();
      const changed = this.#mayWrite ? this.#writing.write(wanted) : NOBODY;
      this.#parts.assign?.(this.#writing.forOthers(wanted));
      if (changed.size === 0) break;
      for (const by of changed) {
        const count = (flips.get(by) ?? 0) + 1;
        flips.set(by, count);
        if (count > FLIPS_MAX && this.#isRule(by)) this.#restless.add(by);
      }
      // The rest of a long chain comes next time.
      if (round === ROUNDS_MAX - 1) this.#passes.due();
    }
  }

  #isRule(id: string): boolean {
    return this.#nodeRules.has(id) || this.#edgeRules.has(id);
  }

  async #wanted(): Promise<Wanted> {
    const wanted = new Wanted(this.#parts.observed);
    this.user.want(wanted);
    const found = new Map<string, number>();
    for (const rule of [...this.nodeRules(), ...this.edgeRules()]) {
      const { UUID } = rule;
      if (this.#restless.has(UUID)) {
        wanted.note(
          UUID,
          'does nothing: what it does makes its query find other nodes, and that never ends; change its query',
        );
        continue;
      }
      try {
        const active = 'Src' in rule ? await this.#wantEdges(rule, wanted) : await this.#wantKeys(rule, wanted);
        found.set(UUID, active);
      } catch (error) {
        wanted.note(UUID, error instanceof Mistake ? error.message : `its query fails: ${(error as Error).message}`);
      }
    }
    for (const { UUID } of [...this.nodeRules(), ...this.edgeRules()])
      this.#states.set(UUID, { active: found.get(UUID) ?? 0, notes: wanted.notes.get(UUID) ?? [] });
    return wanted;
  }

  async #wantKeys(rule: NodeRule, wanted: Wanted): Promise<number> {
    const { UUID, Metadata } = rule;
    if (rule.Action === 'create') {
      const id = uuidV5(['noderule', UUID]);
      wanted.nodes.set(id, { metadata: { TID: id, ...Metadata }, by: UUID });
      return 1;
    }
    const nodes = await this.#parts.match(rule.Query);
    if (!this.#nodeRules.has(UUID)) return 0;
    for (const node of nodes) wanted.add(node, Metadata, UUID);
    return nodes.filter(({ id }) => [...(wanted.keys.get(id)?.values() ?? [])].some(({ by }) => by === UUID)).length;
  }

  async #wantEdges(rule: EdgeRule, wanted: Wanted): Promise<number> {
    const pairs = await pairsOf(rule, this.#parts);
    if (!this.#edgeRules.has(rule.UUID)) return 0;
    for (const [parent, child] of pairs) {
      const id = uuidV5(['edgerule', rule.UUID, parent, child]);
      wanted.edges.set(id, { parent, child, metadata: rule.Metadata, by: rule.UUID });
    }
    return pairs.length;
  }
}
