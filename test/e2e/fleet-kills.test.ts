/** Whole processes that end at any moment, and a way between them that breaks: nothing acknowledged is lost or doubled. Needs root. */
import { join } from 'node:path';
import type { Archive } from '../../src/archive/archive.ts';
import { openEmbeddedArchive } from '../../src/archive/embedded/index.ts';
import { eventually } from '../eventually.ts';
import { ALL_IS_WELL, accountOf, loadSeen, momentsThatDiffer } from './fleet_account.ts';
import { Lives, ToldByAgents } from './fleet_told.ts';
import { Traffic } from './fleet_traffic.ts';
import { Analyzer, agentToken, caughtUp, Host, tlsPair } from './fleet_world.ts';
import { inFolder } from './running.ts';

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test(
  'agent and analyzer are killed, their way is cut, silent and distorted: all that was acknowledged is there once',
  () =>
    inFolder(async (folder) => {
      const told = new ToldByAgents();
      const { listening } = told;
      const token = await agentToken(join(folder, 'analyzer'));
      await using analyzer = await Analyzer.start(join(folder, 'analyzer'), '--probes-enabled', 'host');
      const flow = ['--flow-update', '1s'];
      await using stays = await Host.make('stays', folder, analyzer.port, { listening }, ...flow);
      const secure = { ...(await tlsPair(folder)), token };
      await using dies = await Host.make('dies', folder, analyzer.port, { listening, secure });
      await using traffic = await Traffic.make(stays, folder);
      const hosts = [stays, dies];
      await Promise.all(hosts.map((host) => host.start()));
      const begin = Date.now();
      for (const { load } of hosts) load.start(30);
      await traffic.start(analyzer);

      await Promise.all([analyzer.kill(), pause(300).then(() => dies.kill())]);
      expect((await stays.status()).Relay).toMatchObject({ Home: null });
      await Promise.all([analyzer.start(), dies.start()]);
      dies.way.distort(2_000);
      stays.way.set('silent');
      await pause(3_000);
      stays.way.set('open');
      stays.way.cut();
      await eventually(() => expect(dies.way.wrong).toBeGreaterThan(0));
      dies.way.distort(0);
      const diesIs = async (state: string) => {
        const { Fleet } = await analyzer.status();
        const its = Fleet?.Agents.find(({ Host }) => Host === 'dies');
        expect(its).toMatchObject({ State: state });
        return { Fleet, its };
      };
      await eventually(() => diesIs('connected'), 40_000);
      await dies.kill();
      const { its } = await eventually(() => diesIs('away'));
      expect(its?.Notes).toEqual([expect.stringMatching(/^agent of dies is away since 20/)]);
      await Promise.all([dies.start(), analyzer.kill().then(() => analyzer.start())]);
      await pause(2_000);
      for (const { load } of hosts) await load.stop();
      await traffic.stop();
      // Flows are told once a second.
      const packetsTold = () => [...new Lives(told.facts()).flows.values()].reduce((sum, { ab }) => sum + ab, 0);
      await eventually(() => expect(packetsTold()).toBe(traffic.sent));
      await caughtUp(analyzer, hosts);
      const moments = Array.from({ length: 12 }, () => begin + Math.floor(Math.random() * (Date.now() - begin)));
      // The last whole picture of an agent comes after all that it had to tell.
      await eventually(async () => expect(await momentsThatDiffer(analyzer, told, moments)).toEqual([]));
      expect({ changed: told.changed, gaps: told.gaps }).toEqual({ changed: 0, gaps: 0 });
      for (const host of hosts) {
        const seen = loadSeen(host, told);
        expect(seen).toMatchObject({ unseen: [], twice: [] });
        if (host === stays) expect(seen.made).toBeGreaterThan(50);
      }
      await analyzer.running.end();
      await using archive: Archive = await openEmbeddedArchive({ directory: join(folder, 'analyzer', 'archive') });
      const account = await accountOf(archive, told);
      expect(account).toMatchObject(ALL_IS_WELL);
      expect(account.acknowledged).toBeGreaterThan(100);
      expect(account.flows).toMatchObject({ packetsTold: traffic.sent, packetsKept: traffic.sent });
    }),
  240_000,
);
