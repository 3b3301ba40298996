import { byDefault, smallNetwork } from './network.ts';
import { type Ran, skein, type TerminalOptions } from './terminal.ts';

const now = { now: Date.now() };

test('a history shows what each version changed, down to the route', async () => {
  await using server = await smallNetwork();
  const RoutingTables = [{ ID: 254, Src: '10.0.0.1', Routes: [byDefault] }];
  await aMomentLater();
  server.say({ kind: 'set', id: 'e0', set: { MTU: 9000, RoutingTables }, unset: ['MAC'] });
  const { out } = await skein(['history', 'e0', '--server', server.url, '--utc']);
  const changed = out.split('\n').slice(2);
  expect(out.split('\n')[0]).toMatch(/^\d{4}-\d\d-\d\d .*Z {2}revision 1 {2}\+ veth eth0 \(test-host\)$/);
  expect(changed).toEqual([
    '    - MAC: 02:00:00:00:00:01',
    '    MTU: 1500 → 9000',
    '    RoutingTables.254.Routes: - Protocol=2 Prefix=10.0.0.0/24 NextHops={Priority=0 IfIndex=2}',
    '',
  ]);
});

test('a node that is gone has its history still', async () => {
  await using server = await smallNetwork();
  await aMomentLater();
  server.say({ kind: 'gone', id: 'e1' });
  await aMomentLater();
  const { out, exitCode } = await skein(['history', 'e1', '--server', server.url]);
  expect(out).toMatch(/ {2}- veth blue\/eth0 \(test-host\)\n$/);
  expect(exitCode).toBe(0);
});

test('a diff says what came, went and changed', async () => {
  await using server = await smallNetwork();
  const { revision } = server.graph;
  await aMomentLater();
  server.say(
    { kind: 'gone', id: 'e1' },
    { kind: 'set', id: 'br', set: { MTU: 9000 } },
    { kind: 'node', id: 'd', metadata: { Name: 'dummy0', Type: 'dummy' } },
  );
  const diff = (...words: string[]) =>
    skein(['diff', '--from', `rev:${revision}`, '--server', server.url, ...words], { now: Date.now() });
  const sorted = (await diff()).out.trimEnd().split('\n').sort();
  expect(sorted).toEqual([
    '    MTU: 1500 → 9000',
    '+ dummy dummy0 (test-host)',
    '- blue -ownership-> blue/eth0',
    '- eth0 -layer2-> blue/eth0',
    '- veth blue/eth0 (test-host)',
    '~ bridge br0 (test-host)',
  ]);
  expect((await diff('--stat', '--exit-code')) satisfies Ran).toMatchObject({
    out: '1 added, 3 removed, 1 changed\n',
    exitCode: 1,
  });
  const ofBridges = await diff("G.V().Has('Type','bridge')");
  expect(ofBridges.out).toBe('~ bridge br0 (test-host)\n    MTU: 1500 → 9000\n');
  expect(await diff("G.V().Has('Type','host')", '--exit-code')).toEqual({
    exitCode: 0,
    out: '',
    err: 'nothing differs\n',
  });
});

test('a time that is not kept names what is', async () => {
  await using server = await smallNetwork();
  const { err, exitCode } = await skein(['get', 'nodes', '--at', '-2d', '--server', server.url]);
  expect(err).toContain('what is kept goes from');
  expect(exitCode).toBe(2);
});

test('changes are shown as they happen, with what was and what is', async () => {
  await using server = await smallNetwork();
  const watching = watch(['watch', '--count', '4', '--server', server.url]);
  await watching.said('watching 5 nodes and 6 edges');
  server.say({ kind: 'set', id: 'br', set: { MTU: 9000 } });
  server.say({ kind: 'gone', id: 'e1' });
  const { out, exitCode } = await watching.ended;
  const shown = out
    .trimEnd()
    .split('\n')
    .map((line) => line.replace(/^[-\d]+ [\d:.]+ [+\d:]+ {2}/, ''));
  expect(shown).toEqual([
    '~ bridge br0 (test-host)  MTU: 1500 → 9000',
    '- blue -ownership-> blue/eth0',
    '- eth0 -layer2-> blue/eth0',
    '- veth blue/eth0 (test-host)',
  ]);
  expect(exitCode).toBe(0);
});

test('a watch for programs is one object a line, with its position', async () => {
  await using server = await smallNetwork();
  const watching = watch(['watch', 'nodes', '-o', 'json', '--count', '1', '--server', server.url]);
  await watching.said('watching');
  server.say({ kind: 'set', id: 'br', set: { MTU: 9000 } });
  const { out } = await watching.ended;
  expect(JSON.parse(out)).toMatchObject({
    schema: 'skein/v1',
    kind: 'updated',
    revision: server.graph.revision,
    element: { ID: 'br' },
    keys: [{ key: 'MTU', before: 1500, after: 9000 }],
  });
});

test('a watch begins with what came after a position', async () => {
  await using server = await smallNetwork();
  const { revision } = server.graph;
  await aMomentLater();
  server.say({ kind: 'set', id: 'br', set: { MTU: 9000 } });
  const words = ['watch', '--since', `rev:${revision}`, '--count', '1', '-o', 'json', '--server', server.url];
  const { out, err } = await skein(words, now);
  expect(JSON.parse(out)).toMatchObject({ kind: 'updated', keys: [{ before: 1500, after: 9000 }] });
  expect(err).toContain('nothing was missed');
});

test('Ctrl-C ends a watch', async () => {
  await using server = await smallNetwork();
  const interrupt = new AbortController();
  const watching = watch(['watch', '--server', server.url], { interrupted: interrupt.signal });
  await watching.said('watching');
  interrupt.abort();
  expect((await watching.ended).exitCode).toBe(130);
});

test('a watch on nothing says how to start it', async () => {
  const { err, exitCode } = await skein(['watch', '--server', 'http://127.0.0.1:1']);
  expect(err).toContain('start it with: skein up');
  expect(exitCode).toBe(3);
});

interface Watching {
  readonly ended: Promise<Ran>;
  said(text: string): Promise<void>;
}

/** Runs a command beside the test; `said` waits until it has said something. */
function watch(words: readonly string[], options: TerminalOptions = {}): Watching {
  let heard = '';
  const waiting = new Set<() => void>();
  const onText = (text: string) => {
    heard += text;
    for (const wake of waiting) wake();
  };
  return {
    ended: skein(words, { ...options, onOut: onText, onErr: onText }),
    said: (text) =>
      new Promise((resolve) => {
        const look = () => heard.includes(text) && resolve();
        waiting.add(look);
        look();
      }),
  };
}

/** Versions of one millisecond are one moment. */
async function aMomentLater(): Promise<void> {
  const start = Date.now();
  while (Date.now() <= start + 1) await new Promise(setImmediate);
}

test('a history that begins in the middle of a life does not begin with a birth', async () => {
  await using server = await smallNetwork();
  await aMomentLater();
  server.say({ kind: 'set', id: 'e0', set: { MTU: 9000 } });
  await aMomentLater();
  const { out } = await skein(['history', 'e0', '--since', String(Date.now()), '--server', server.url, '--utc']);
  expect(out).toMatch(/^.*Z {2}revision 2 {2}veth eth0 \(test-host\)\n$/);
});
