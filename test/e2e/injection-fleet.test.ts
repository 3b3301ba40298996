/** Packets that an analyzer has an agent send. */
import { eventually } from '../eventually.ts';
import { Fleet } from './fleet_operator.ts';
import { inFolder } from './running.ts';

test(
  'an analyzer has the agent of the source send, shows what came back and the way over both hosts, and says who is away',
  () =>
    inFolder(async (folder) => {
      await using fleet = await Fleet.make(folder);
      const [one, two] = [fleet.host(), fleet.host()];
      fleet.join(one, two);
      await using h1 = await fleet.agent(one, 'h1');
      await using _h2 = await fleet.agent(two, 'h2');
      const skein = (...words: string[]) => fleet.skein(words);
      // Nobody sees that two namespaces of two hosts are joined.
      const wire = (host: string) => `G.V().Has('Name', 'wire', '@Host', '${host}')`;
      await skein('rule', 'edge', 'create', 'Type=veth', '--src', wire('h1'), '--dst', wire('h2'));
      await eventually(async () =>
        expect(await skein('path', 'h1/wire', '198.51.100.2')).toMatch(/wire .* h2 [\s\S]*reaches/),
      );

      const sent = await skein('inject', 'h1/wire', '198.51.100.2', '-c', '3', '--interval', '10ms', '--trace');
      expect(sent).toMatch(/completed: 3 sent \(294 B\), answered by 3 echo replies/);
      expect(sent).toMatch(/1 +wire +h1 +3 .*\n +2 +wire +h2 +3 /);
      expect(await skein('capture', 'list')).toContain('nothing');

      const [id = ''] = (await skein('inject', 'h1/wire', 'h2/wire', '-c', '1000', '--detach', '-o', 'name')).split(
        '\n',
      );
      const shown = () => skein('query', "G.V().Has('@Host', 'h1').Has('Name', 'wire').Values('PacketInjections')");
      await eventually(async () => expect(await shown()).toMatch(new RegExp(`${id}.*active`)));
      expect(await skein('inject', 'delete', id)).toBe(`${id}\n`);
      await eventually(async () => expect(await shown()).not.toContain(id));

      const [other = ''] = (await skein('inject', 'h1/wire', 'h2/wire', '-c', '1000', '--detach', '-o', 'name')).split(
        '\n',
      );
      await h1.end();
      await eventually(async () => expect(await skein('inject', 'list')).toMatch(new RegExp(`${other}.* failed`)));
      expect(await skein('inject', 'h1/wire', '198.51.100.2')).toMatch(
        /failed: 0 sent[\s\S]*the agent of h1: needs a connection/,
      );
    }),
  60_000,
);
