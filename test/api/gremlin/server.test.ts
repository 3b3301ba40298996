import { randomUUID } from 'node:crypto';
import { GMap } from '../../../src/query/gremlin/value/collections.ts';
import { long } from '../../../src/query/gremlin/value/num.ts';
import { Driver, type Format, formats, serve } from './served.ts';

describe.each(Object.keys(formats) as Format[])('in %s', (format) => {
  test('a script is answered with bare values, and nothing with 204', async () => {
    await using server = await serve();
    await using driver = await Driver.open(server.url, format);
    expect(await driver.script('g.V().count()')).toMatchObject([{ code: 200, data: [long(6)] }]);
    expect(await driver.script("g.V().has('name', 'nobody')")).toMatchObject([{ code: 204 }]);
    expect(await driver.script("''")).toMatchObject([{ code: 204 }]);
  });

  test('a long answer comes in batches of the size that was asked for', async () => {
    await using server = await serve();
    await using driver = await Driver.open(server.url, format);
    const answers = await driver.script("g.V().values('name').limit(150)", {}, 'ggrateful');
    expect(answers.map(({ code, data }) => [code, data?.length])).toEqual([
      [206, 64],
      [206, 64],
      [200, 22],
    ]);
    const small = await driver.script('g.V()', { batchSize: 4 });
    expect(small.map(({ code, data }) => [code, data?.length])).toEqual([
      [206, 4],
      [200, 2],
    ]);
  });

  test('bindings and other names for sources are understood', async () => {
    await using server = await serve();
    await using driver = await Driver.open(server.url, format);
    const asked = driver.script("h.V().has('name', x).values('age')", {
      bindings: new GMap([['x', 'marko']]),
      aliases: new GMap([['h', 'gmodern']]),
    });
    expect(await asked).toMatchObject([{ code: 200, data: [29] }]);
  });

  test('many requests on one connection are answered each by its name', async () => {
    await using server = await serve();
    await using driver = await Driver.open(server.url, format);
    const numbers = Array.from({ length: 500 }, (_, at) => at);
    const answers = await Promise.all(numbers.map((at) => driver.script(`g.inject(${at})`)));
    expect(answers.flatMap(([answer]) => answer?.data)).toEqual(numbers);
  });

  test.each([
    ['a text that cannot be parsed', 'g.V(', 597],
    ['a step that nobody knows', 'g.V().oot()', 597],
    ['a text that is too deep', `g.inject(${'['.repeat(1000)}1${']'.repeat(1000)})`, 597],
    ['a step that fails', "g.V().values('name').out()", 597],
    ['a fail()', "g.inject(1).fail('on purpose')", 595],
    [
      'a traversal that never ends',
      'g.with("evaluationTimeout", 50).V().repeat(both()).until(has("name", "nobody"))',
      598,
    ],
  ])('%s is an error with its code, and the next request is answered', async (_name, text, code) => {
    await using server = await serve();
    await using driver = await Driver.open(server.url, format);
    const [answer] = await driver.script(text);
    expect(answer).toMatchObject({ code, data: null });
    expect(answer?.message).not.toBe('');
    expect(answer?.attributes.get('exceptions')).toHaveLength(1);
    expect(await driver.script('g.inject(1)')).toMatchObject([{ code: 200, data: [1] }]);
    expect(server.warnings).toEqual([]);
  });

  test('what cannot be read is told, and the connection lives on', async () => {
    await using server = await serve();
    await using driver = await Driver.open(server.url, format);
    const told = driver.unasked();
    const { mime } = formats[format];
    driver.ws.send(Buffer.concat([Buffer.from([mime.length]), Buffer.from(mime), Buffer.from('nonsense')]));
    expect(await told).toMatchObject({ code: 498 });
    expect(await driver.script('g.inject(1)')).toMatchObject([{ code: 200 }]);
  });
});

test('a frame is answered with one of its kind', async () => {
  await using server = await serve();
  await using driver = await Driver.open(server.url, 'graphson');
  const kinds: boolean[] = [];
  driver.ws.on('message', (_data, isBinary) => kinds.push(isBinary));
  await driver.script('g.inject(1)');
  const told = new Promise((resolve) => driver.ws.once('message', resolve));
  driver.ws.send(
    JSON.stringify({ requestId: randomUUID(), op: 'eval', processor: '', args: { gremlin: 'g.inject(2)' } }),
  );
  await told;
  expect(kinds).toEqual([true, false]);
});

test('a request that cannot be read is answered under its name, as far as that could be read', async () => {
  await using server = await serve();
  await using driver = await Driver.open(server.url, 'graphson');
  const requestId = randomUUID();
  const told = new Promise<Buffer>((resolve) => driver.ws.once('message', resolve));
  driver.ws.send(
    JSON.stringify({ requestId, op: 'bytecode', args: { gremlin: { '@type': 'g:Bytecode', '@value': 7 } } }),
  );
  expect(JSON.parse(String(await told))).toMatchObject({ requestId, status: { code: 498 } });
});

test.each([
  ['an op that nobody knows', { op: 'authorise' }, 498],
  ['a source that is not there', { aliases: 'gnone' }, 499],
  ['no text', { gremlin: null }, 499],
  ['a batch size of nothing', { batchSize: 0 }, 499],
  ['a batch size that is none', { batchSize: 'many' }, 499],
  ['a wish for half of the properties', { materializeProperties: 'half' }, 499],
  ['a name of a binding that is no word', { bindings: new GMap([['1x', 1]]) }, 499],
  [
    'more bindings than there may be',
    { bindings: new GMap(Array.from({ length: 257 }, (_, at) => [`x${at}`, at])) },
    499,
  ],
])(
  '%s is refused',
  async (_name, { op = 'eval', aliases = 'gmodern', gremlin = 'g.V()', ...more }: Record<string, unknown>, code) => {
    await using server = await serve();
    await using driver = await Driver.open(server.url);
    const args = new Map(Object.entries({ gremlin, aliases: new GMap([['g', aliases as string]]), ...more }));
    const [answer] = await driver.send({
      requestId: randomUUID(),
      op: op as string,
      processor: '',
      args: args as never,
    });
    expect(answer?.code).toBe(code);
    expect(answer?.message).toMatch(/\w+ /);
  },
);

test('elements come without their properties when that is asked for', async () => {
  await using server = await serve();
  const ask = async (gremlin: string, more = {}) => {
    const reply = await fetch(server.httpUrl, {
      method: 'POST',
      body: JSON.stringify({ gremlin, aliases: { g: 'gmodern' }, ...more }),
      headers: { accept: 'application/vnd.gremlin-v3.0+json;types=false' },
    });
    return ((await reply.json()) as { result: { data: readonly { properties?: object }[] } }).result.data[0];
  };
  expect((await ask('g.V(1)'))?.properties).toMatchObject({ name: [{ value: 'marko' }] });
  expect((await ask('g.V(1)', { materializeProperties: 'tokens' }))?.properties).toBeUndefined();
  expect((await ask("g.with('materializeProperties', 'tokens').V(1)"))?.properties).toBeUndefined();
});

describe('sessions', () => {
  const session = (driver: Driver, op: string, gremlin: string) =>
    driver.send({
      requestId: randomUUID(),
      op,
      processor: 'session',
      args: new Map<string, never>(
        Object.entries({ session: 'a', gremlin, aliases: new GMap([['g', 'gmodern']]) }) as never,
      ),
    });

  test('are served request by request, and closed', async () => {
    await using server = await serve();
    await using driver = await Driver.open(server.url);
    expect(await session(driver, 'eval', 'g.V().count()')).toMatchObject([{ code: 200 }]);
    expect(await session(driver, 'close', '')).toMatchObject([{ code: 204 }]);
  });

  test('transactions are refused, with a sentence', async () => {
    await using server = await serve();
    await using driver = await Driver.open(server.url);
    expect(await session(driver, 'eval', 'g.tx().commit()')).toMatchObject([
      { code: 597, message: expect.stringContaining('Graph does not support transactions') },
    ]);
  });
});
