/** The rules and groups of a bridge, as the graph has them. */
import type { GraphNode, Metadata } from '../../../graph/element.ts';
import { objectsIn } from '../../routing.ts';
import { type Atlas, numberOf, textOf, textsIn } from '../atlas.ts';
import type { RuleTaken } from '../hop.ts';
import { type Match, meets, parseMatch } from './match.ts';
import type { Fields } from './state.ts';
import { type Word, wordsOf } from './words.ts';

export interface Rule {
  readonly node: GraphNode;
  readonly taken: RuleTaken;
  readonly match: Match;
  readonly words: readonly Word[];
  readonly goto: number | undefined;
}

export type Lookup =
  | { readonly kind: 'taken'; readonly rule: Rule }
  | { readonly kind: 'miss' }
  | { readonly kind: 'depends'; readonly rule: Rule; readonly on: string };

export class Tables {
  readonly #atlas: Atlas;
  readonly #nodes = new Map<number, GraphNode[]>();
  readonly #rules = new Map<string, Rule>();
  readonly #groups = new Map<number, GraphNode>();

  constructor(atlas: Atlas) {
    this.#atlas = atlas;
  }

  *read(bridge: GraphNode): Generator<undefined, void> {
    for (const node of this.#atlas.owned(bridge)) {
      if (this.#atlas.budget.spend()) yield undefined;
      const { Type, Table, GroupId } = node.metadata;
      if (Type === 'ofgroup' && typeof GroupId === 'number') this.#groups.set(GroupId, node);
      if (Type !== 'ofrule') continue;
      const table = numberOf(Table) ?? 0;
      const nodes = this.#nodes.get(table);
      if (nodes) nodes.push(node);
      else this.#nodes.set(table, [node]);
    }
    for (const nodes of this.#nodes.values()) nodes.sort((a, b) => priorityOf(b) - priorityOf(a));
  }

  get isEmpty(): boolean {
    return this.#nodes.size === 0;
  }

  group(id: number): Metadata | undefined {
    return this.#groups.get(id)?.metadata;
  }

  /** The rule with the highest priority of those that match. */
  *find(table: number, fields: Fields): Generator<undefined, Lookup> {
    let doubtful: { readonly rule: Rule; readonly on: string } | undefined;
    for (const node of this.#nodes.get(table) ?? []) {
      if (this.#atlas.budget.spend()) yield undefined;
      const rule = this.#rule(node);
      const met = meets(rule.match, fields);
      if (met === 'no') continue;
      if (met !== 'yes') doubtful ??= { rule, on: met.depends };
      // A conjunction is met by several rules together.
      else if (rule.words.some(({ name }) => name === 'conjunction'))
        doubtful ??= { rule, on: 'a conjunction of rules' };
      else return doubtful === undefined ? { kind: 'taken', rule } : { kind: 'depends', ...doubtful };
    }
    return doubtful === undefined ? { kind: 'miss' } : { kind: 'depends', ...doubtful };
  }

  #rule(node: GraphNode): Rule {
    const known = this.#rules.get(node.id);
    if (known) return known;
    const { metadata } = node;
    const [match, actions] = [matchText(metadata), actionsText(metadata)];
    const words = wordsOf(actions);
    const gotoWord = words.find(({ name }) => name === 'goto_table')?.rest;
    const cookie = metadata.Cookie;
    const rule: Rule = {
      node,
      match: parseMatch(match),
      words: words.filter(({ name }) => name !== 'goto_table'),
      goto: numberOf(metadata.GotoTable) ?? (gotoWord === undefined ? undefined : Number(gotoWord)),
      taken: {
        id: node.id,
        table: numberOf(metadata.Table) ?? 0,
        priority: priorityOf(node),
        ...(cookie !== undefined && cookie !== 0 && cookie !== '0x0' && { cookie: String(cookie) }),
        match,
        actions,
      },
    };
    this.#rules.set(node.id, rule);
    return rule;
  }
}

/** In words, where the one who tells of the rule has none: each condition as something that is not understood. */
function matchText({ Match, Filters }: Metadata): string {
  if (typeof Match === 'string') return Match;
  const texts = textsIn(Filters);
  return texts.length > 0
    ? texts.join(',')
    : objectsIn(Filters)
        .map(({ Type, Value }) => `${Type}=${Value}`)
        .join(',');
}

function actionsText({ ActionsText, Actions }: Metadata): string {
  if (typeof ActionsText === 'string') return ActionsText;
  return objectsIn(Actions)
    .map(({ Type, Function: name }) => textOf(Type) ?? textOf(name) ?? 'unknown')
    .join(',');
}

function priorityOf({ metadata }: GraphNode): number {
  return numberOf(metadata.Priority) ?? 32_768;
}
