/** Podman: its containers from its service where that runs, and from its files where it does not. */
import * as z from 'zod';
import { keysOf } from '../../model/vocabulary.ts';
import { bell } from '../../std/bell.ts';
import { Watched } from '../containers/files.ts';
import { stage } from '../containers/stage.ts';
import { Container, NetnsOfContainers, networkType } from '../containers/vocabulary.ts';
import { readEngineAddress } from '../engine/address.ts';
import { keepConnected } from '../engine/connection.ts';
import { engineCounters, engineLimits, engineUrl } from '../engine/declared.ts';
import type { Followed } from '../engine/follow.ts';
import { drawNetworks } from '../engine/networks.ts';
import { defineProbe } from '../probe.ts';
import { type Place, placesOfUsers } from './places.ts';
import { Stored } from './stored.ts';

const options = z
  .object({
    url: engineUrl
      .default('unix:///run/podman/podman.sock')
      .describe('Where its service is: unix:///PATH or tcp://HOST:PORT'),
    storage: z
      .string()
      .startsWith('/')
      .default('/var/lib/containers/storage')
      .describe('Where containers are kept (graphroot in storage.conf)'),
    run: z
      .string()
      .startsWith('/')
      .default('/run/containers/storage')
      .describe('Where there is more of them while they run (runroot in storage.conf)'),
    goneAfterMs: z
      .int()
      .min(0)
      .default(1_000)
      .describe('How long what the service said is shown when it does not answer, before files are read, in ms'),
    ...engineLimits,
  })
  .prefault({});

const types = [Container, networkType('podman', 'Podman')];
const OWNED: ReadonlySet<string> = new Set(keysOf(types));

export const podman = defineProbe({
  name: 'podman',
  doc: 'Podman: containers of root and of users, and networks where its service runs.',
  reads: [
    'The API at `probes.podman.url` where the service runs: as with Docker.',
    'Without the service: the files of `probes.podman.storage` and `probes.podman.run`, which tell when they change (inotify).',
  ],
  needs: [{ what: 'CAP_DAC_READ_SEARCH', without: 'containers of other users are not seen' }],
  counters: engineCounters,
  options,
  types,
  adds: [NetnsOfContainers],

  async run(context) {
    const { options: given, host, signal, notice } = context;
    const address = readEngineAddress(given.url);
    if (!address) throw new Error('the options were checked');
    const followed: Followed = { containers: new Map(), networks: new Map(), since: undefined };
    const look = bell();
    const watched = new Watched(look, signal);
    const stored = new Stored();
    const roots: Place = { storage: given.storage, run: given.run };
    let hasService = false;
    look.ring();
    const showing = stage({
      context,
      manager: 'podman',
      owned: OWNED,
      look,
      scene() {
        const { containers, directories } = stored.read([...(hasService ? [] : [roots]), ...placesOfUsers()]);
        watched.watch(directories);
        const all = [...containers, ...followed.containers.values()];
        return {
          containers: all,
          looksAround: followed.networks.size > 0,
          more: (drawing) =>
            drawNetworks({ ...drawing, host, manager: 'podman', networks: followed.networks, containers: all }),
        };
      },
    });
    const listening = keepConnected({
      ...given,
      context: { ...context, notice: (text) => notice(text, 'quietly') },
      address,
      called: 'Podman',
      followed,
      changed(isKnown) {
        hasService = isKnown;
        look.ring();
      },
    });
    await Promise.all([showing, listening]);
  },
});
