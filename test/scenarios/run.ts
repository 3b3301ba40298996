/** Runs a scenario against whoever answers traversals, and says what is wrong with what came. */

import { GMap, GSet } from '../../src/query/gremlin/value/collections.ts';
import { isList } from '../../src/query/gremlin/value/identity.ts';
import type { GValue } from '../../src/query/gremlin/value/value.ts';
import { BulkSet, Path, Tree } from '../../src/query/gremlin/value/value.ts';
import type { Toy } from '../query/gremlin/toys.ts';
import { canonical, unfolded } from './canonical.ts';
import { sendable } from './inline.ts';
import { Notation, Unwritable } from './notation.ts';
import type { Scenario, ScenarioStep } from './scenario.ts';

export type Outcome =
  | { readonly kind: 'passed' }
  | { readonly kind: 'failed'; readonly why: string }
  /** Cannot be run in this way, or says itself that it is not to be run. */
  | { readonly kind: 'left out'; readonly why: string };

export interface Asker {
  /** Numbers come back without their types. */
  readonly isLoose: boolean;
  /** The graph of a name; 'empty' is a new one each time it is asked for. Undefined: there is none. */
  graph(name: string): Toy | undefined;
  /** Results, each as often as it came. Rejects with an error whose message is the server's. Throws Unwritable. */
  ask(
    text: string,
    graph: string,
    parameters: ReadonlyMap<string, GValue>,
    sideEffects: ReadonlyMap<string, GValue>,
  ): Promise<readonly GValue[]>;
}

export async function run(scenario: Scenario, asker: Asker): Promise<Outcome> {
  for (const tag of leftOut) if (scenario.tags.has(tag)) return { kind: 'left out', why: tag };
  try {
    const running = new Running(asker);
    for (const step of scenario.steps) {
      const wrong = await running.step(step);
      if (wrong !== undefined) return { kind: 'failed', why: wrong };
    }
    const rest = running.unexpected;
    return rest === undefined ? { kind: 'passed' } : { kind: 'failed', why: rest };
  } catch (error) {
    if (error instanceof Unwritable) return { kind: 'left out', why: error.message };
    throw error;
  }
}

/** What TinkerGraph leaves out too; and files, which have tests of their own. */
const leftOut = [
  '@GraphComputerOnly',
  '@AllowNullPropertyValues',
  '@MultiLabelDefault',
  '@MultiLabel',
  '@StepRead',
  '@StepWrite',
];

class Running {
  readonly #asker: Asker;
  readonly #parameters = new Map<string, GValue>();
  readonly #sideEffects = new Map<string, GValue>();
  #name = '';
  #graph: Toy | undefined;
  #text = '';
  #isNext = false;
  #results: readonly GValue[] = [];
  #error: string | undefined;

  constructor(asker: Asker) {
    this.#asker = asker;
  }

  /** An error that nobody asked about. */
  get unexpected(): string | undefined {
    return this.#error === undefined ? undefined : `error: ${this.#error}`;
  }

  /** What is wrong. */
  async step({ text, doc = '', rows }: ScenarioStep): Promise<string | undefined> {
    const graph = /^the (\w+) graph$/.exec(text)?.[1];
    if (graph !== undefined) return this.#take(graph);
    if (text === 'the graph initializer of') {
      await this.#asker.ask(doc, this.#name, new Map(), new Map());
      return undefined;
    }
    const [, what, name, value] = /^using the (parameter|side effect) (\S+) defined as "(.*)"$/s.exec(text) ?? [];
    if (name !== undefined && value !== undefined) {
      const read = sendable(this.#notation.read(value.replaceAll('\\"', '"')), this.#graph as Toy);
      (what === 'parameter' ? this.#parameters : this.#sideEffects).set(name, read);
      return undefined;
    }
    if (text === 'the traversal of') {
      this.#text = doc;
      return undefined;
    }
    if (text === 'iterated to list' || text === 'iterated next') return this.#iterate(text === 'iterated next');
    if (text.startsWith('the traversal will raise an error')) return this.#errorWanted(text);
    if (text.startsWith('nothing should happen')) return undefined;
    if (text === 'an unsupported test') throw new Unwritable(text);
    if (this.#error !== undefined) return `error: ${this.#error}`;
    return this.#compare(text, doc, rows);
  }

  get #notation(): Notation {
    return new Notation(this.#graph as Toy);
  }

  #take(name: string): undefined {
    this.#name = name;
    this.#graph = this.#asker.graph(name);
    if (this.#graph === undefined) throw new Unwritable(`no graph ${name}`);
  }

  async #iterate(isNext: boolean): Promise<undefined> {
    this.#isNext = isNext;
    try {
      this.#results = await this.#asker.ask(this.#text, this.#name, this.#parameters, this.#sideEffects);
      if (isNext && this.#results.length === 0) this.#error = 'NoSuchElement';
    } catch (error) {
      if (error instanceof Unwritable) throw error;
      this.#error = (error as Error).message;
    }
  }

  #errorWanted(text: string): string | undefined {
    const error = this.#error;
    if (error === undefined) return `no error, but ${this.#results.map((value) => this.#show(value)).join(' ')}`;
    this.#error = undefined;
    const [, how, said] = /message (containing|starting|ending) text of "(.*)"$/s.exec(text) ?? [];
    if (said === undefined) return undefined;
    const [is, wanted] = [error.toLowerCase(), said.replaceAll('\\"', '"').toLowerCase()];
    const isRight =
      how === 'containing'
        ? is.includes(wanted)
        : how === 'starting'
          ? is.startsWith(wanted)
          : is.trimEnd().endsWith(wanted);
    return isRight ? undefined : `the error is: ${error.slice(0, 300)}`;
  }

  async #compare(text: string, doc: string, rows: readonly string[]): Promise<string | undefined> {
    if (text === 'the result should be empty')
      return this.#actual.length === 0 ? undefined : `not empty: ${this.#all(this.#actual)}`;
    const count = /^the result should have a count of (\d+)$/.exec(text)?.[1];
    if (count !== undefined) {
      const size = sizeOf(this.#isNext ? (this.#results[0] as GValue) : this.#results);
      return size === Number(count) ? undefined : `there are ${size}: ${this.#all(this.#actual)}`;
    }
    const how = /^the result should be (ordered|unordered|of)$/.exec(text)?.[1];
    if (how !== undefined) return this.#rows(how, rows.slice(1));
    const [, wanted, query] = /^the graph should return (\d+) for count of "(.*)"$/s.exec(text) ?? [];
    if (query !== undefined) {
      const traversal = `${query.replaceAll('\\"', '"')}.count()`;
      const [found] = await this.#asker.ask(traversal, this.#name, this.#parameters, this.#sideEffects);
      const shown = canonical(found as GValue, this.#graph as Toy, true);
      return shown === wanted ? undefined : `${traversal} is ${shown}`;
    }
    if (text === 'the result should be a tree with a structure of') return this.#tree(doc);
    if (text === 'the result should be a subgraph with the following') return this.#subgraph(rows);
    throw new Unwritable(text);
  }

  #rows(how: string, rows: readonly string[]): string | undefined {
    const expected = rows.map((row) => this.#show(this.#notation.read(row)));
    const actual = this.#actual.map((value) => this.#show(value));
    if (how === 'of') {
      const strange = actual.filter((each) => !expected.includes(each));
      return strange.length === 0 ? undefined : `not of those: ${strange.slice(0, 5).join(' ')}`;
    }
    const [left, right] = how === 'ordered' ? [expected, actual] : [[...expected].sort(), [...actual].sort()];
    return left.join() === right.join()
      ? undefined
      : `wanted ${expected.join(' ').slice(0, 600)} got ${actual.join(' ').slice(0, 600)}`;
  }

  #tree(doc: string): string | undefined {
    const root = new GMap();
    const levels = [root];
    for (const line of doc.split('\n').filter((each) => each.trim() !== '')) {
      const depth = (/^ */.exec(line) as RegExpExecArray)[0].length / 3;
      const entries = new GMap();
      (levels[depth] as GMap).set(this.#notation.read(line.replace('|--', '').trim()), new Tree(entries));
      levels[depth + 1] = entries;
    }
    const wanted = this.#show(new Tree(root));
    const got = this.#show(this.#results[0] as GValue);
    return wanted === got ? undefined : `wanted ${wanted} got ${got}`;
  }

  /** A subgraph is read as a map of vertices and edges. */
  #subgraph([head, ...rows]: readonly string[]): string | undefined {
    const graph = this.#results[0];
    if (!(graph instanceof GMap)) throw new Unwritable('a subgraph');
    const expected = rows.map((row) => this.#show(this.#notation.read(row))).sort();
    const actual = (graph.get(head as string) as GValue[]).map((value) => this.#show(value)).sort();
    return expected.join() === actual.join() ? undefined : `wanted ${expected.join(' ')} got ${actual.join(' ')}`;
  }

  /** `next` of a collection is compared item by item. */
  get #actual(): readonly GValue[] {
    const [first] = this.#results;
    if (!this.#isNext) return this.#results;
    if (isList(first)) return first;
    if (first instanceof GSet) return [...first];
    if (first instanceof BulkSet) return unfolded(first);
    if (first instanceof Path) return first.objects;
    if (first instanceof GMap) return Array.from(first, (entry) => new GMap([entry]));
    return [first as GValue];
  }

  #show(value: GValue): string {
    return canonical(value, this.#graph as Toy, this.#asker.isLoose);
  }

  #all(values: readonly GValue[]): string {
    return values
      .slice(0, 20)
      .map((value) => this.#show(value))
      .join(' ');
  }
}

function sizeOf(value: GValue | readonly GValue[]): number {
  if (isList(value)) return value.length;
  if (value instanceof GSet || value instanceof GMap) return value.size;
  if (value instanceof Tree) return value.entries.size;
  return value instanceof Path ? value.objects.length : -1;
}
