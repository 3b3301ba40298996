/** Packets that an analyzer has an agent send. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Injection } from '../../src/injection/injection.ts';
import { eventually } from '../eventually.ts';
import type { TestNetns } from '../kernel/native_netns.ts';
import { Fleet } from './fleet_operator.ts';
import { inFolder } from './running.ts';

test(
  'an analyzer has the agent of the source send, shows what came back and the way over both hosts, and says who is away; the agent notes it in its own log, sends many at once, and stops when its analyzer dies',
  () =>
    inFolder(async (folder) => {
      await using fleet = await Fleet.make(folder);
      const [one, two] = [fleet.host(), fleet.host()];
      fleet.join(one, two);
      const skein = (...words: string[]) => fleet.skein(words);
      // Nobody sees that two namespaces of two hosts are joined.
      const wire = (host: string) => `G.V().Has('Name', 'wire', '@Host', '${host}')`;
      await using stack = new AsyncDisposableStack();
      const [h1] = await Promise.all([
        fleet.agent(one, 'h1').then((its) => stack.use(its)),
        fleet.agent(two, 'h2').then((its) => stack.use(its)),
        skein('rule', 'edge', 'create', 'Type=veth', '--src', wire('h1'), '--dst', wire('h2')),
      ]);
      await eventually(async () =>
        expect(await skein('path', 'h1/wire', '198.51.100.2')).toMatch(/wire .* h2 [\s\S]*reaches/),
      );

      const endless = ['inject', 'h1/wire', 'h2/wire', '-c', '1000', '--detach', '-o', 'name'];
      const traced = () => skein('inject', 'h1/wire', '198.51.100.2', '-c', '3', '--interval', '10ms', '--trace');
      const [sent, id, other] = await Promise.all([
        traced(),
        skein(...endless).then((said) => said.trim()),
        skein(...endless).then((said) => said.trim()),
      ]);
      expect(sent).toMatch(/completed: 3 sent \(294 B\), answered by 3 echo replies/);
      // On a busy machine captures may tell of it too late to be waited for.
      let shownHops = sent;
      const hops = /1 +wire +h1 +3 .*\n +2 +wire +h2 +3 /;
      await eventually(async () => {
        if (!hops.test(shownHops)) shownHops = await traced();
        expect(shownHops).toMatch(hops);
      });

      const shown = () => skein('query', "G.V().Has('@Host', 'h1').Has('Name', 'wire').Values('PacketInjections')");
      const [captures] = await Promise.all([
        skein('capture', 'list'),
        eventually(async () => expect(await shown()).toMatch(new RegExp(`${id}.*active`))),
      ]);
      expect(captures).toContain('nothing');
      // The id, and beside the data that it is deleted.
      expect(await skein('inject', 'delete', id)).toMatch(new RegExp(`^${id}\n(deleted ${id}\n)?$`));
      await eventually(async () => expect(await shown()).not.toContain(id));

      // Twenty at once, from both hosts.
      const ask = async (path: string, body?: unknown) =>
        JSON.parse(
          await fleet.ask(`/api/injectpacket${path}`, body === undefined ? {} : { method: 'POST', body }),
        ) as Injection;
      const made = await Promise.all(
        Array.from({ length: 20 }, (_, at) =>
          ask('', {
            Src: wire(`h${1 + (at % 2)}`),
            Dst: wire(`h${2 - (at % 2)}`),
            Type: 'icmp4',
            Count: 3,
            Interval: 20,
          }),
        ),
      );
      await eventually(async () => {
        const over = await Promise.all(made.map(({ UUID }) => ask(`/${UUID}`)));
        expect(over.map(({ State, Sent, Replies }) => [State, Sent, Replies.EchoReply])).toEqual(
          made.map(() => ['completed', 3, 3]),
        );
      });
      // Its own status tells what the agent was told to send.
      expect(await fleet.skein(['status'], one)).toMatch(/^injections +1\d made, [\s\S]* packets, \d+ answers/m);
      await h1.end();
      const audited = readFileSync(join(folder, 'h1', 'audit.jsonl'), 'utf8');
      for (const uuid of [id, other]) expect(audited).toMatch(new RegExp(`injection ${uuid}.*from wire`));

      const [refused] = await Promise.all([
        skein('inject', 'h1/wire', '198.51.100.2'),
        eventually(async () => expect(await skein('inject', 'list')).toMatch(new RegExp(`${other}.* failed`))),
      ]);
      expect(refused).toMatch(/failed: 0 sent[\s\S]*the agent of h1: needs a connection/);

      // An analyzer that dies takes what it asked for with it.
      const orphan = await ask('', {
        Src: wire('h2'),
        DstIP: '198.51.100.1',
        Type: 'icmp4',
        Count: 10_000,
        Interval: 10,
      });
      await eventually(async () => expect((await ask(`/${orphan.UUID}`)).Sent).toBeGreaterThan(5));
      await fleet.killAnalyzer();
      await eventually(async () => {
        const before = sentBy(two);
        await delay(300);
        expect(sentBy(two) - before).toBeLessThan(5);
      });
    }),
  240_000,
);

/** Packets that have left by the wire. */
function sentBy({ name }: TestNetns): number {
  const said = execFileSync('ip', ['-n', name, '-s', '-j', 'link', 'show', 'wire']).toString();
  return JSON.parse(said)[0].stats64.tx.packets;
}
