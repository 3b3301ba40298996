import type { Run } from '../../../../src/query/gremlin/run/run.ts';
import type { Service } from '../../../../src/query/gremlin/service.ts';
import { directory } from '../../../../src/query/gremlin/services/directory.ts';
import { ownServices } from '../../../../src/query/gremlin/services/own.ts';
import type { TraversalSource } from '../../../../src/query/gremlin/source.ts';
import type { GMap } from '../../../../src/query/gremlin/value/collections.ts';
import type { GValue } from '../../../../src/query/gremlin/value/value.ts';
import { ask } from '../asked.ts';
import { crew, modern } from '../toys.ts';

const on = (toy = modern(), services: readonly Service[] = ownServices): TraversalSource => ({
  name: 'g',
  model: toy.model,
  timeline: toy.timeline,
  services,
});

test('services are listed: their names, one of them, or all there is to know', async () => {
  expect(await ask("g.call('--list')", on())).toEqual(['tinker.degree.centrality', 'tinker.search']);
  expect(await ask("g.call('--list').with('service', constant('tinker.search'))", on())).toEqual(['tinker.search']);
  expect(await ask("g.call().select('name')", on())).toEqual(['tinker.degree.centrality', 'tinker.search']);
  expect(await ask("g.call('--list').with('verbose').select('params').select(keys).unfold()", on())).toEqual([
    'direction',
    'search',
    'type',
  ]);
  expect(Object.keys(directory.parameters)).toEqual(['service', 'verbose']);
});

test('properties are found by a part of their value', async () => {
  expect(await ask("g.call('tinker.search', [search: 'mar']).element().id()", on())).toEqual([1]);
  expect(
    await ask("g.call('tinker.search').with('search', '1.0').with('type', 'Edge').element().id()", on()),
  ).toHaveLength(2);
  expect(await ask("g.call('tinker.search', [search: '1997', type: 'VertexProperty']).key()", on(crew()))).toEqual([
    'startTime',
  ]);
  expect(await ask("g.call('tinker.search', [search: '1997', type: 'Vertex'])", on(crew()))).toEqual([]);
  await expect(ask("g.call('tinker.search')", on())).rejects.toThrow('takes the text to search for');
});

test('a service on each that comes, its parameters from a traversal', async () => {
  expect(await ask("g.V().where(call('tinker.degree.centrality').is(3)).id()", on())).toEqual([3]);
  expect(await ask("g.V(1).call('tinker.degree.centrality', project('direction').by(constant(OUT)))", on())).toEqual(
    await ask('g.V(1).outE().count()', on()),
  );
});

test('a name that nobody knows, and a place where a service cannot stand, are told', async () => {
  await expect(ask("g.call('tinker.serch')", on())).rejects.toMatchObject({
    faults: [{ message: 'Unrecognized service: tinker.serch', hint: 'did you mean tinker.search?' }],
  });
  await expect(ask("g.call('tinker.degree.centrality')", on())).rejects.toThrow('cannot start a traversal');
  await expect(ask("g.V().call('tinker.search', [search: 'x'])", on())).rejects.toThrow('can only start a traversal');
});

test('a service may wait, and is given all that was said', async () => {
  const later: Service = {
    name: 'later',
    doc: '',
    parameters: {},
    place: 'either',
    *call(value: GValue | undefined, parameters: GMap, run: Run) {
      let waited = 'not';
      run.wait(Promise.resolve().then(() => (waited = 'waited')));
      yield undefined;
      yield [value ?? 'start', waited, ...parameters.values()];
    },
  };
  const source = on(modern(), [later]);
  expect(await ask("g.call('later', [a: 1], constant([b: 2])).with('c', 3)", source)).toEqual([
    ['start', 'waited', 1, 2, 3],
  ]);
  expect(await ask("g.inject(5).call('later')", source)).toEqual([[5, 'waited']]);
});
