/** The whole of TinkerPop's grammar is here, or said to be missing. */
import { createRequire } from 'node:module';
import { GremlinEngine } from '../../../src/query/gremlin/engine.ts';
import { stepNamed } from '../../../src/query/gremlin/steps/index.ts';
import { tokenNamed } from '../../../src/query/gremlin/value/token.ts';
import { Mistake } from '../../../src/std/mistake.ts';
import { ask } from './asked.ts';
import {
  methods,
  missing,
  modulators,
  predicates,
  settingsOf,
  sourceSettings,
  spawns,
  strategies,
  terminals,
  tokens,
} from './grammar.ts';

const require = createRequire(import.meta.url);
const engine = new GremlinEngine();

/** What is wrong with a text; undefined when nothing is. */
function complaint(text: string): string | undefined {
  try {
    engine.prepareText(text, new Map());
    return undefined;
  } catch (error) {
    if (error instanceof Mistake) return error.message;
    throw error;
  }
}

test('every step of the grammar is a step here, modulates one, or is missing for a reason', () => {
  const here = (name: string) => stepNamed(name) !== undefined || Object.hasOwn(modulators, name);
  expect(methods.filter((name) => !here(name) && !Object.hasOwn(missing, name))).toEqual([]);
  expect(Object.keys(missing).filter((name) => here(name) || !methods.includes(name))).toEqual([]);
});

test('what begins a traversal in the grammar begins one here', () => {
  const wrong = spawns.filter((name) => {
    const step = stepNamed(name);
    return step === undefined || !step.place?.includes('start');
  });
  expect(wrong).toEqual([]);
});

test('what a driver has methods for is in the list', () => {
  const { GraphTraversal, GraphTraversalSource } = require('gremlin/lib/process/graph-traversal.js');
  const own = ['constructor', 'clone', 'toString', 'tx'];
  const namesOf = (type: { prototype: object }) =>
    Object.getOwnPropertyNames(type.prototype)
      .map((name) => name.replace(/_$/, ''))
      .filter((name) => !own.includes(name));
  // Programs of vertices are objects of Java; no text can say them.
  const known = [...methods, 'program'];
  expect(namesOf(GraphTraversal).filter((name) => !known.includes(name))).toEqual([]);
  const sources = [...spawns, ...Object.keys(sourceSettings), 'withComputer'];
  expect(namesOf(GraphTraversalSource).filter((name) => !sources.includes(name))).toEqual([]);
  const { P, TextP } = require('gremlin/lib/process/traversal.js');
  const notPredicates = ['length', 'name', 'prototype', 'test'];
  const statics = [P, TextP].flatMap((type) => Object.getOwnPropertyNames(type));
  expect(statics.filter((name) => !notPredicates.includes(name) && !Object.hasOwn(predicates, name))).toEqual([]);
  const driverStrategies = Object.keys(require('gremlin/lib/process/traversal-strategy.js'));
  expect(driverStrategies.filter((name) => !/^TraversalStrateg/.test(name) && !strategies.includes(name))).toEqual([]);
});

test.each([...Object.entries(sourceSettings), ...Object.entries(modulators)])('%s is understood', (_, text) => {
  expect(complaint(text)).toBeUndefined();
});

test.each(Object.entries(predicates))('the predicate %s is understood', (_, text) => {
  expect(complaint(`g.V().has('a', ${text})`)).toBeUndefined();
  expect(complaint(`g.V().values('a').is(${text})`)).toBeUndefined();
});

test.each(strategies)('the strategy %s is known', (name) => {
  const settings = settingsOf[name];
  expect(
    complaint(`g.withStrategies(${settings === undefined ? name : `new ${name}${settings}`}).V()`),
  ).toBeUndefined();
  expect(complaint(`g.withoutStrategies(${name}).V()`)).toBeUndefined();
});

test('a strategy that nobody knows is refused', () => {
  expect(complaint('g.withStrategies(SubgraffStrategy).V()')).toMatch(/SubgraffStrategy/);
});

test.each(terminals)('%s ends a text', (name) => {
  expect(complaint(`g.V().${name}()`)).toBeUndefined();
});

test.each(Object.entries(tokens))('the words of %s are known', (type, names) => {
  expect(names.filter((name) => tokenNamed(type, name) === undefined)).toEqual([]);
});

test('what is missing is refused by name', async () => {
  for (const name of Object.keys(missing)) await expect(ask(`g.V().${name}()`)).rejects.toThrow(name);
});
