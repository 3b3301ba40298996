/** Open vSwitch: bridges, ports, interfaces and mirrors, as its databases tell of them (RFC 7047, ovs-vswitchd.conf.db(5)). */
import * as z from 'zod';
import { readAddress } from '../../ovsdb/address.ts';
import { Unavailable } from '../../std/unavailable.ts';
import { defineProbe } from '../probe.ts';
import { watchSwitch } from './switch.ts';
import { adds, types } from './vocabulary.ts';

const options = z
  .object({
    databases: z
      .array(z.string())
      .default(['unix:/var/run/openvswitch/db.sock'])
      .describe('Where the databases are, one a switch: unix:PATH, tcp:HOST:PORT or ssl:HOST:PORT'),
    tls: z
      .object({
        key: z.string().optional(),
        certificate: z.string().optional(),
        ca: z.string().optional(),
      })
      .prefault({})
      .describe(
        'Files (PEM) for addresses ssl:; without an authority of their own databases have to be trusted by the system',
      ),
    goneAfterMs: z
      .int()
      .min(0)
      .default(60_000)
      .describe('How long what a database said is shown when it does not answer, in ms'),
  })
  .prefault({});

export const ovs = defineProbe({
  name: 'ovs',
  doc: 'Open vSwitch: bridges, their ports and mirrors, and interfaces with what the switch knows of them.',
  reads: [
    'The databases of `probes.ovs.databases`, each of which tells of every change (OVSDB, RFC 7047). One that was away is asked only for what was missed.',
  ],
  needs: [{ what: 'access to the socket of the database (root, or its group)', without: 'nothing is seen' }],
  series: { Ovs: 'what the switch counts at an interface, a port, a mirror' },
  counters: {
    connectionsLost: 'times that the database stopped to answer',
    refused: 'changes that the graph refused',
  },
  options,
  types,
  adds,

  async run({ options: given, signal, ready, notice, ...context }) {
    const databases = [...new Set(given.databases)];
    const notices = new Map<string, { readonly text: string; readonly how: 'quietly' | undefined }>();
    const waiting = new Set(databases);
    const over = new AbortController();
    const all = AbortSignal.any([signal, over.signal]);

    function tell(): void {
      const texts = [...notices.values()].map(({ text }) => text);
      if (texts.length === 0) notice(undefined);
      else if ([...notices.values()].every(({ how }) => how === 'quietly')) notice(texts.join('; '), 'quietly');
      else notice(texts.join('; '));
    }

    async function one(database: string): Promise<void> {
      const said = (text: string | undefined, how?: 'quietly') => {
        const before = notices.get(database);
        if (before?.text === text && before?.how === how) return;
        if (text === undefined) notices.delete(database);
        else notices.set(database, { text, how });
        tell();
      };
      const isReady = () => {
        waiting.delete(database);
        if (waiting.size === 0) ready();
      };
      try {
        await watchSwitch({
          ...context,
          database,
          address: readAddress(database, given.tls),
          goneAfterMs: given.goneAfterMs,
          // What a run left that watched others is looked after by the first.
          isOf: (other) => other === database || (database === databases[0] && !databases.includes(other ?? '')),
          signal: all,
          ready: isReady,
          notice: said,
        });
      } catch (error) {
        if (!(error instanceof Unavailable) || databases.length === 1) throw error;
        said(error.message);
        isReady();
      }
    }

    if (databases.length === 0) {
      notice('no Open vSwitch: no database is named (probes.ovs.databases)', 'quietly');
      ready();
    }
    try {
      await Promise.all(databases.map(one));
    } finally {
      over.abort();
    }
  },
});
