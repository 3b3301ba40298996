/** libvirt: virtual machines, from its daemon and its events. */
import * as z from 'zod';
import { bell } from '../../std/bell.ts';
import { keepListening } from '../listening.ts';
import { keepLooking, sparingly } from '../looks.ts';
import { defineProbe } from '../probe.ts';
import { Speaker } from '../speaker.ts';
import { youth } from '../youth.ts';
import { readLibvirtAddress } from './address.ts';
import type { Domain } from './domain.ts';
import { DRIVER, draw } from './picture.ts';
import { ADDED_KEYS, adds, OWNED, types } from './vocabulary.ts';

const options = z
  .object({
    url: z
      .string()
      .refine((url) => readLibvirtAddress(url) !== undefined, 'has to be like qemu:///system, on this machine')
      .default('qemu:///system')
      .describe("Which driver of libvirt, in libvirt's notation; ?socket=PATH says where the daemon is"),
    goneAfterMs: z
      .int()
      .min(0)
      .default(60_000)
      .describe('How long what the daemon said is shown when it does not answer, in ms'),
    verifyMs: z.int().min(100).default(300_000).describe('How often everything is read anew, in ms'),
    answerMs: z.int().min(100).default(30_000).describe('How long an answer may take, in ms'),
    domainsMax: z.int().min(1).default(10_000).describe('How many domains are shown at most'),
  })
  .prefault({});

/** What a change brings with it, as a tap, is there soon. */
const LOOK_SOON_MS = 100;
const SOON_FOR_MS = 5_000;
const LOOK_MS = 5_000;

export const libvirt = defineProbe({
  name: 'libvirt',
  doc: 'Virtual machines of libvirt, running or not, and the interfaces that lead to them.',
  reads: [
    'The daemon of libvirt over its socket, read-only where there is such a one: it is told what happens to domains.',
    'Where systemd starts the daemon when someone connects, it is started by that, and stays.',
    'The XML of each domain when something happened to it, and of all of them every five minutes.',
  ],
  needs: [
    {
      what: 'the socket /var/run/libvirt/libvirt-sock-ro or libvirt-sock (or those of virtqemud), and to be root where libvirt asks who connects',
      without: 'no virtual machine is seen',
    },
  ],
  counters: {
    connectionsLost: 'connections that the daemon refused or ended, or that made no sense',
    domainsNotShown: 'domains beyond the limit, each time that they were listed',
    events: 'events of domains',
    refusals: 'questions about one domain that the daemon refused',
    refused: 'changes that the graph refused',
    unreadable: 'domains whose XML made no sense',
  },
  options,
  types,
  adds,

  async run({ options: given, graph, host, view, signal, ready, notice, count }) {
    const address = readLibvirtAddress(given.url);
    if (!address) throw new Error('the options were checked');
    const { uri, sockets } = address;
    const domains = new Map<string, Domain>();
    const look = bell();
    const speaker = new Speaker({
      graph,
      host,
      owned: OWNED,
      added: ADDED_KEYS,
      isOwn: ({ metadata: { Type, Driver } }) => Type === 'libvirt' || (Type === 'device' && Driver === DRIVER),
      // Others may say who the peer is.
      isAdded: ({ metadata: { Type, Libvirt } }) => Type !== 'libvirt' && Libvirt !== undefined,
    });
    let isKnown = false;
    let changedMs = 0;
    const changed = () => {
      isKnown = true;
      changedMs = Date.now();
      look.ring();
    };
    const isYoung = youth();
    await Promise.all([keepLooking(look, signal, sparingly(see)), listen()]);

    function see(): number | undefined {
      if (!isKnown) return undefined;
      const now = view();
      if (isYoung()) speaker.adopt(now);
      const { picture, missing } = draw(domains.values(), now, host);
      count('refused', speaker.say(picture, now));
      ready();
      if (missing === 0 && picture.additions.size === 0) return undefined;
      return missing > 0 && Date.now() - changedMs < SOON_FOR_MS ? LOOK_SOON_MS : LOOK_MS;
    }

    function listen(): Promise<void> {
      return keepListening({
        context: { signal, notice, count, ready },
        called: 'libvirt',
        sockets,
        goneAfterMs: given.goneAfterMs,
        async listen(heard, path) {
          // Most hosts have none: what speaks to it is loaded where it is.
          const [{ Daemon }, { follow }] = await Promise.all([import('./daemon.ts'), import('./follow.ts')]);
          return follow({
            open: (happened, until) => Daemon.open({ path, uri, answerMs: given.answerMs, happened }, until),
            ...{ domains, domainsMax: given.domainsMax, verifyMs: given.verifyMs, signal, count },
            changed() {
              heard();
              changed();
            },
          });
        },
        lost() {
          domains.clear();
          changed();
        },
      });
    }
  },
});
