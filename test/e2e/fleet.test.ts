/** A fleet as its operator has it. */
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { skein as cli } from '../cli/terminal.ts';
import { eventually } from '../eventually.ts';
import { Fleet, Session } from './fleet_operator.ts';
import { inFolder, SKEIN, saying } from './running.ts';

const WIRES = "G.V().Has('Name', 'wire')";

test('an operator sees, asks and changes hosts through their analyzer, and is told what is missing', async () => {
  await inFolder(async (folder) => {
    await using fleet = await Fleet.make(folder);
    const [one, two, three] = [fleet.host(), fleet.host(), fleet.host()];
    fleet.join(one, two);
    await using _h1 = await fleet.agent(one, 'h1');
    await using h2 = await fleet.agent(two, 'h2');

    const skein = (...words: string[]) => fleet.skein(words);
    const all = async (...commands: string[][]) => Promise.all(commands.map((words) => fleet.skein(words)));
    const rows = (query: string, ...keys: string[]) =>
      skein('query', query, '-o', `columns=${keys.join()}`, '--sort-by', '@Host');
    const says = (said: () => Promise<string>, what: RegExp) =>
      eventually(async () => expect(await said()).toMatch(what));

    await says(() => skein('get', 'agents'), /^HOST .*\nh1 +connected .* home .*\nh2 +connected .* home /);
    await says(() => skein('tree', 'h2'), /^h2 +host\n(.*\n)*.*wire +veth +198\.51\.100\.2\/24/);

    // What users say of hosts goes to their agents, and comes back as theirs.
    const [h1s, h2s] = [`${WIRES}.Has('@Host', 'h1')`, `${WIRES}.Has('@Host', 'h2')`];
    const changed = await all(
      ['rule', 'node', 'create', '--query', WIRES, 'Team=net'],
      ['rule', 'edge', 'create', 'Type=veth', '--src', h1s, '--dst', h2s],
      ['set', 'h1/wire', 'role=uplink'],
      ['capture', 'start', '--gremlin', WIRES, '--name', 'wires'],
      ['alert', 'create', "G.V().Has('Name', 'beacon')", '--name', 'beacon'],
    );
    expect(changed.join('')).not.toContain('skein:');
    await says(() => rows(`${WIRES}.HasKey('Captures')`, '@Host', 'Team', 'role'), /\nh1 +net +uplink\nh2 +net *\n/);

    // An alert is about what any host tells.
    two.ip('link add beacon type bridge');
    await says(() => skein('alert', 'list'), /beacon +warning +firing .*1 node: beacon/);

    // A session from one host to the other is followed over both, now and, later, then.
    const session = await Session.between(one, two);
    const bySsh = "G.Flows().Has('Transport.B', 22)";
    await says(() => skein('query', `${bySsh}.Count()`), /^2\n/);
    const [tracking = ''] = (await skein('query', `${bySsh}.Values('TrackingID')`)).split('\n');
    const [followed, path, tailed, refused, sockets] = await all(
      ['follow', tracking],
      ['path', 'h1', '198.51.100.2'],
      ['capture', 'tail', '--gremlin', h2s, '-c', '2', '--for', '10s'],
      ['capture', 'tail', '--gremlin', WIRES],
      ['get', 'sockets', '--where', 'REMOTE=198.51.100.2:22'],
    );
    expect(followed).toMatch(/1 +wire +h1 .*\n +2 +wire +h2 /);
    expect(path).toMatch(/wire +veth +h1 .*\n.*wire +veth +h2 [\s\S]*reaches/);
    expect(tailed).toContain('2 packets');
    expect(refused).toMatch(/interfaces of 2 hosts.*Has\('@Host'/);
    expect(sockets).toMatch(/ h1 +TCP +ESTABLISHED +198\.51\.100\.1:/);
    const then = new Date().toISOString();

    // A bundle has what agents told: what began long before its span and is so still, and what came just now.
    one.ip('link add recent type bridge');
    await says(() => skein('query', "G.V().Has('Name', 'recent').Values('@Host')"), /^h1\n/);
    const bundle = join(folder, 'fleet.tar.zst');
    expect(await skein('bundle', '--from', '-1s', '-w', bundle)).not.toContain('missing');
    await using opened = await saying(SKEIN, ['open', bundle], /ask +(http:[^\s,]+).*try /s);
    const [, end] = /(\S+), which is now/.exec(opened.said()) ?? [];
    const inBundle = async (...words: string[]) => {
      const { out, err } = await cli([...words, '--server', opened.url], { now: Date.parse(end ?? '') });
      // Of a bundle it is said that it is one.
      return out + err.replace(/^skein: this is a bundle of ana: .*\n/m, '');
    };
    const alive = ['-o', 'columns=@Host,@ID,@CreatedAt,Name', '--sort-by', '@ID'];
    for (const [ask, inIt] of [
      [['query', `G.At('${end}').V()`, ...alive], /h1 .* recent *\n/],
      [['query', `G.At('${end}').E()`, ...alive], /h2 /],
      [['get', 'sockets', '--where', 'REMOTE=198.51.100.2:22', '--at', end ?? ''], / h1 +TCP +ESTABLISHED /],
    ] as const) {
      const answers = await Promise.all([skein(...ask), inBundle(...ask)]);
      expect(answers).toEqual([expect.stringMatching(inIt), answers[0]]);
    }
    // The session goes on where it is.
    expect(await inBundle('follow', tracking)).toMatch(/1 +wire +h1 .*\n +2 +wire +h2 /);
    session[Symbol.dispose]();
    await opened.end();

    // Who is away is missed in every answer.
    const lives = () => rows(WIRES, '@Host', '@ID', '@CreatedAt');
    const before = await lives();
    await h2.end('SIGKILL');
    await says(() => skein('get', 'agents', 'h2'), / away /);
    const [listed, flows, status, doctor, metrics] = await Promise.all([
      skein('get', 'interfaces', 'wire'),
      skein('flows'),
      skein('status'),
      skein('doctor', '-q'),
      fleet.metrics(),
    ]);
    expect(listed).toMatch(/ h2 [\s\S]*skein: the agent of h2 \(.*\) is away/);
    expect(flows).toContain('lost at relay of h2');
    expect(status).toMatch(/agents +1 connected, 1 away\n[\s\S]*agent of h2 is away since/);
    expect(doctor).toMatch(/warn +agents +1 connected, 1 away/);
    expect(status).toMatch(/captures +1, active on 2 nodes\n/);
    expect(metrics).toContain('skein_agent_up{host="h2"} 0\n');

    // It comes back, and then the analyzer does: nothing of it is new, and the past is as it was.
    await using _again = await fleet.agent(two, 'h2');
    await fleet.killAnalyzer();
    await fleet.startAnalyzer();
    await says(() => skein('status'), /agents +2 connected\n/);
    await eventually(async () => expect(await lives()).toBe(before));
    const [agent, past] = await Promise.all([fleet.skein(['status'], two), skein('follow', tracking, '--at', then)]);
    expect(agent).toMatch(/home +wss:.*\nspool +/);
    expect(past).toMatch(/wire +h[12] [\s\S]*wire +h[12] /);

    // A copy of an agent, and another one of the same name, are told apart and told of.
    cpSync(join(folder, 'h1', 'agent-id'), join(folder, 'copy', 'agent-id'));
    await using _copy = await fleet.agent(three, 'copy');
    await says(() => fleet.skein(['doctor', '-q'], three), /fail +home[\s\S]*is there twice[\s\S]*remove agent-id/);
    await says(() => skein('status'), /refused: copy [1-9][\s\S]*is there twice: on h1/);
    await _copy.end();
    // What the message advises makes two of them.
    cpSync(join(folder, 'h1', 'spool'), join(folder, 'copy', 'spool'), { recursive: true, force: true });
    rmSync(join(folder, 'copy', 'agent-id'));
    const itself = await fleet.agent(three, 'copy');
    await says(() => skein('get', 'interfaces', '-o', 'columns=@Host,Name'), /copy +eth0/);
    await itself.end();
    await using _second = await fleet.agent(three, 'h1', 'second');
    await says(() => skein('status'), /host-taken [1-9][\s\S]*host h1 has an agent already/);
  });
}, 240_000);
