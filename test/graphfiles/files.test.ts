import { mkdirSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { graphFolder } from '../../src/graphfiles/folder.ts';
import { readGraphFile } from '../../src/graphfiles/read.ts';
import type { GValue } from '../../src/query/gremlin/value/value.ts';
import { crew, empty, grateful, modern, sink, type Toy } from '../query/gremlin/toys.ts';

const around = mkdtempSync(join(tmpdir(), 'graphfiles-'));
const folder = join(around, 'files');
mkdirSync(folder);
afterAll(() => rm(around, { recursive: true }));

const files = graphFolder(folder);
const save = ({ timeline, model }: Toy, name: string, format?: string) =>
  files.write(name, format, timeline.now(), model);

async function reread(name: string, toy = empty(), format?: string): Promise<Toy> {
  await files.read(name, format, toy.writer);
  return toy;
}

/** All there is of a graph, in an order of its own. */
function told({ timeline, model }: Toy): unknown {
  const view = timeline.now();
  const nodes = Array.from(view.nodes(), (node) => ({
    id: model.id(node),
    label: model.label(node),
    properties: [...model.keys(node, view)]
      .sort()
      .map((key) => model.vertexProperties(node, key, view).map(({ id, value, meta }) => [key, id, value, meta])),
  }));
  const edges = Array.from(view.edges(), (edge) => ({
    id: model.id(edge),
    label: model.label(edge),
    ends: [edge.parent, edge.child],
    properties: [...model.keys(edge, view)].sort().map((key) => [key, model.edgeProperty(edge, key, view)?.value]),
  }));
  const sorted = (list: { id: GValue }[]) =>
    list.sort((a, b) => (JSON.stringify(a.id) < JSON.stringify(b.id) ? -1 : 1));
  return { nodes: sorted(nodes), edges: sorted(edges) };
}

test.each([
  ['modern', modern],
  ['crew', crew],
  ['sink', sink],
  ['grateful', grateful],
] as const)('%s is the same after GraphSON', async (name, toy) => {
  await save(toy(), `${name}.json`);
  expect(told(await reread(`${name}.json`))).toEqual(told(toy()));
});

test('GraphML keeps labels, ids and types of numbers; ids of properties it has no word for', async () => {
  const toy = modern();
  await save(toy, 'modern.xml');
  const again = await reread('modern.xml');
  const without = (all: unknown) =>
    JSON.parse(JSON.stringify(all), (_, value) =>
      Array.isArray(value) && value.length === 4 && typeof value[0] === 'string' ? [value[0], value[2]] : value,
    );
  expect(without(told(again))).toEqual(without(told(toy)));
  await expect(save(crew(), 'crew.xml')).rejects.toThrow('GraphML has no word for the several values');
  expect(readdirSync(folder).filter((name) => name.includes('crew.xml'))).toEqual([]);
});

test('GraphML of others: ids of text, defaults, entities, edges before their ends', async () => {
  writeFileSync(
    join(folder, 'other.graphml'),
    `<?xml version="1.0"?>
<!DOCTYPE graphml [<!ENTITY x "no">]>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns">
  <key id="d0" for="node" attr.name="color" attr.type="string"><default>yellow</default></key>
  <key id="d1" for="all" attr.name="weight" attr.type="double"/>
  <graph id="G" edgedefault="undirected">
    <edge source="n0" target="n1"><data key="d1">1</data></edge>
    <node id="n0"><data key="d0">a &lt; <![CDATA[<b>]]></data></node>
    <node id="n1"/>
  </graph>
</graphml>`,
  );
  const { timeline, model } = await reread('other.graphml');
  const view = timeline.now();
  const colors = Array.from(view.nodes(), (node) => [
    model.id(node),
    model.label(node),
    model.reader('color')(node, view),
  ]);
  expect(colors).toEqual([
    ['n0', 'vertex', 'a < <b>'],
    ['n1', 'vertex', 'yellow'],
  ]);
  const weights = Array.from(view.edges(), (edge) => [model.label(edge), model.reader('weight')(edge, view)]);
  expect(weights).toEqual([['edge', { type: 'double', value: 1 }]]);
});

test('a whole document of GraphSON is read too', async () => {
  const lines = readFileSync(join(import.meta.dirname, '../data/graphs/tinkerpop-modern.json'), 'utf8')
    .trim()
    .split('\n');
  writeFileSync(join(folder, 'wrapped.json'), `{ "vertices": [\n${lines.join(',\n')}\n]}`);
  expect(told(await reread('wrapped.json'))).toEqual(told(modern()));
});

test('JSON lines are read, with plain values and typed ones', async () => {
  writeFileSync(
    join(folder, 'some.json'),
    `{"kind":"node","id":"a","label":"host","properties":{"n":1,"big":{"@type":"g:Int64","@value":1}}}
{"kind":"edge","label":"link","from":"a","to":"b"}

{"kind":"node","id":"b","label":"host"}`,
  );
  const toy = await reread('some.json');
  const view = toy.timeline.now();
  expect(
    [...view.nodes()].map((node) => [toy.model.reader('n')(node, view), toy.model.reader('big')(node, view)]),
  ).toEqual([
    [1, { type: 'long', value: 1 }],
    [undefined, undefined],
  ]);
  expect([...view.edges()].map((edge) => [toy.model.id(edge), toy.model.label(edge)])).toEqual([[0, 'link']]);
});

test.each([
  ['no JSON', 'a.json', '{"id":1,"label":"a"}\n{"id":', 'line 2: '],
  ['no id', 'a.json', '{"label":"a"}', 'line 1: a vertex has no id'],
  [
    'an edge without its end',
    'a.json',
    '{"id":1,"outE":{"knows":[{"id":7,"inV":2}]}}',
    'an edge "knows" has an end that is no vertex of the file: 2',
  ],
  ['edges at one end only', 'a.json', '{"id":1,"inE":{"knows":[{"id":7,"outV":1}]}}', '1 edges stand in inE alone'],
  [
    'an int that is too large',
    'a.json',
    '{"id":{"@type":"g:Int32","@value":3000000000}}',
    'line 1: 3000000000 is no int',
  ],
  [
    'an unknown type',
    'a.json',
    '{"id":1,"properties":{"x":[{"value":{"@type":"g:Vertex","@value":{}}}]}}',
    'no value of a property has the type "g:Vertex"',
  ],
  ['a hidden key', 'a.json', '{"id":1,"properties":{"~x":[{"value":1}]}}', 'Property key can not be a hidden key: ~x'],
  ['the same id twice', 'a.json', '{"id":1}\n{"id":1}', 'line 2: Vertex with id already exists: 1'],
  ['another XML', 'a.xml', '<svg/>', 'this begins with <svg>, not with <graphml>'],
  ['broken XML', 'a.xml', '<graphml>\n<node>', 'unclosed tag'],
  [
    'an entity of its own',
    'a.xml',
    '<!DOCTYPE g [<!ENTITY x "y">]><graphml><key id="&x;"/></graphml>',
    'undefined entity',
  ],
  [
    'a number that is none',
    'a.xml',
    '<graphml><key id="d" for="node" attr.type="int"/><graph>\n<node id="1"><data key="d">x</data></node></graph></graphml>',
    'line 2: "x" is no int',
  ],
  ['Gryo', 'a.kryo', 'GRYO', 'Gryo is neither read nor written'],
  [
    'a line of another kind',
    'a.jsonl',
    '{"kind":"thing","label":"a"}',
    'line 1: "kind" is "node" or "edge", not "thing"',
  ],
])('%s is a mistake that says where and what', async (_, name, text, message) => {
  writeFileSync(join(folder, name), text);
  await expect(reread(name)).rejects.toThrow(message);
  await expect(reread(name)).rejects.toHaveProperty('name', 'Mistake');
});

test('whatever a file says, it is read or is a mistake', async () => {
  const lines = readFileSync(join(import.meta.dirname, '../data/graphs/tinkerpop-crew.json'), 'utf8');
  await fc.assert(
    fc.asyncProperty(
      fc.nat(lines.length - 1),
      fc.nat(40),
      fc.constantFrom('', '{', '"', 'null', '[]', '-1', '"@type":"g:UUID",'),
      async (at, cut, put) => {
        writeFileSync(join(folder, 'fuzz.json'), lines.slice(0, at) + put + lines.slice(at + cut));
        const error = await reread('fuzz.json').then(
          () => undefined,
          (thrown: Error) => thrown,
        );
        expect(error === undefined || error.name === 'Mistake').toBe(true);
      },
    ),
    { numRuns: 200 },
  );
});

test('no name leads out of the folder', async () => {
  writeFileSync(join(folder, '..', 'outside.json'), '{"id":1}');
  symlinkSync(join(folder, '..'), join(folder, 'up'));
  symlinkSync(join(folder, '..', 'outside.json'), join(folder, 'link.json'));
  for (const name of [
    '../outside.json',
    'a/../../outside.json',
    join(folder, 'modern.json'),
    'up/outside.json',
    'link.json',
    '..\\x',
    '\0',
  ]) {
    await expect(reread(name)).rejects.toThrow('lies outside of the folder');
  }
  await expect(save(modern(), 'up/written.json')).rejects.toThrow('lies outside of the folder');
  // A link is replaced, not followed.
  await save(modern(), 'link.json');
  expect(readFileSync(join(folder, '..', 'outside.json'), 'utf8')).toBe('{"id":1}');
  await expect(reread('nothing.json')).rejects.toThrow('nothing.json does not exist');
  await mkdir(join(folder, 'sub'), { recursive: true });
  await save(modern(), 'sub/modern.json');
  await expect(reread('sub')).rejects.toThrow('sub is no file');
  expect((await reread('sub/modern.json')).timeline.now().nodeCount).toBe(6);
});

test('what is too large is neither read nor written, and leaves nothing behind', async () => {
  const small = graphFolder(folder, 1000);
  const { timeline, model } = modern();
  await expect(small.write('large.json', undefined, timeline.now(), model)).rejects.toThrow('larger than 1000 bytes');
  await expect(small.read('modern.json', undefined, empty().writer)).rejects.toThrow('larger than 1000 bytes');
  expect(readdirSync(folder).filter((name) => name.includes('large'))).toEqual([]);
});

test('a folder is not written over', async () => {
  await mkdir(join(folder, 'there'), { recursive: true });
  await expect(save(modern(), 'there')).rejects.toThrow('there (EISDIR): needs a file that can be written');
  expect(readdirSync(folder).filter((name) => name.startsWith('.there'))).toEqual([]);
});

test('another format is refused by its name', async () => {
  await expect(reread('modern.json', empty(), 'gryo')).rejects.toThrow(
    'files of the format "gryo" are neither read nor written',
  );
});

test('a line may be cut anywhere by the reading', async () => {
  const text = `${JSON.stringify({ id: 1, properties: { name: [{ value: 'é'.repeat(300_000) }] } })}\n{"id":2}`;
  const path = join(folder, 'long.json');
  writeFileSync(path, text);
  const { writer, timeline } = empty();
  expect(await readGraphFile(path, writer)).toEqual({ vertices: 2, edges: 0 });
  expect([...timeline.now().nodes()][0]?.metadata.name).toBe('é'.repeat(300_000));
});
