/** `skein graph serve` as a process of its own, asked over HTTP; killed, and started again. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const SKEIN = join(import.meta.dirname, '..', '..', 'bin', 'skein');
const CREW = join(import.meta.dirname, '..', 'data', 'graphs', 'tinkerpop-crew.json');

const folder = mkdtempSync(join(tmpdir(), 'graphs-'));
const started = new Set<ChildProcess>();
afterAll(() => {
  for (const child of started) child.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});

test('a graph with its past outlives a kill -9, and its file is read only once', async () => {
  const flags = [
    '--graph',
    `crew=${CREW}`,
    '--cardinality',
    'crew=list',
    '--graph',
    'scratch',
    '--data',
    join(folder, 'data'),
  ];
  const first = await serve(...flags);
  expect(first.said()).toContain('crew: 6 vertices, 14 edges from ');
  expect(await ask(first, 'g.V().has("name","marko").properties("location").count()')).toEqual([4]);
  await ask(first, 'g.V().has("name","marko").property("location","here","startTime",2026).iterate()');
  await ask(first, 'scratch.addV("thing").property("x",1L)');
  await ask(first, 'scratch.addV("thing").property("x",2.5d)');
  const before = Date.now();
  await later();
  // What was answered is on disk.
  await ask(first, 'g.V().has("name","stephen").drop()');
  await first.end('SIGKILL');

  const second = await serve(...flags);
  expect(second.said()).toMatch(/crew: 5 vertices, 10 edges, as they were; .* was not read again/);
  const past = `g.with("at",${JSON.stringify(new Date(before).toISOString())})`;
  expect(await ask(second, 'g.V().count()')).toEqual([5]);
  expect(await ask(second, `${past}.V().count()`)).toEqual([6]);
  expect(await ask(second, `${past}.V().has("name","stephen").label()`)).toEqual(['person']);
  expect(
    await ask(second, 'g.V().has("name","marko").properties("location").hasValue("here").values("startTime")'),
  ).toEqual([2026]);
  expect(await ask(second, 'scratch.V().values("x")')).toEqual([1, 2.5]);
  // New ids are none of those that were.
  expect(await ask(second, 'scratch.addV().id()')).not.toEqual(await ask(second, 'scratch.V().limit(1).id()'));
  expect(await second.end('SIGTERM')).toBe(0);
}, 120_000);

test('files are written and read below the folder of io() alone', async () => {
  const files = join(folder, 'files');
  mkdirSync(files);
  const server = await serve('--graph', `crew=${CREW}`, '--graph', 'copy', '--cardinality', 'copy=list', '--io', files);
  await ask(server, 'crew.io("crew.json").write().iterate()');
  await ask(server, 'copy.io("crew.json").read().iterate()');
  expect(await ask(server, 'copy.E().count()')).toEqual([14]);
  await expect(ask(server, 'copy.io("../x.json").write().iterate()')).rejects.toThrow('lies outside of the folder');
  await server.end();
}, 120_000);

test('with a password nobody comes in without it', async () => {
  const passwordFile = join(folder, 'password');
  writeFileSync(passwordFile, 'secret\n');
  const server = await serve('--graph', 'g', '--user', `ann:${passwordFile}`);
  await expect(ask(server, 'g.V().count()')).rejects.toThrow('401');
  await expect(ask(server, 'g.V().count()', 'ann:wrong')).rejects.toThrow('401');
  expect(await ask(server, 'g.V().count()', 'ann:secret')).toEqual([0]);
  await server.end();
}, 120_000);

test('what is imported is served and exported, and one process at a time has it', async () => {
  const data = join(folder, 'imported');
  const place = ['--graph', 'crew', '--data', data];
  expect(await run('import', CREW, ...place)).toMatchObject({ code: 0, said: '6 vertices, 14 edges added to crew\n' });
  const server = await serve(...place);
  expect(await ask(server, 'crew.V().count()')).toEqual([6]);
  const refused = await run('export', join(folder, 'out.json'), ...place);
  expect(refused.code).not.toBe(0);
  await server.end();
  expect(await run('export', join(folder, 'out.json'), ...place)).toMatchObject({
    code: 0,
    said: `6 vertices, 14 edges written to ${join(folder, 'out.json')}\n`,
  });
  const again = await serve('--graph', `crew=${join(folder, 'out.json')}`);
  expect(await ask(again, 'g.V().properties().count()')).toEqual([20]);
  await again.end();
}, 120_000);

test('an address that is taken is told before a file is read', async () => {
  const server = await serve('--graph', 'g');
  const { port } = new URL(server.url);
  const second = await run('serve', '--graph', `g=${join(folder, 'nowhere.json')}`, '--listen', `127.0.0.1:${port}`);
  expect(second.code).toBe(3);
  expect(second.erred).toContain(`listening on 127.0.0.1:${port} (EADDRINUSE): needs a port that nobody else uses`);
  await server.end();
}, 120_000);

test('a first load that was cut off begins again', async () => {
  const data = join(folder, 'cut');
  expect((await run('import', CREW, '--graph', 'crew', '--data', data)).code).toBe(0);
  // What is left behind when the process ends on the way.
  writeFileSync(join(data, 'crew.loading'), 'crew.json\n');
  const server = await serve('--graph', `crew=${join(folder, 'small.json')}`, '--data', data).catch(
    (error: Error) => error,
  );
  expect(String(server)).toContain('an earlier load was cut off; beginning again');
  expect(String(server)).toContain('small.json (ENOENT): needs a file that can be read');
  writeFileSync(join(folder, 'small.json'), '{"id":1,"label":"only"}');
  const again = await serve('--graph', `crew=${join(folder, 'small.json')}`, '--data', data);
  expect(again.said()).toContain('crew: 1 vertex, 0 edges from ');
  await again.end();
}, 120_000);

interface Server {
  readonly url: string;
  readonly said: () => string;
  end(signal?: NodeJS.Signals): Promise<number | string>;
}

async function serve(...flags: string[]): Promise<Server> {
  const child = spawn(SKEIN, ['graph', 'serve', '--listen', '127.0.0.1:0', ...flags], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.add(child);
  let said = '';
  const url = await new Promise<string>((resolve, reject) => {
    const heard = (chunk: Buffer) => {
      said += chunk;
      const found = /and (http:\S+)\n/.exec(said)?.[1];
      if (found) resolve(found);
    };
    child.stdout.on('data', heard);
    child.stderr.on('data', heard);
    child.once('error', reject);
    child.once('exit', () => reject(new Error(said)));
  });
  return {
    url,
    said: () => said,
    async end(signal = 'SIGTERM') {
      const exited = once(child, 'exit');
      child.kill(signal);
      const [code, by] = (await exited) as [number | null, string | null];
      return code ?? by ?? '';
    },
  };
}

async function run(...words: string[]): Promise<{ code: number | null; said: string; erred: string }> {
  const child = spawn(SKEIN, ['graph', ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
  let [said, erred] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk;
  });
  child.stderr.on('data', (chunk: Buffer) => {
    erred += chunk;
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, said, erred };
}

/** The results, untyped. */
async function ask({ url }: Server, gremlin: string, login?: string): Promise<unknown> {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      accept: 'application/vnd.gremlin-v3.0+json;types=false',
      ...(login && { authorization: `Basic ${Buffer.from(login).toString('base64')}` }),
    },
    body: JSON.stringify({ gremlin }),
  });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${response.status} ${text}`);
  return (JSON.parse(text) as { result: { data: unknown } }).result.data;
}

/** The clock has to move between two moments. */
function later(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 20));
}
