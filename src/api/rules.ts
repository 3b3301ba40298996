/** `/api/noderule`, `/api/edgerule`: rules as Skydive's clients make, read and delete them. */
import {
  edgeRuleShape,
  newEdgeRuleShape,
  newNodeRuleShape,
  nodeRuleShape,
  type WireEdgeRule,
  type WireNodeRule,
} from '../contract/rule.ts';
import type { GraphNode, Metadata } from '../graph/element.ts';
import type { EdgeRule, NewRule, NodeRule, Rule, UserMetadata } from '../rules/rule.ts';
import type { RuleState } from '../rules/rules.ts';
import type { UserNodes } from '../rules/user.ts';
import { issuesText } from './issues-text.ts';
import { notCreated, type Outcome, type ResourceDoor } from './resource-routes.ts';

/** What the API needs of rules. */
export interface ApiRules {
  readonly user: Pick<UserNodes, 'patched'> & { list(): UserMetadata[] };
  nodeRules(): NodeRule[];
  edgeRules(): EdgeRule[];
  /** Both throw a Mistake with all that is wrong; `rule.duplicate` when there is one like it. */
  createNodeRule(asked: NewRule<NodeRule>): NodeRule;
  createEdgeRule(asked: NewRule<EdgeRule>): Promise<EdgeRule>;
  /** False when there is none. Resolves when nothing of it is in the graph any more. */
  delete(kind: RuleKind, id: string): Promise<boolean>;
  /** Resolves when the graph is as the rules want it. */
  settled(): Promise<void>;
  state(id: string): RuleState;
  /** Resolves when whoever made a node has written what users say of it; to false where that is ours to write. */
  toOwner?(node: GraphNode): Promise<boolean>;
}

export type RuleKind = 'node' | 'edge';

export class RuleDoor implements ResourceDoor {
  readonly #rules: ApiRules;
  readonly #kind: RuleKind;

  constructor(rules: ApiRules, kind: RuleKind) {
    this.#rules = rules;
    this.#kind = kind;
  }

  list(): Outcome {
    return { status: 200, json: Object.fromEntries(this.#all().map((rule) => [rule.UUID, this.#shown(rule)])) };
  }

  read(id: string): Outcome {
    const rule = this.#all().find(({ UUID }) => UUID === id);
    return rule ? { status: 200, json: this.#shown(rule) } : this.#notFound(id);
  }

  /** Answers when what the rule says of the graph of now is in it. */
  async create(body: unknown): Promise<Outcome> {
    const asked = this.#kind === 'node' ? askedNodeRule(body) : askedEdgeRule(body);
    if ('fault' in asked) return { status: 400, text: asked.fault };
    try {
      const rule = 'Src' in asked ? await this.#rules.createEdgeRule(asked) : this.#rules.createNodeRule(asked);
      await this.#rules.settled();
      return { status: 201, json: this.#shown(rule) };
    } catch (error) {
      return notCreated(error);
    }
  }

  async remove(id: string): Promise<Outcome> {
    return (await this.#rules.delete(this.#kind, id)) ? { status: 200, text: '' } : this.#notFound(id);
  }

  #all(): readonly Rule[] {
    return this.#kind === 'node' ? this.#rules.nodeRules() : this.#rules.edgeRules();
  }

  #shown(rule: Rule): WireNodeRule | WireEdgeRule {
    const { active, notes } = this.#rules.state(rule.UUID);
    const shape = this.#kind === 'node' ? nodeRuleShape : edgeRuleShape;
    return shape.parse({ ...rule, ...(active > 0 && { Active: active }), ...(notes.length > 0 && { Notes: notes }) });
  }

  #notFound(id: string): Outcome {
    return { status: 404, text: `${this.#kind === 'node' ? 'Node' : 'Edge'} rule '${id}' not found` };
  }
}

function askedNodeRule(body: unknown): NewRule<NodeRule> | { readonly fault: string } {
  const asked = newNodeRuleShape.safeParse(body);
  if (!asked.success) return { fault: issuesText(asked.error) };
  const { Action, Query, Metadata } = asked.data;
  const said = { ...named(asked.data), Metadata: Metadata as Metadata };
  if (Action === 'update') return { ...said, Action, Query: Query.trim() };
  if (Query.trim() !== '')
    return { fault: 'Query: does nothing with Action create, which makes one node; Action update adds to nodes\n' };
  return { ...said, Action };
}

function askedEdgeRule(body: unknown): NewRule<EdgeRule> | { readonly fault: string } {
  const asked = newEdgeRuleShape.safeParse(body);
  if (!asked.success) return { fault: issuesText(asked.error) };
  const { Src, Dst, Metadata } = asked.data;
  return { ...named(asked.data), Src: Src.trim(), Dst: Dst.trim(), Metadata: Metadata as Metadata };
}

/** What is empty was not said. */
function named({
  Name,
  Description,
}: {
  readonly Name?: string | undefined;
  readonly Description?: string | undefined;
}) {
  return { ...(Name && { Name }), ...(Description && { Description }) };
}
