import { bundledWorkflows } from '../../src/workflows/bundled/index.ts';
import { Ground as AlertGround } from '../alerts/ground.ts';
import { flowList } from '../query/flow-list.ts';
import { Ground } from '../rules/ground.ts';
import { bookOf } from '../workflows/book.ts';
import { fakeCaptures, fakeTails } from './fake-captures.ts';
import { smallNetwork } from './network.ts';
import { skein } from './terminal.ts';

/** Of those that run on, write a file, or are about this machine, only the help is looked at, by another test. */
const notRun = new Set([
  'up',
  'agent',
  'analyzer',
  'archive',
  'audit',
  'bundle',
  'cert',
  'check',
  'drops',
  'inject',
  'token',
  'user',
  'graph',
  'lab',
  'watch',
  'completion',
  'doctor',
]);

test('every example of the help is understood, by the command line and by the query engine', async () => {
  await using server = await smallNetwork({
    rules: (graph) => new Ground({ graph }).rules,
    captures: fakeCaptures(),
    alerts: new AlertGround().alerts,
    workflows: bookOf({ bundled: bundledWorkflows() }),
    tails: fakeTails([]),
    flows: { flows: flowList([]), matchFilter: () => () => true },
    flowFeed: { subscribe: () => () => undefined },
    traces: {
      running: 0,
      read: async () => ({ packets: 0, fromMs: undefined, toMs: undefined, cut: undefined }),
    },
  });
  for (const id of ['br', 'e0', 'e1']) server.say({ kind: 'set', id, set: { TID: `tid-${id}` } });
  const examples = await examplesOfHelp();
  expect(examples.length).toBeGreaterThan(20);
  for (const words of examples) {
    const { err } = await skein([...words, '--server', server.url], {
      input: 'G.V().Count()',
      // What follows would follow for ever.
      ...((words.includes('-f') || words.includes('watch')) && { interrupted: AbortSignal.timeout(100) }),
    });
    // There may be no eth7 here, nor any memory of an hour ago; that is no fault of the example.
    const refused = err.split('\n').filter((line) => /^(error|skein): /.test(line) && !isAboutThisNetwork.test(line));
    expect({ words, refused }).toEqual({ words, refused: [] });
  }
});

const isAboutThisNetwork =
  /no node is called|it is no analyzer|nothing is called|nodes are meant by|nodes are called|what is kept|is not kept|^skein: no key named|there is no capture|no conversation (\S+ )?is known|no way from|of the past are not kept|^skein: cannot read (trace|old|check\.yaml|look\.js)/;

async function examplesOfHelp(): Promise<string[][]> {
  const { out } = await skein(['--help']);
  const names = [...out.matchAll(/^ {2}([a-z]+) {2,}\S/gm)].map((match) => match[1] ?? '');
  const helps = await Promise.all(names.filter((name) => !notRun.has(name)).map((name) => skein([name, '--help'])));
  const below = ['start', 'stop', 'list', 'get', 'tail'].map((name) => skein(['capture', name, '--help']));
  helps.push(...(await Promise.all(below)));
  return (
    [out, ...helps.map((help) => help.out)]
      .flatMap((text) => text.match(/^ {2}\$ .*skein .*$/gm) ?? [])
      .map((line) => line.replace(/^.*?\bskein /, '').replace(/ +(\||>|&&|#| {2}).*$/, ''))
      .map((line) => [...line.matchAll(/"((?:[^"\\]|\\.)*)"|'([^']*)'|(\S+)/g)].map((m) => m[1] ?? m[2] ?? m[3] ?? ''))
      .filter(([name]) => name !== undefined && !notRun.has(name))
      // The server of the example is not there.
      .filter((words) => !words.includes('--server'))
  );
}
