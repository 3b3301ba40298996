import { endOfFirstLook } from '../../../src/checks/run/first-look.ts';
import { Graph } from '../../../src/graph/graph.ts';
import { readChanges } from '../../../src/graph/text.ts';

/** What has changed since 1,000, where nodes came at these times. */
function since(...times: readonly number[]) {
  const graph = new Graph({ indexed: [], begin: 1_000 });
  for (const time of times)
    graph.apply(readChanges(`veth:n${time} {"Name":"n${time}"}`), { host: 'h', origin: 'test', time });
  return endOfFirstLook(1_000, graph.diff({ from: 1_000, to: 100_000 }));
}

test('what comes one soon after the other is found, what comes after a pause is new', () => {
  expect(since()).toBe(1_000);
  expect(since(1_300, 1_900, 2_800, 3_900)).toBe(2_800);
  expect(since(2_500)).toBe(1_000);
});

test('where things come all the time a first look comes to an end too', () => {
  expect(since(...Array.from({ length: 40 }, (_, at) => 1_500 + at * 500))).toBe(11_000);
});
