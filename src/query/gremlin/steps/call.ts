import { mistake } from '../../../std/mistake.ts';
import { didYouMean } from '../../../std/nearest.ts';
import { type Given, given } from '../arguments/given.ts';
import { Bytecode } from '../bytecode.ts';
import type { Builder } from '../compile/builder.ts';
import type { StepCall } from '../compile/calls.ts';
import type { Run } from '../run/run.ts';
import type { Traverser } from '../run/traverser.ts';
import type { Service } from '../service.ts';
import { directory, LIST } from '../services/directory.ts';
import { defineTraversalStep, type Items } from '../step.ts';
import { GMap } from '../value/collections.ts';
import { javaType } from '../value/java-type.ts';

export const call = defineTraversalStep({
  name: 'call',
  doc: 'Asks a service; without a name, which there are and what each takes.',
  args: '[name[, parameters]]',
  count: [0, 3],
  place: ['start', 'step'],
  modulators: ['with'],
  example: { query: "g.call('--list').with('service', 'none of them')", gives: [] },
  build(call, builder) {
    const words = wordsOf(call, builder);
    const { isStart } = call;
    const { mark } = builder;
    return {
      kind: 'stream',
      *stream(input, run): Items {
        const service = serviceOf(words.name, { isStart }, run);
        for (const traverser of input) {
          if (traverser === undefined || traverser === null) {
            yield traverser;
            continue;
          }
          if (run.budget.spend()) yield undefined;
          const parameters = yield* parametersOf(words, traverser, run);
          const value = service.place === 'start' || isStart ? undefined : traverser.value;
          for (const result of service.call(value, parameters, run)) {
            if (result === undefined || run.budget.spend()) yield undefined;
            if (result !== undefined) yield traverser.to(result, mark);
          }
        }
      },
    };
  },
});

interface Words {
  readonly name: string;
  /** Maps, and traversals that give one; later ones say more. */
  readonly maps: readonly Given[];
  readonly pairs: readonly (readonly [string, Given])[];
}

function wordsOf(call: StepCall, builder: Builder): Words {
  const [name = LIST, ...maps] = call.args;
  if (typeof name !== 'string') builder.wrong(call, 'call takes the name of a service first');
  for (const map of maps)
    if (!(map === null || map instanceof GMap || map instanceof Bytecode))
      builder.wrong(call, 'call takes its parameters as a map, or as a traversal that gives one');
  const pairs = call.modulations.flatMap((modulation) => {
    const [key, value = true] = modulation.args;
    if (typeof key === 'string') return [[key, given(value, modulation, builder)] as const];
    builder.wrong(modulation, 'with takes the name of a parameter of the service');
    return [];
  });
  // Whoever asks without a word wants to know how to ask.
  if (call.args.length === 0 && pairs.length === 0) pairs.push(['verbose', given(true, call, builder)]);
  return { name: String(name), maps: maps.map((map) => given(map, call, builder)), pairs };
}

function serviceOf(name: string, { isStart }: { isStart: boolean }, run: Run): Service {
  if (name === LIST) return directory;
  const service = run.services.find((one) => one.name === name);
  if (service === undefined) {
    const names = run.services.map((one) => one.name);
    throw mistake('gremlin.service', `Unrecognized service: ${name}`, didYouMean(name, names) ?? 'g.call() lists them');
  }
  if (isStart && service.place === 'streaming')
    throw mistake('gremlin.service', `${name} cannot start a traversal`, `g.V().call('${name}')`);
  if (!isStart && service.place === 'start')
    throw mistake('gremlin.service', `${name} can only start a traversal`, `g.call('${name}')`);
  return service;
}

function* parametersOf({ maps, pairs }: Words, traverser: Traverser, run: Run): Generator<undefined, GMap> {
  const parameters = new GMap();
  for (const one of maps) {
    const map = yield* one.ask(traverser, run);
    if (map === null) continue;
    if (!(map instanceof GMap))
      throw mistake('gremlin.service', `parameters of a service are a map, not ${javaType(map)}`);
    for (const [key, value] of map) parameters.set(key, value);
  }
  for (const [key, value] of pairs) parameters.set(key, yield* value.ask(traverser, run));
  return parameters;
}
