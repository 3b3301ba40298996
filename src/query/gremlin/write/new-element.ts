/**
 * What is written at once: an element with the properties said right behind it. As in TinkerPop those come first that say
 * no cardinality and have no properties of their own; several of one key are then several properties.
 */
import { mistake } from '../../../std/mistake.ts';
import type { Builder } from '../compile/builder.ts';
import type { StepCall } from '../compile/calls.ts';
import type { NewProperty } from '../property-graph.ts';
import type { Run } from '../run/run.ts';
import type { Traverser } from '../run/traverser.ts';
import { javaType } from '../value/java-type.ts';
import { Token } from '../value/token.ts';
import type { GValue } from '../value/value.ts';
import { asked, isConstant, isDirect, type PropertyWords, propertyWords } from './property-words.ts';

export interface NewElement {
  readonly label: GValue | undefined;
  readonly id: GValue | undefined;
  readonly properties: NewProperty[];
}

export class NewElementWords {
  /** Asked of what comes, before there is an element. */
  readonly first: readonly PropertyWords[];
  /** Asked of the element, when there is one. */
  readonly later: readonly PropertyWords[];
  readonly #label: GValue | undefined;
  readonly #constant: readonly PropertyWords[];
  readonly isDirect: boolean;

  constructor(call: StepCall, builder: Builder, isFirst: (words: PropertyWords) => boolean) {
    // It can only be said once.
    const [label] = call.args;
    this.#label = typeof label === 'string' ? label : undefined;
    const all = call.modulations
      .filter(({ name }) => name === 'property')
      .flatMap((modulation) => propertyWords(modulation, builder));
    this.first = all.filter(isFirst);
    const others = all.filter((words) => !isFirst(words));
    // Whom they are asked of makes no difference when there is nothing to ask.
    const isWrittenLater = !others.every((words) => isConstant(words) && !(words.key.constant instanceof Token));
    this.later = isWrittenLater ? others : [];
    this.#constant = isWrittenLater ? [] : others;
    this.isDirect = all.every(isDirect);
  }

  *ask(traverser: Traverser, run: Run): Generator<undefined, NewElement> {
    const properties: NewProperty[] = [];
    const keys = new Set<GValue>();
    let id: GValue | undefined;
    let label: GValue | undefined;
    for (const { key: named, value: said } of this.first) {
      // Nearly all of them have nothing to ask.
      const key = named.constant === undefined ? yield* named.ask(traverser, run) : named.constant;
      const value = said.constant === undefined ? yield* said.ask(traverser, run) : said.constant;
      if (key instanceof Token) {
        if (key.name === 'id') id = once('id', id, value);
        else if (key.name === 'label') label = once('label', label ?? this.#label, value);
        else throw mistake('gremlin.type', `T.${key.name} is no key of a property`);
        continue;
      }
      properties.push({ key: key as string, value, cardinality: keys.has(key) ? 'list' : undefined });
      keys.add(key);
    }
    for (const words of this.#constant) properties.push(yield* asked(words, traverser, run));
    return { label, id, properties };
  }
}

function once(token: string, before: GValue | undefined, value: GValue): GValue {
  if (before === undefined) return value;
  const said = [before, value].map((one) => (typeof one === 'object' && one !== null ? javaType(one) : String(one)));
  throw mistake(
    'gremlin.type',
    `Element T.${token} has already been set to [${said[0]}] and cannot be overridden with [${said[1]}]`,
  );
}
