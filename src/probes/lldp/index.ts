/** Neighbours at the other end of the wire: switches that tell of themselves over LLDP (IEEE 802.1AB) or CDP. */
import * as z from 'zod';
import { bell } from '../../std/bell.ts';
import { keepLooking } from '../looks.ts';
import { defineProbe, type Namespace } from '../probe.ts';
import { Speaker } from '../speaker.ts';
import type { Heard } from './frames.ts';
import { interfacesToHear, placesOf } from './interfaces.ts';
import { Listener } from './listener.ts';
import { Neighbours } from './neighbours.ts';
import { draw } from './picture.ts';
import { Unheard } from './unheard.ts';
import { OWNED, types } from './vocabulary.ts';

const options = z
  .object({
    interfaces: z
      .array(z.string())
      .max(1_000)
      .default([])
      .describe(
        'Names of interfaces, at which what others send through them is heard too; none: all, and what arrives',
      ),
    lookMs: z.int().min(100).default(2_000).describe('How often to look for new interfaces, in ms'),
    namespacesMax: z.int().min(1).default(1_000).describe('How many namespaces are listened in at most'),
  })
  .prefault({});

/** What an earlier run of the probe found is taken back only when everyone had time to speak again: 4 times 30 s. */
const ADOPT_AFTER_MS = 121_000;

export const lldp = defineProbe({
  name: 'lldp',
  doc: 'Switches that interfaces are plugged into, as they tell of themselves over LLDP or CDP.',
  reads: [
    'Frames of LLDP and CDP that reach an interface of any namespace (packet sockets; nothing is sent).',
    'Who does not speak again within the time that it gave itself (TTL) is gone.',
  ],
  needs: [{ what: 'CAP_NET_RAW', without: 'no frame is heard' }],
  counters: {
    unreadable: 'frames that make no sense',
    neighboursRefused: 'neighbours beyond 16 at one interface, or 4,096 in all',
    namespacesNotHeard: 'namespaces in which it could not listen',
    refused: 'changes that the graph refused',
  },
  options,
  types,

  async run({ options: given, door, graph, host, namespaces, view, signal, ready, notice, count }) {
    const neighbours = new Neighbours();
    const speaker = new Speaker({
      graph,
      host,
      owned: OWNED,
      added: [],
      isOwn: ({ metadata: { Probe, Type } }) => Probe === 'lldp' && (Type === 'switch' || Type === 'switchport'),
    });
    const look = bell();
    const listeners = new Map<string, Listener>();
    const unheard = new Unheard();
    let said: string | undefined;
    let isChanged = false;
    let looked: Promise<void> = Promise.resolve();

    function heard(namespace: string, { interfaceIndex, neighbour }: Heard): void {
      if (neighbour === undefined) {
        count('unreadable');
        return;
      }
      const before = neighbours.refused;
      if (neighbours.hear({ namespace, interfaceIndex, neighbour }, Date.now())) isChanged = true;
      if (neighbours.refused > before) count('neighboursRefused');
      look.ring();
    }

    async function open(namespace: Namespace): Promise<void> {
      const { nodeId, name } = namespace;
      if (listeners.size >= given.namespacesMax) {
        count('namespacesNotHeard');
        unheard.beyond();
        return;
      }
      try {
        const listener = await Listener.open(door, namespace, (what) => heard(nodeId, what));
        if (namespaces.list().some((one) => one.nodeId === nodeId) && !signal.aborted) listeners.set(nodeId, listener);
        else listener.close();
        look.ring();
      } catch (error) {
        const { code, message } = error as NodeJS.ErrnoException;
        // A namespace may go while it is opened.
        if (signal.aborted || code === 'ENOENT') return;
        count('namespacesNotHeard');
        unheard.refused(nodeId, name, message);
        look.ring();
      }
    }

    namespaces.watch(
      {
        added: (namespace) => {
          looked = Promise.all([looked, open(namespace)]).then(() => undefined);
        },
        removed({ nodeId }) {
          listeners.get(nodeId)?.close();
          listeners.delete(nodeId);
          unheard.gone(nodeId);
          look.ring();
        },
      },
      signal,
    );
    await namespaces.complete();
    await looked;

    const every = setInterval(look.ring, given.lookMs).unref();
    const adopt = setTimeout(() => {
      speaker.adopt(view());
      isChanged = true;
      look.ring();
    }, ADOPT_AFTER_MS).unref();
    let drawn = '';

    async function see(): Promise<number | undefined> {
      const [now, nowMs] = [view(), Date.now()];
      const silence = unheard.text(given.namespacesMax);
      if (silence !== said) notice(silence);
      said = silence;
      for (const [namespace, listener] of listeners)
        await listener.listenAt(interfacesToHear(now, namespace, given.interfaces));
      isChanged = neighbours.age(nowMs, (namespace) => listeners.has(namespace)) || isChanged;
      // An interface gets another node when it moves, or appears after its neighbour was heard.
      const places = placesOf(now, neighbours, given.interfaces);
      const seen = JSON.stringify([...places]);
      if (isChanged || seen !== drawn) {
        const picture = draw(neighbours.all(), ({ namespace, interfaceIndex }) =>
          places.get(`${namespace} ${interfaceIndex}`),
        );
        count('refused', speaker.say(picture, now));
        isChanged = false;
        drawn = seen;
      }
      const dueMs = neighbours.dueMs();
      return Number.isFinite(dueMs) ? Math.max(1, dueMs - Date.now()) : undefined;
    }

    try {
      ready();
      await keepLooking(look, signal, see);
    } finally {
      clearInterval(every);
      clearTimeout(adopt);
      for (const listener of listeners.values()) listener.close();
    }
  },
});
