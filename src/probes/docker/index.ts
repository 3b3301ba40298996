/** Docker: its containers and networks, from the Engine API and its events. Any version will do. */
import * as z from 'zod';
import { bell } from '../../std/bell.ts';
import { stage } from '../containers/stage.ts';
import { NetnsOfContainers } from '../containers/vocabulary.ts';
import { readEngineAddress } from '../engine/address.ts';
import { keepConnected } from '../engine/connection.ts';
import { engineCounters, engineLimits, engineUrl } from '../engine/declared.ts';
import type { Followed } from '../engine/follow.ts';
import { drawNetworks } from '../engine/networks.ts';
import { defineProbe } from '../probe.ts';
import { OWNED, types } from './vocabulary.ts';

const options = z
  .object({
    url: engineUrl
      .default('unix:///var/run/docker.sock')
      .describe('Where the engine is: unix:///PATH or tcp://HOST:PORT'),
    goneAfterMs: z
      .int()
      .min(0)
      .default(60_000)
      .describe('How long what the engine said is shown when it does not answer, in ms'),
    ...engineLimits,
  })
  .prefault({});

export const docker = defineProbe({
  name: 'docker',
  doc: 'Docker: containers, running or not, and networks.',
  reads: [
    'The Engine API at `probes.docker.url`, in the version that both sides know: all containers and networks at first, then events; all again every 5 minutes.',
    '`/proc/PID/ns/net` of the first process of a container: which namespace it is in.',
  ],
  needs: [
    { what: 'access to the socket of the engine (root, or its group)', without: 'no container of Docker is seen' },
  ],
  counters: engineCounters,
  options,
  types,
  adds: [NetnsOfContainers],

  async run(context) {
    const { options: given, host } = context;
    const address = readEngineAddress(given.url);
    if (!address) throw new Error('the options were checked');
    const followed: Followed = { containers: new Map(), networks: new Map(), since: undefined };
    const look = bell();
    let isFilled = false;
    const showing = stage({
      context,
      manager: 'docker',
      owned: OWNED,
      look,
      scene: () =>
        isFilled
          ? {
              containers: followed.containers.values(),
              looksAround: followed.networks.size > 0,
              more: (drawing) =>
                drawNetworks({
                  ...drawing,
                  host,
                  manager: 'docker',
                  networks: followed.networks,
                  containers: followed.containers.values(),
                }),
            }
          : undefined,
    });
    const listening = keepConnected({
      ...given,
      context,
      address,
      called: 'Docker',
      followed,
      changed() {
        isFilled = true;
        look.ring();
      },
    });
    await Promise.all([showing, listening]);
  },
});
