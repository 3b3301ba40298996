/** Laws of queries about flows: what the store does for a query is what its steps would have done one by one. */
import fc from 'fast-check';
import { ask, lines, worldOf } from './ask.ts';
import { slowly } from './flow-list.ts';

const flowLine = fc
  .record({
    a: fc.constantFrom('10.0.0.1', '10.0.0.2', '10.0.0.3'),
    b: fc.constantFrom('10.0.0.2', '10.0.0.4'),
    protocol: fc.constantFrom('TCP', 'UDP', 'ICMPv4'),
    port: fc.integer({ min: 1, max: 4 }),
    place: fc.constantFrom('eth0', 'eth1', 'gone'),
    start: fc.integer({ min: 1, max: 5 }),
    last: fc.integer({ min: 5, max: 9 }),
    bytes: fc.integer({ min: 0, max: 3 }),
  })
  .map(({ a, b, protocol, port, place, start, last, bytes }) => {
    const ports = protocol === 'ICMPv4' ? ['', ''] : [`:${port}`, ':80'];
    const more = JSON.stringify({ Start: start, Last: last, Metric: { ABBytes: bytes } });
    return `${a}${ports[0]} -${protocol}-> ${b}${ports[1]} @${place} ${more}`;
  });

const tail = fc.constantFrom(
  "Has('Network', '10.0.0.2')",
  "Has('Application', 'TCP', 'Transport.A', LT(3))",
  "HasEither('Transport.A', 2, 'Application', 'ICMPv4')",
  "HasNot('Transport')",
  "HasKey('Transport')",
  'Sort()',
  'Sort(DESC)',
  "Sort('Metric.ABBytes')",
  "Sort(DESC, 'Application')",
  "Sort('Transport.A')",
  'Limit(3)',
  'Limit(0)',
  'Range(1, 4)',
  'Range(2, 1)',
  'Dedup()',
  "Dedup('NodeTID', 'Application')",
);

const lastStep = fc.constantFrom(
  '',
  '.Count()',
  ".Values('Transport.B')",
  '.Group()',
  '.CaptureNode()',
  '.Hops()',
  '.Nodes()',
  ".ValueMap('Network.A', 'Start')",
  '.Metrics().Sum()',
  ".Sum('Metric.ABBytes')",
);

test('the store and the steps agree', async () => {
  const graph = 'device:eth0 {"TID":"eth0"}\n device:eth1 {"TID":"eth1"}\n';
  const source = fc.constantFrom('G.Flows()', 'G.V().Flows()', "G.V().Has('Name', 'eth1').Flows()");
  await fc.assert(
    fc.asyncProperty(
      fc.array(flowLine, { maxLength: 12 }),
      source,
      fc.array(tail, { maxLength: 5 }),
      lastStep,
      async (flows, from, tails, last) => {
        const world = worldOf(graph + flows.join('\n'));
        const answered = async (text: string, isSlow = false) => {
          const view = isSlow && world.flows ? slowly(world.flows) : world.flows;
          return lines(await ask(graph, text, { flows: view }));
        };
        const rest = [...tails.map((step) => `.${step}`), last].join('');
        // A part is the end of what a store filters and sorts.
        const apart = await answered(`${from}.Range(0, 1000)${rest}`);
        expect(await answered(from + rest)).toEqual(apart);
        expect(await answered(from + rest, true)).toEqual(apart);
      },
    ),
    { numRuns: 500 },
  );
});
