import { fakeServer } from './fake-server.ts';
import { smallNetwork } from './network.ts';
import { edge, node, reply } from './replies.ts';
import { skein } from './terminal.ts';

test('a query is sent as it was typed, and its nodes come as a table', async () => {
  await using server = await fakeServer(() => ({
    body: reply('nodes', { nodes: [node('eth0', { MTU: 1500, State: 'UP' }), node('lo', { MTU: 65536 })] }),
  }));
  const { out, err, exitCode } = await skein(['query', 'G.V()', '--server', server.url]);
  expect(server.heard[0]).toMatchObject({ method: 'POST', path: '/api/query', body: { query: 'G.V()' } });
  expect(out).toBe(
    [
      'NAME  TYPE    HOST  STATE    MTU',
      'eth0  device  h1    UP      1500',
      'lo    device  h1           65536',
      '',
    ].join('\n'),
  );
  expect(err).toBe('');
  expect(exitCode).toBe(0);
});

test('options may stand before the command too', async () => {
  await using server = await fakeServer(() => ({ body: reply('value', { value: 7 }) }));
  expect((await skein(['--server', server.url, 'query', 'G.V().Count()', '--no-headers'])).out).toBe('7\n');
});

test('the address comes from the environment, as Skydive spells it too', async () => {
  await using server = await fakeServer(() => ({ body: reply('value', { value: 7 }) }));
  for (const env of [{ SKEIN_SERVER: server.url }, { SKYDIVE_ANALYZER: server.url.replace('http://', '') }]) {
    expect((await skein(['query', 'G.V().Count()', '--no-headers'], { env })).out).toBe('7\n');
  }
});

test('--at and --since move the query in time', async () => {
  await using server = await fakeServer(() => ({ body: reply('nodes', { nodes: [] }) }));
  const asked = async (...words: string[]) => {
    await skein(['query', 'G.V()', '--server', server.url, ...words]);
    return (server.heard.at(-1)?.body as { query: string } | undefined)?.query;
  };
  expect(await asked('--at', '-5m')).toBe("G.At('-5m').V()");
  expect(await asked('--at', '1h30m')).toBe("G.At('-1h30m').V()");
  expect(await asked('--at=rev:12')).toBe("G.At('rev:12').V()");
  expect(await asked('--at', '2026-11-21T10:30:00Z')).toBe(`G.At(${Date.UTC(2026, 10, 21, 10, 30)}).V()`);
  expect(await asked('--since', '-2d')).toBe("G.Between('-2d', NOW).V()");
  expect(await asked('--since', '-1h', '--until', '-30m')).toBe("G.Between('-1h', '-30m').V()");
});

test('--at and --since move a standard traversal too', async () => {
  await using server = await fakeServer(() => ({ body: reply('nodes', { nodes: [] }) }));
  const asked = async (query: string, ...words: string[]) => {
    await skein(['query', query, '--server', server.url, ...words]);
    return (server.heard.at(-1)?.body as { query: string } | undefined)?.query;
  };
  expect(await asked('g.V()', '--at', '-5m')).toBe("g.with('at', '-5m').V()");
  expect(await asked("g.V().has('Name', 'eth0')", '--since', '-2d')).toBe(
    "g.with('between', ['-2d', 'now']).V().has('Name', 'eth0')",
  );
  expect(await asked("g.v().Has('Name', 'eth0')", '--at', '-5m')).toBe("G.At('-5m').v().Has('Name', 'eth0')");
  const { err, exitCode } = await skein(['query', "g.with('at', '-1h').V()", '--at', '-5m']);
  expect(err).toContain('says its time itself');
  expect(exitCode).toBe(2);
});

test('a standard traversal is asked and drawn as others are', async () => {
  await using server = await smallNetwork();
  const drawn = async (query: string, ...words: string[]) => {
    const { out, err } = await skein(['query', query, '--server', server.url, ...words]);
    expect(err).toBe('');
    return out;
  };
  expect(await drawn("g.V().hasLabel('bridge')")).toBe(await drawn("G.V().Has('Type', 'bridge')"));
  expect(await drawn('g.E()')).toBe(await drawn('G.E()'));
  expect(await drawn("g.V().hasLabel('bridge').values('Name')")).toBe('br0\n');
  expect(await drawn("g.V().hasLabel('bridge')", '-o', 'name')).toBe('br0\n');
  const explained = (await drawn("g.V().has('Name', 'br0').out()", '--explain')).split('\n');
  expect(explained[0]).toMatch(/^stage +steps/);
  expect(explained.at(1)).toMatch(/^as written +V, has.*, out/);
  const profiled = (await drawn("g.V().hasLabel('bridge')", '--profile')).split('\n');
  expect(profiled[0]).toMatch(/^step +traversers +elements +us/);
  expect(profiled.length).toBeGreaterThan(2);
  expect(JSON.parse(await drawn("g.V().hasLabel('bridge').count()", '-o', 'json'))).toMatchObject({
    kind: 'values',
    values: [1],
  });
});

test('a time in the query and one beside it cannot be', async () => {
  const { err, exitCode } = await skein(['query', "G.At('-1h').V()", '--at', '-5m']);
  expect(err).toContain('says its time itself');
  expect(exitCode).toBe(2);
});

test('what is no time is told so, with what would be one', async () => {
  const { err, exitCode } = await skein(['query', 'G.V()', '--at', 'yesterday-ish']);
  expect(err).toBe(
    'skein: "yesterday-ish" is no time\n  like -5m, 1h30m, 2026-11-21T10:30:00Z, 10:30, rev:1234 or now\n',
  );
  expect(exitCode).toBe(2);
});

test('a mistake in the query is shown as the server says it, caret and all', async () => {
  const said = 'no step named "Dedub"\n  G.V().Dedub()\n        ^^^^^ did you mean Dedup?';
  await using server = await fakeServer(() => ({
    status: 400,
    body: { schema: 'skein/v1', code: 'query.unknown-step', message: 'no step named "Dedub"', text: said, faults: [] },
  }));
  const { err, out, exitCode } = await skein(['query', 'G.V().Dedub()', '--server', server.url]);
  expect(err).toBe(`skein: ${said}\n`);
  expect(out).toBe('');
  expect(exitCode).toBe(2);
});

test('json is the answer as it came, with its version', async () => {
  const answer = reply('nodes', { nodes: [node('eth0')] });
  await using server = await fakeServer(() => ({ body: answer }));
  const { out } = await skein(['query', 'G.V()', '-o', 'json', '--server', server.url]);
  expect(JSON.parse(out)).toEqual(answer);
});

test('ndjson is one element a line, csv has titles, name is names alone', async () => {
  const [a, b] = [node('a'), node('b')];
  await using server = await fakeServer(() => ({ body: reply('nodes', { nodes: [a, b] }) }));
  const printed = async (format: string) => (await skein(['query', 'G.V()', '-o', format, '--server', server.url])).out;
  expect(
    (await printed('ndjson'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toEqual([a, b]);
  expect(await printed('name')).toBe('a\nb\n');
  expect((await printed('csv')).split('\r\n')[0]).toBe(
    'NAME,TYPE,HOST,STATE,MTU,MAC,ADDRESSES,ID,REVISION,SINCE,CREATED,DELETED',
  );
  expect(await printed('columns=Name,@Revision')).toBe('Name  @Revision\na             2\nb             2\n');
  expect(await printed('yaml')).toContain('schema: skein/v1');
});

test('a graph is drawn for Graphviz and for Mermaid', async () => {
  const [br, port] = [node('br0', { Type: 'bridge' }), node('eth0')];
  await using server = await fakeServer(() => ({
    body: reply('graph', { nodes: [br, port], edges: [edge(br, 'layer2', port)] }),
  }));
  const printed = async (format: string) => (await skein(['query', 'G', '-o', format, '--server', server.url])).out;
  expect(await printed('dot')).toContain('"id-br0" -> "id-eth0" [label="layer2", dir=none];');
  expect(await printed('mermaid')).toBe(
    'flowchart LR\n  n1["br0 (bridge)"]\n  n2["eth0 (device)"]\n  n1 ---|"layer2"| n2\n',
  );
});

test('what cannot be drawn as a graph says what would do', async () => {
  await using server = await fakeServer(() => ({ body: reply('value', { value: 3 }) }));
  const { err, exitCode } = await skein(['query', 'G.V().Count()', '-o', 'dot', '--server', server.url]);
  expect(err).toContain('let the query end in SubGraph()');
  expect(exitCode).toBe(2);
});

test('nothing found is no failure unless it is asked for', async () => {
  await using server = await fakeServer(() => ({ body: reply('nodes', { nodes: [] }) }));
  const words = ['query', 'G.V()', '--server', server.url];
  expect(await skein(words)).toEqual({ exitCode: 0, out: '', err: 'nothing found\n' });
  expect((await skein([...words, '--fail-empty', '-q'])).exitCode).toBe(1);
});

test('warnings go beside the data, and -q silences them', async () => {
  const warnings = [{ code: 'query.unknown-key', message: 'no node has a key "Naem"', hint: 'did you mean Name?' }];
  await using server = await fakeServer(() => ({ body: reply('nodes', { nodes: [node('a')], warnings }) }));
  const words = ['query', "G.V().Has('Naem')", '-o', 'name', '--server', server.url];
  expect(await skein(words)).toEqual({
    exitCode: 0,
    out: 'a\n',
    err: 'skein: no node has a key "Naem" (did you mean Name?)\n',
  });
  expect((await skein([...words, '-q'])).err).toBe('');
});

test('sorting counts as people do, and the limit comes after it', async () => {
  await using server = await fakeServer(() => ({
    body: reply('nodes', { nodes: ['eth10', 'eth2', 'eth1'].map((name) => node(name)) }),
  }));
  const words = ['query', 'G.V()', '-o', 'name', '--server', server.url];
  expect((await skein([...words, '--sort-by', 'Name', '--limit', '2'])).out).toBe('eth1\neth2\n');
  expect((await skein([...words, '--sort-by', '-NAME'])).out).toBe('eth10\neth2\neth1\n');
});

test('a query is read from standard input', async () => {
  await using server = await fakeServer(() => ({ body: reply('value', { value: 7 }) }));
  await skein(['query', '-', '--server', server.url], { input: 'G.V()\n  .Count()\n' });
  expect(server.heard[0]?.body).toEqual({ query: 'G.V()\n  .Count()' });
  expect((await skein(['query', '-'], { input: ' \n' })).exitCode).toBe(2);
});

test('where nothing listens, it says how to start it', async () => {
  const gone = await fakeServer(() => undefined);
  await gone[Symbol.asyncDispose]();
  const { err, exitCode } = await skein(['query', 'G.V()', '--server', gone.url]);
  expect(err).toContain('start it with: skein up');
  expect(exitCode).toBe(3);
});

test('a server that does not answer in time is given up', async () => {
  await using server = await fakeServer(() => undefined);
  const { err, exitCode } = await skein(['query', 'G.V()', '--timeout', '20ms', '--server', server.url]);
  expect(err).toContain('did not answer within 0.02 s');
  expect(exitCode).toBe(4);
});

test('Ctrl-C ends a question without a word', async () => {
  const interrupt = new AbortController();
  await using server = await fakeServer(() => {
    interrupt.abort();
    return undefined;
  });
  const words = ['query', 'G.V()', '--server', server.url];
  expect(await skein(words, { interrupted: interrupt.signal })).toEqual({ exitCode: 130, out: '', err: '' });
});

test('a token is sent, and a refusal says where one comes from', async () => {
  await using server = await fakeServer(({ headers }) =>
    headers.authorization === 'Bearer secret'
      ? { body: reply('value', { value: 1 }) }
      : { status: 401, body: { text: 'no token' } },
  );
  const words = ['query', 'G.V().Count()', '--server', server.url];
  expect((await skein(words, { env: { SKEIN_TOKEN: 'secret' } })).exitCode).toBe(0);
  const { err, exitCode } = await skein(words);
  expect(err).toContain('--token-file');
  expect(exitCode).toBe(3);
});

test('a server that is no Skein is told apart from an empty answer', async () => {
  for (const body of ['<html>', [], { schema: 'skein/v9', kind: 'nodes' }]) {
    await using server = await fakeServer(() => ({ body }));
    const { err, exitCode } = await skein(['query', 'G.V()', '--server', server.url]);
    expect(err).toContain('not as Skein does');
    expect(exitCode).toBe(3);
  }
});

test('skydive client query answers in the bare shape of Skydive', async () => {
  await using server = await fakeServer(() => ({ body: ['1a:d8:ad:c8:40:b7'] }));
  const query = "G.V().Has('Name','skyb-br').Values('MAC')";
  const address = server.url.replace('http://', '');
  for (const words of [
    ['client', 'query', query, '--analyzer', address],
    ['--analyzer', address, 'client', 'query', query],
    ['client', 'topology', 'query', '--gremlin', query, `--analyzer=${address}`],
    ['client', 'query', query, '--format', 'json', '--analyzer', address],
  ]) {
    // As recorded from Skydive 0.28.
    expect((await skein(words)).out).toBe('[\n\t"1a:d8:ad:c8:40:b7"\n]\n');
    expect(server.heard.at(-1)).toMatchObject({ path: '/api/topology', body: { GremlinQuery: query } });
  }
});
