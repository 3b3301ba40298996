import { readGraph } from '../../../../src/graph/text.ts';
import { completeGremlin } from '../../../../src/query/gremlin/typing/complete.ts';

const view = readGraph(
  'host:h1 -ownership-> device:eth0 {"MTU":1500,"LLDP":{"Port":"1"}}\n device:eth0 -layer2-> veth:it\'s',
).now();
const knowledge = { keys: ['Name', 'Type', 'MAC'], view };

/** The bar is the cursor. */
function offers(typed: string): string[] {
  const offset = typed.indexOf('|');
  return completeGremlin(typed.replace('|', ''), offset, knowledge).items.map(({ text }) => text);
}

test('behind g come the steps that may start, and settings of the source', () => {
  expect(offers('g.|')).toEqual(expect.arrayContaining(['V(', 'E(', 'addV(', 'with(']));
  expect(offers('g.|')).not.toContain('out(');
  expect(offers('g.V|')).toEqual(['V(']);
  expect(offers("g.with('at', '-5m').V|")).toEqual(['V(']);
  expect(offers('g.V()|')).toEqual(['.']);
});

test('behind a step come the steps that may follow, and what says more about it', () => {
  expect(offers('g.V().ou|')).toEqual(expect.arrayContaining(['out(', 'outE(']));
  expect(offers('g.V().out().|')).toEqual(expect.arrayContaining(['count(', 'by(', 'as(']));
  expect(offers('g.V(); g.|')).toContain('addV(');
});

test('keys, labels and values come from the vocabulary and from the graph', () => {
  expect(offers('g.V().has(|')).toEqual(expect.arrayContaining(["'Name'", "'MAC'", "'LLDP.Port'"]));
  expect(offers("g.V().has('M|")).toEqual(["'MAC'", "'MTU'"]);
  expect(offers('g.V().values("LL|')).toEqual(['"LLDP"', '"LLDP.Port"']);
  expect(offers("g.V().hasLabel('h|")).toEqual(["'host'"]);
  expect(offers("g.V().out('l|")).toEqual(["'layer2'"]);
  expect(offers("g.V().has('Type', |")).toEqual(expect.arrayContaining(['within(', "'host'", "'veth'"]));
  expect(offers("g.V().has('Type', 'v|")).toEqual(["'veth'"]);
  expect(offers("g.V().has('Type', within('host', 'd|")).toEqual(["'device'"]);
  expect(offers("g.V().has('Name', 'it|")).toEqual(["'it\\'s'"]);
  expect(offers("g.V('device:e|")).toEqual(["'device:eth0'"]);
});

test('services and settings are offered by name', () => {
  expect(offers("g.call('fl|")).toEqual(["'flows'"]);
  expect(offers("g.with('|")).toEqual(["'at'", "'between'"]);
  expect(offers("g.with('at', '|")).toContain("'-5m'");
});

test('where a traversal may stand, steps are offered', () => {
  expect(offers('g.V().where(__.ou|')).toEqual(expect.arrayContaining(['out(', 'outE(']));
  expect(offers('g.V().filter(outE|')).toEqual(['outE(']);
  expect(offers('g.V().repeat(out().|')).toContain('in(');
});

test('the start is offered, and any text is answered', () => {
  expect(offers('|')).toEqual(['g']);
  for (const text of ['g.V())).|', "g.V('a", 'g..|', '[|', 'g.V().has((|', `${'('.repeat(1000)}|`])
    expect(offers(text.includes('|') ? text : `${text}|`)).toBeInstanceOf(Array);
});
