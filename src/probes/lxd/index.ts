/** LXD: its instances, from its API and its events. Incus, which came out of it, speaks the same. */
import * as z from 'zod';
import { bell } from '../../std/bell.ts';
import type { Container } from '../containers/container.ts';
import { stage } from '../containers/stage.ts';
import { NetnsOfContainers } from '../containers/vocabulary.ts';
import { keepListening } from '../listening.ts';
import { defineProbe } from '../probe.ts';
import { OWNED, types } from './vocabulary.ts';

const options = z
  .object({
    sockets: z
      .array(z.string().startsWith('/', 'has to be a path'))
      .min(1)
      .max(10)
      .default(['/var/lib/lxd/unix.socket', '/var/snap/lxd/common/lxd/unix.socket'])
      .describe('Sockets of the daemon; the first that is there is used'),
    goneAfterMs: z
      .int()
      .min(0)
      .default(60_000)
      .describe('How long what the daemon said is shown when it does not answer, in ms'),
    verifyMs: z.int().min(100).default(300_000).describe('How often everything is read anew, in ms'),
    answerMs: z.int().min(100).default(10_000).describe('How long an answer may take, in ms'),
    instancesMax: z.int().min(1).default(10_000).describe('How many instances are shown at most'),
  })
  .prefault({});

export const lxd = defineProbe({
  name: 'lxd',
  doc: 'LXD (and Incus): containers and virtual machines of all projects, running or not.',
  reads: [
    'The daemon over its socket: it is told what happens to instances (lifecycle events, over a WebSocket).',
    'Each instance when something happened to it, and all of them every five minutes.',
  ],
  needs: [
    {
      what: 'the right to write to /var/lib/lxd/unix.socket, or to that of the snap',
      without: 'no instance is seen',
    },
  ],
  counters: {
    badAnswers: 'answers about one instance that made no sense, or were refused',
    connectionsLost: 'connections that the daemon refused or ended, or that made no sense',
    events: 'events of instances, profiles and projects',
    instancesNotShown: 'instances beyond the limit, each time that they were listed',
    refused: 'changes that the graph refused',
  },
  options,
  types,
  adds: [NetnsOfContainers],

  async run(context) {
    const { options: given, signal, count } = context;
    const instances = new Map<string, Container>();
    const look = bell();
    let isKnown = false;
    const changed = () => {
      isKnown = true;
      look.ring();
    };
    const showing = stage({
      context,
      manager: 'lxd',
      owned: OWNED,
      look,
      scene: () => (isKnown ? { containers: instances.values(), looksAround: false } : undefined),
    });
    const listening = keepListening({
      context,
      called: 'LXD',
      ...given,
      async listen(heard, path) {
        // Most hosts have none: what speaks to it is loaded where it is.
        const { follow } = await import('./follow.ts');
        return follow({
          ...given,
          ...{ path, instances, signal, count },
          changed() {
            heard();
            changed();
          },
        });
      },
      lost() {
        instances.clear();
        changed();
      },
    });
    await Promise.all([showing, listening]);
  },
});
