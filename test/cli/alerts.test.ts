/** `skein alert`: made, listed, changed, silenced, tried, watched, deleted. */
import { Ground, reason } from '../alerts/ground.ts';
import { eventually } from '../eventually.ts';
import { smallNetwork } from './network.ts';
import { skein, type TerminalOptions } from './terminal.ts';

async function network(parts: ConstructorParameters<typeof Ground>[0] = {}) {
  const ground = new Ground(parts);
  const server = await smallNetwork({ alerts: ground.alerts });
  return {
    ground,
    run: (words: readonly string[], options?: TerminalOptions) =>
      skein(['alert', ...words, '--server', server.url], options),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

const expression = "G.V().Has('State', 'DOWN')";

test('one is made, and how it stands is listed', async () => {
  await using net = await network();
  const made = await net.run([
    ...['create', expression, '--name', 'down', '--severity', 'error', '--for', '10s', '--label', 'team=net'],
    ...['--action', 'https://hooks.example.org/secret'],
  ]);
  expect(made).toMatchObject({ out: 'id1\n', err: 'skein alert list shows how it stands\n', exitCode: 0 });
  expect(net.ground.alerts.get('id1')).toMatchObject({
    ...{ Name: 'down', Severity: 'error', For: '10s', Labels: { team: 'net' }, Expression: expression },
  });
  expect((await net.run(['list'])).out).toMatch(/^ID +NAME +SEVERITY +STATE .*\nid1 +down +error +inactive /);
  expect((await net.run(['list', '--firing'])).out).not.toContain('id1');
  await net.ground.change(reason('e1'));
  await net.ground.clock.pass(11_000);
  expect((await net.run(['list', '--firing'])).out).toMatch(/id1 +down +error +firing .* e1 /);
  const shown = await net.run(['get', 'down', '-o', 'json']);
  expect(JSON.parse(shown.out)).toMatchObject({ kind: 'alert', State: 'firing', Reason: 'e1', Alert: { UUID: 'id1' } });
  expect((await net.run(['history', 'down'])).out).toMatch(/down +error +firing +e1 +done/);
});

test("Skydive's words make one too, and its form is there for its clients", async () => {
  await using net = await network();
  const made = await net.run(['create', '--expression', 'G.V()', '--trigger', 'duration:+10s', '-o', 'skydive']);
  expect(JSON.parse(made.out)).toMatchObject({ UUID: 'id1', Expression: 'G.V()', Trigger: 'duration:+10s' });
  const list = await net.run(['list', '-o', 'skydive']);
  expect(JSON.parse(list.out)).toMatchObject({ id1: { Expression: 'G.V()' } });
});

test('what is said of it is changed, the rest stays; it is silenced for a while, and tells again', async () => {
  await using net = await network();
  const now = net.ground.clock.now();
  await net.run(['create', expression, '--name', 'down']);
  expect(await net.run(['update', 'down', '--severity', 'critical'])).toMatchObject({ out: 'id1\n', exitCode: 0 });
  expect(net.ground.alerts.get('id1')).toMatchObject({ Name: 'down', Severity: 'critical', Expression: expression });
  const silenced = await net.run(['silence', 'down', '--for', '2h'], { now });
  expect(silenced.err).toBe(`nobody is told until ${new Date(now + 7_200_000).toISOString()}\n`);
  expect(net.ground.alerts.get('id1')?.SilencedUntil).toBe(new Date(now + 7_200_000).toISOString());
  expect((await net.run(['silence', 'down', '--end'])).err).toBe('it tells again\n');
  expect(net.ground.alerts.get('id1')).not.toHaveProperty('SilencedUntil');
});

test('whether a message arrives can be tried, and why it does not is said', async () => {
  await using net = await network();
  await net.run(['create', expression, '--name', 'down', '--action', 'https://hooks.example.org/x']);
  expect(await net.run(['test', 'down'])).toMatchObject({ err: 'it was taken\n', exitCode: 0 });
  expect(net.ground.told).toMatchObject([{ Test: true, UUID: 'id1' }]);
  net.ground.answer = () => new Error('answered with status 503');
  expect(await net.run(['test', 'down'])).toMatchObject({ exitCode: 3, err: expect.stringContaining('status 503') });
});

test('what fires and what is over is shown as it happens', async () => {
  await using net = await network();
  await net.run(['create', expression, '--name', 'down']);
  let isWatching = false;
  const watching = net.run(['watch', '--count', '2'], {
    onErr: () => {
      isWatching = true;
    },
  });
  await eventually(() => expect(isWatching).toBe(true));
  await net.ground.change(reason('e1'));
  await net.ground.change(undefined);
  const { out, exitCode } = await watching;
  expect(out).toMatch(/^\S+ {2}firing {2}warning {2}down {2}"e1"\n\S+ {2}resolved {2}warning {2}down {2}"e1"\n$/);
  expect(exitCode).toBe(0);
});

test('what happened while the server was away is shown when it is back, once', async () => {
  const ground = new Ground();
  const enough = new AbortController();
  let [out, err] = ['', ''];
  const before = await smallNetwork({ alerts: ground.alerts });
  ground.create({ Name: 'early', Action: '' });
  await ground.change(reason('before'));
  const running = skein(['alert', 'watch', '--server', before.url], {
    interrupted: enough.signal,
    onErr: (text) => {
      err += text;
    },
    onOut: (text) => {
      out += text;
    },
  });
  await eventually(() => expect(err).toContain('watching alerts'));
  ground.create({ Name: 'down', Action: '' });
  await ground.change(reason('seen'));
  await eventually(() => expect(out).toContain('firing  warning  down'));
  await before[Symbol.asyncDispose]();
  await eventually(() => expect(err).toContain('lost the server'));
  await ground.change(undefined);
  await using _after = await smallNetwork({ alerts: ground.alerts, port: before.port });
  await eventually(() => expect(out).toContain('resolved  warning  down  seen'));
  expect(err).toContain('it is back; what happened meanwhile:\n');
  await ground.change(reason('later'));
  await eventually(() => expect(out).toContain('"later"'));
  enough.abort();
  await running;
  const said = out.split('\n').map((line) => line.split('  ').slice(1).join(' '));
  expect(said.filter((line) => line.includes(' down ')).length).toBe(3);
});

test('what is wrong with one is listed with it', async () => {
  await using net = await network({ warnings: () => ['no node has the key "Stat"'] });
  expect((await net.run(['create', expression, '--name', 'down', '--action', 'http://example.org/'])).err).toBe(
    'no node has the key "Stat"\nskein alert list shows how it stands\n',
  );
  net.ground.answer = () => new Error('answered with status 503');
  await net.ground.change(reason('e1'));
  await net.ground.change(new Error('the archive is away'));
  const { out } = await net.run(['list']);
  for (const part of [
    'PROBLEMS',
    ' firing? ',
    'cannot be looked at: the archive is away',
    'not told: answered with status 503',
    'no node has the key "Stat"',
  ])
    expect(out).toContain(part);
});

test('the status says how many there are, what they lack, and who looks', async () => {
  const Alerts = { IsMaster: false, All: 7, Firing: 2, Failing: 1, Waiting: 9, LateLooks: 0 };
  await using server = await smallNetwork({ status: { Alerts } });
  const { out } = await skein(['status', '--server', server.url]);
  expect(out).toContain(
    'alerts     7: 2 firing, 1 cannot be looked at, 9 messages wait, another analyzer looks and tells\n',
  );
});

test('why nobody is told for now is said with the list, of each that waits, and in the status', async () => {
  let away: string | undefined;
  const kept = {
    read: () => ({ lists: { alerts: [], standings: [], deliveries: [], history: [] }, note: undefined }),
    write: () => undefined,
    get away() {
      return away;
    },
    look: async () => undefined,
    written: async () => undefined,
    changed: () => undefined,
  };
  await using net = await network({ kept });
  await net.ground.clock.pass(10);
  await net.run(['create', expression, '--name', 'down', '--action', 'https://hooks.example.org/']);
  expect(await net.run(['list'])).toMatchObject({ err: '' });
  away = 'nobody answers';
  await net.ground.change(reason('e1'));
  const held = 'what is found waits, and nobody is told: nobody answers';
  const { out, err } = await net.run(['list', '-o', 'wide']);
  expect(err).toBe(`${held}\n`);
  expect(out).toContain(`not told: ${held}`);
  expect(net.ground.said()).toEqual([]);
  const Alerts = { IsMaster: true, All: 1, Firing: 1, Waiting: 1, Held: held };
  await using server = await smallNetwork({ status: { Alerts } });
  const { out: status } = await skein(['status', '--server', server.url]);
  expect(status).toContain(`alerts     1: 1 firing, 1 messages wait\n           ${held}\n`);
  away = undefined;
  await net.ground.clock.pass(1_100);
  expect(await net.run(['list'])).toMatchObject({ err: '' });
  expect(net.ground.said()).toEqual(['firing 1: e1']);
});

test('they are deleted by name or the beginning of an id', async () => {
  await using net = await network();
  for (const name of ['one', 'two', 'three']) await net.run(['create', expression, '--name', name]);
  expect(await net.run(['delete', 'one', 'id3'])).toMatchObject({
    out: 'id1\nid3\n',
    err: 'deleted one\ndeleted three\n',
  });
  expect(net.ground.alerts.list().map(({ Name }) => Name)).toEqual(['two']);
});

test('what is wrong is told, with an exit code: usage 2, no such alert 1, no server 3', async () => {
  await using net = await network();
  expect(await net.run(['create'])).toMatchObject({ exitCode: 2, err: expect.stringContaining('say what to look at') });
  const wrong = await net.run(['create', 'nonsense', '--trigger', 'daily', '--action', 'ftp://example.org']);
  expect(wrong.exitCode).toBe(2);
  for (const part of ['Trigger: ', 'Action: ', 'no query']) expect(wrong.err).toContain(part);
  expect(await net.run(['get', 'none'])).toMatchObject({ exitCode: 1, err: expect.stringContaining('there is none') });
  await net.run(['create', expression, '--name', 'down']);
  expect(await net.run(['update', 'down'])).toMatchObject({ exitCode: 2 });
  expect(await net.run(['silence', 'down', '--for', 'ever'])).toMatchObject({ exitCode: 2 });
  expect(await net.run(['get', 'i'])).toMatchObject({ exitCode: 0 });
  await net.run(['create', expression, '--name', 'up']);
  expect(await net.run(['get', 'i'])).toMatchObject({ exitCode: 2, err: expect.stringContaining('2 alerts') });
  expect(await skein(['alert', 'list', '--server', 'http://127.0.0.1:1'])).toMatchObject({ exitCode: 3 });
});
