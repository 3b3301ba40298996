import { steps } from '../../src/query/steps/index.ts';
import { Mistake } from '../../src/std/mistake.ts';
import { stepNames } from '../../src/workflows/sandbox/inside/names.js';
import type { AskedOfApi } from '../../src/workflows/workflow.ts';
import { bookOf, caller, Refused } from './book.ts';

const run = async (source: string, params: unknown[] = [], answers?: (request: AskedOfApi) => unknown) => {
  const as = caller(answers);
  const ran = await bookOf().runSource(source, { as, params });
  return { result: ran.result, console: ran.console, asked: as.asked };
};

const query = ({ body }: AskedOfApi) => (JSON.parse(body ?? '{}') as { GremlinQuery: string }).GremlinQuery;

const eth0 = { ID: 'i1', Host: 'h1', Metadata: { TID: 't1', Name: 'eth0' } };

/** Captures, and a graph of one node. */
function server(request: AskedOfApi): unknown {
  if (request.path === '/api/capture') return { UUID: 'c1', ...JSON.parse(request.body ?? '{}') };
  return request.method === 'DELETE' ? undefined : [eth0];
}

test('a workflow of promises, as those of Skydive were written first', async () => {
  const source = `function Look(from, to) {
    var capture = new Capture();
    capture.GremlinQuery = "G.V().Has('TID', '" + from + "').ShortestPathTo(Metadata('TID', '" + to + "'))";
    return client.captures.create(capture).then(function (c) {
      capture = c
      return sleep(20)
    }).then(function () {
      return client.G.V().Has("TID", from)
    }).then(function (nodes) {
      console.log("found", nodes.length)
      return { "State": nodes.length > 0, "Name": nodes[0].Metadata.Name }
    }).finally(function () {
      client.captures.delete(capture.UUID)
    })
  }`;
  const { result, asked, console } = await run(source, ['a', 'b'], server);
  expect(result).toEqual({ State: true, Name: 'eth0' });
  expect(console).toEqual(['found 1']);
  expect(asked.map(({ method, path }) => `${method} ${path}`)).toEqual([
    'POST /api/capture',
    'POST /api/topology',
    'DELETE /api/capture/c1',
  ]);
});

test('what was left to promises goes on while a script sleeps in place, as a mesh of pings expects', async () => {
  const source = `function mesh(names) {
    var made = {}, seen = {};
    return client.captures.create(new Capture()).then(function () {
      names.forEach(function (name) {
        client.G.V().Has('Name', name).then(function (nodes) { return nodes }).then(function () {
          made[name] = { id: name + '!' };
          return client.packetInjections.create(new PacketInjection());
        });
      });
    }).then(function () {
      return sleep(20);
    }).then(function () {
      names.forEach(function (name) { seen[name] = made[name].id });
      return seen;
    });
  }`;
  const { result } = await bookOf().runSource(source, { as: caller(), params: [['a', 'b']] });
  expect(result).toEqual({ a: 'a!', b: 'b!' });
});

test('a workflow that takes answers in place, as those of Skydive are written now', async () => {
  const source = `function Look(from) {
    try {
      var capture = new Capture();
      capture.GremlinQuery = "G.V().Has('TID', '" + from + "')";
      capture = client.captures.create(capture)
      sleep(20)
      var nodes = client.gremlin.G().V().Has('Captures.ID', capture.UUID, 'Type', NE('ovsport')).result();
      var result = {}
      for (var i in nodes) result[nodes[i].ID] = nodes[i].Metadata.Name
      return result
    } finally {
      if (capture && capture.UUID) client.captures.delete(capture.UUID)
    }
  }`;
  const { result, asked } = await run(source, ['a'], server);
  expect(result).toEqual({ i1: 'eth0' });
  expect(asked[1] && query(asked[1])).toBe('G.V().Has("Captures.ID", "c1", "Type", NE("ovsport"))');
  expect(asked.at(-1)).toMatchObject({ method: 'DELETE', path: '/api/capture/c1' });
});

test('an async function waits for queries, for calls and for sleep, and sleeps side by side', async () => {
  const source = `async function (from) {
    const capture = await client.captures.create({ GremlinQuery: 'G.V()' });
    const begun = Date.now();
    await Promise.all([sleep(300), sleep(300), sleep(300)]);
    const [node] = await client.G.V().Has('Name', from);
    return [capture.UUID, capture instanceof Capture, node.Metadata.Name, node instanceof GraphNode, Date.now() - begun < 800];
  }`;
  expect((await run(source, ['eth0'], server)).result).toEqual(['c1', true, 'eth0', true, true]);
});

test.each<[string, string]>([
  [`client.G.V().Has('Name', "it's").Out().Limit(2)`, `G.V().Has("Name", "it's").Out().Limit(2)`],
  [
    'client.G.V().ShortestPathTo(Metadata("TID", "x"), Metadata("RelationType", "layer2"))',
    'G.V().ShortestPathTo(Metadata("TID", "x"), Metadata("RelationType", "layer2"))',
  ],
  [
    'client.G().At("-1m", 60).Flows().Has("Metric.ABPackets", GT(0)).Sort(DESC, "Last")',
    'G.At("-1m", 60).Flows().Has("Metric.ABPackets", GT(0)).Sort(DESC, "Last")',
  ],
  [
    'client.gremlin.G().V().Has("Name", Regex(".*"), "MTU", Within(1, 2)).Subgraph()',
    'G.V().Has("Name", REGEX(".*"), "MTU", WITHIN(1, 2)).SubGraph()',
  ],
  [
    'client.G.V().Has("Name", /^e\\d+/).Values("MTU").Dedup()',
    'G.V().Has("Name", REGEX("^e\\\\d+")).Values("MTU").Dedup()',
  ],
  ['client.G.Context(NOW, FOREVER).V("a", undefined)', 'G.Context(NOW, FOREVER).V("a")'],
])('%s is asked as %s', async (written, asked) => {
  const { result } = await run(`function() { return String(${written}) }`);
  expect(result).toBe(asked);
});

test('every step of the language can be written', () => {
  const all = steps.flatMap(({ name, aliases = [] }) => [name, ...aliases]);
  expect([...stepNames].sort()).toEqual([...all].sort());
});

test.each<[string, unknown, unknown]>([
  ['client.G.V().ShortestPathTo(Metadata("a", 1)).result()[0].length', [[eth0, eth0]], 2],
  ['client.gremlin.query("G.V().ShortestPathTo(Metadata(1))").length', [[eth0, eth0, eth0]], 3],
  ['client.G.V().SubGraph().result().Nodes[0].ID', [{ Nodes: [eth0], Edges: null }], 'i1'],
  ['client.G.V().Metrics().result().i1[0].RxBytes', [{ i1: [{ RxBytes: 5 }] }], 5],
  ['client.G.V().Metrics().result()', [], {}],
  ['client.G.V().Count().result()', 7, 7],
  ['client.G.V().Values("x").result()', null, []],
  ['Object.keys(client.captures.list())', { c1: {}, c2: {} }, ['c1', 'c2']],
  ['Gremlin("G.V()")[0].ID', [eth0], 'i1'],
  ['new UUID(5, "ns:DNS", "www.example.com").toString()', null, '2ed6657d-e927-568b-95e1-2665a8aea6a2'],
  ['new api.Graph().nodes', null, {}],
])('%s of an answer %j is %j', async (written, answer, result) => {
  expect((await run(`function() { return ${written} }`, [], () => answer)).result).toEqual(result);
});

test('what the server refuses is an error that says so, for catch of either kind', async () => {
  const refuse = () => new Refused(403, 'POST /api/capture needs the role capture\n');
  const inPlace =
    'function() { try { client.captures.create({}) } catch (e) { return [e.name, e.status, e.message] } }';
  const waited =
    'async function() { try { await client.captures.create({}) } catch (e) { return [e.name, e.status, e.message] } }';
  const said = ['APIError', 403, 'POST /api/capture: POST /api/capture needs the role capture'];
  expect((await run(inPlace, [], refuse)).result).toEqual(said);
  expect((await run(waited, [], refuse)).result).toEqual(said);
});

test.each<[string, string, string]>([
  [
    'function X() {\n  var a;\n  return a.b\n}',
    'workflow.threw',
    "the script, line 3, column 11: TypeError: cannot read property 'b' of undefined",
  ],
  [
    'async function X() {\n  await sleep(1)\n  throw new Error("a", { cause: new Error("b") })\n}',
    'workflow.threw',
    'the script, line 3, column 18: Error: a (because of: b)',
  ],
  [
    'function X() {\n  var a = ;\n}',
    'workflow.syntax',
    "the script, line 2, column 11: SyntaxError: unexpected token in expression: ';'",
  ],
  ['function X() { throw { code: 1 } }', 'workflow.threw', 'the script: {"code":1}'],
  ['42', 'workflow.syntax', 'the script: the source has to be one function'],
])('%j fails with its place', async (source, code, message) => {
  const error: unknown = await run(source).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(Mistake);
  expect((error as Mistake).faults[0]).toMatchObject({ code, message });
});
