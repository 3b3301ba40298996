/** Docker: its containers and networks, from the Engine API and its events. Any version will do. */
import * as z from 'zod';
import { bell } from '../../std/bell.ts';
import { stage } from '../containers/stage.ts';
import { NetnsOfContainers } from '../containers/vocabulary.ts';
import { readEngineAddress } from '../engine/address.ts';
import { keepConnected } from '../engine/connection.ts';
import type { Followed } from '../engine/follow.ts';
import { drawNetworks } from '../engine/networks.ts';
import { defineProbe } from '../probe.ts';
import { OWNED, types } from './vocabulary.ts';

const options = z
  .object({
    url: z
      .string()
      .refine((url) => readEngineAddress(url) !== undefined, 'has to be unix:///PATH or tcp://HOST:PORT')
      .default('unix:///var/run/docker.sock')
      .describe('Where the engine is: unix:///PATH or tcp://HOST:PORT'),
    goneAfterMs: z
      .int()
      .min(0)
      .default(60_000)
      .describe('How long what the engine said is shown when it does not answer, in ms'),
    verifyMs: z.int().min(1_000).default(300_000).describe('How often everything is read anew, in ms'),
    answerMs: z.int().min(100).default(10_000).describe('How long an answer may take, in ms'),
    containersMax: z.int().min(1).default(10_000).describe('How many containers are shown at most'),
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
  counters: {
    connectionsLost: 'times that the engine stopped to answer',
    events: 'events that the engine told of',
    eventsTooLong: 'events that were passed over, as they were too long',
    badAnswers: 'answers that make no sense',
    containersNotShown: 'containers that were left out, as there were more than are shown',
    labelsLeftOut: 'labels that were left out, as they were too many, too long, or looked like a secret',
    refused: 'changes that the graph refused',
  },
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
