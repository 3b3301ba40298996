import type { GraphTask } from '../../src/cli/graph-task.ts';
import { skein } from './terminal.ts';

async function taskOf(...words: string[]): Promise<{ task: GraphTask | undefined; exitCode: number; err: string }> {
  let task: GraphTask | undefined;
  const { exitCode, err } = await skein(['graph', ...words], {
    graphs: async (asked) => {
      task = asked;
      return 0;
    },
  });
  return { task, exitCode, err };
}

test('serve takes graphs with and without files, and what else there is', async () => {
  const words =
    '--graph modern=a=b.json --graph scratch --cardinality scratch=list --index name,age --index x --listen [::1]:0';
  const { task } = await taskOf(
    'serve',
    ...words.split(' '),
    '--user',
    'ann:/etc/p:1',
    '--horizon',
    '2h',
    '--max-size',
    '1GiB',
  );
  expect(task).toEqual({
    kind: 'serve',
    graphs: [
      { name: 'modern', file: 'a=b.json', cardinality: 'single' },
      { name: 'scratch', file: undefined, cardinality: 'list' },
    ],
    indexed: ['name', 'age', 'x'],
    data: undefined,
    io: undefined,
    listen: { host: '::1', port: 0 },
    hostNames: [],
    users: [{ name: 'ann', passwordFile: '/etc/p:1' }],
    horizonMs: 7_200_000,
    maxBytes: 2 ** 30,
  });
});

test.each<[string, string]>([
  ['serve', 'which graphs?'],
  ['serve --graph 1x', '"1x" is no name of a graph'],
  ['serve --graph ../x=f', '"../x" is no name of a graph'],
  ['serve --graph a --graph a=f', 'two graphs have one name'],
  ['serve --graph a --cardinality b=list', 'there is no graph b'],
  ['serve --graph a --cardinality a=many', 'NAME=single, NAME=list or NAME=set'],
  ['serve --graph a --listen 8182', 'is no HOST:PORT'],
  ['serve --graph a --user ann', 'NAME:FILE'],
  ['serve --graph a --horizon soon', 'is no length of time'],
  ['serve --graph a --max-size big', 'is no size'],
  ['import f.json --graph ../a --data d', 'is no name of a graph'],
  ['import f.json --graph a', "required option '--data <folder>'"],
  ['export f.json --graph a --data d --format jsonlines', 'Allowed choices are graphson, graphml'],
])('graph %s is a mistake', async (words, message) => {
  const { task, exitCode, err } = await taskOf(...words.split(' '));
  expect([task, exitCode]).toEqual([undefined, 2]);
  expect(err).toContain(message);
});

test('every example of the help is understood', async () => {
  for (const name of ['serve', 'import', 'export']) {
    const { out } = await skein(['graph', name, '--help']);
    const examples = [...out.matchAll(/^ {2}\$ skein graph (.*)$/gm)].map((match) => (match[1] as string).split(' '));
    expect(examples.length).toBeGreaterThan(0);
    for (const words of examples) expect((await taskOf(...words)).task?.kind).toBe(name);
  }
});

test('export takes a moment', async () => {
  const { task } = await taskOf('export', 'f.xml', '--graph', 'a', '--data', 'd', '--at', '-1h');
  expect(task).toEqual({
    kind: 'export',
    file: 'f.xml',
    graph: 'a',
    data: 'd',
    format: undefined,
    at: '-1h',
    maxBytes: 2 ** 32,
  });
});
