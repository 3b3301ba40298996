import { readGraph } from '../../src/graph/text.ts';
import { complete } from '../../src/query/complete.ts';

const view = readGraph(
  'host:h1 -ownership-> device:eth0 {"MTU":1500,"LLDP":{"Port":"1"}}\n device:eth0 -layer2-> veth:it\'s',
).now();
const knowledge = { keys: ['Name', 'Type', 'MAC'], view };

/** The bar is the cursor. */
function offers(typed: string): string[] {
  const offset = typed.indexOf('|');
  return complete(typed.replace('|', ''), offset, knowledge).items.map(({ text }) => text);
}

test('an empty text is offered G', () => {
  expect(offers('|')).toEqual(['G']);
});

test('after the dot come the steps that fit what is there', () => {
  expect(offers('G.|')).toEqual(expect.arrayContaining(['V(', 'E(', 'At(', 'Context(']));
  expect(offers('G.|')).not.toContain('Out(');
  expect(offers('G.V().Ou|')).toEqual(['Out(', 'OutE(']);
  expect(offers('G.E().|')).toContain('OutV(');
  expect(offers('G.V().Count().|')).toEqual(['explain(', 'profile(']);
});

test('after a mistake all steps are offered', () => {
  expect(offers('G.Dedub().|')).toEqual(expect.arrayContaining(['V(', 'Out(', 'OutV(']));
});

test('behind a finished step only a dot can come', () => {
  expect(offers('G.V()|')).toEqual(['.']);
});

test('keys come from the vocabulary and from the graph', () => {
  expect(offers('G.V().Has(|')).toEqual(expect.arrayContaining(["'Name'", "'MAC'", "'@ID'", "'LLDP.Port'"]));
  expect(offers("G.V().Has('M|")).toEqual(["'MAC'", "'MTU'"]);
  expect(offers('G.V().Has("LL|')).toEqual(['"LLDP"', '"LLDP.Port"']);
  expect(offers("G.E().Has('Re|")).toEqual(["'RelationType'"]);
  expect(offers("G.V().OutE('Re|")).toEqual(["'RelationType'"]);
});

test('fields of flows are offered where flows are asked, and keys of nodes where nodes are', () => {
  expect(offers("G.Flows().Has('Tracking|")).toEqual(["'TrackingID'"]);
  expect(offers("G.V().Flows('Applic|")).toEqual(["'Application'"]);
  expect(offers("G.Flows().Sort(DESC, 'Metric.ABB|")).toEqual(["'Metric.ABBytes'"]);
  expect(offers("G.Flows().Hops('MT|")).toEqual(["'MTU'"]);
  expect(offers("G.Flows().Has('Application', 'h|")).toEqual([]);
  expect(offers('G.Flows().Ho|')).toEqual(['Hops(']);
  expect(offers('G.Flows().RawPackets().B|')).toEqual(['BPF(']);
  expect(offers("G.Flows().Metrics('M|")).toEqual(["'Metric'"]);
});

test('values are those of the key before, beside the predicates', () => {
  expect(offers("G.V().Has('Type', |")).toEqual(expect.arrayContaining(['WITHIN(', "'host'", "'veth'"]));
  expect(offers("G.V().Has('Type', 'v|")).toEqual(["'veth'"]);
  expect(offers("G.V().Has('Type', Within('host', 'd|")).toEqual(["'device'"]);
  expect(offers("G.V().Has('MTU', 1500, 'Type', 'v|")).toEqual(["'veth'"]);
  expect(offers("G.E().Has('RelationType', 'l|")).toEqual(["'layer2'"]);
  expect(offers("G.V().Has('Type', reg|")).toEqual(['REGEX(']);
});

test('a value with a quote in it is offered with an escape', () => {
  expect(offers("G.V().Has('Name', 'it|")).toEqual(["'it\\'s'"]);
});

test('ids, times, orders, matchers and names have their places', () => {
  expect(offers("G.V('ho|")).toEqual(["'host:h1'"]);
  expect(offers('G.At(|')).toEqual(expect.arrayContaining(['NOW', "'-5m'"]));
  expect(offers("G.At('-5m', |")).toContain('FOREVER');
  expect(offers('G.V().Sort(D|')).toEqual(['DESC']);
  expect(offers('G.V().ShortestPathTo(|')).toEqual(['Metadata(']);
  expect(offers("G.V().ShortestPathTo(Metadata('Na|")).toEqual(["'Name'"]);
  expect(offers("G.V().As('here').Select('|")).toEqual(["'here'"]);
});

test('the range that is replaced is what was typed, quote included', () => {
  expect(complete("G.V().Has('Na", 13, knowledge)).toMatchObject({ from: 10, to: 13 });
  expect(complete('G.V().Ou', 8, knowledge)).toMatchObject({ from: 6, to: 8 });
});

test('any cut of a query can be completed', () => {
  const text = "G.At('-5m', 60).V().Has('Name', Within('a', 'b')).ShortestPathTo(Metadata('Type', 'host')).Count()";
  for (let cut = 0; cut <= text.length; cut++) expect(() => complete(text.slice(0, cut), cut, knowledge)).not.toThrow();
});
