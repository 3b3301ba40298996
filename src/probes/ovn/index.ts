/** OVN: its switches, routers and ports, as its northbound database tells of them (ovn-nb(5)). */
import { existsSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import * as z from 'zod';
import { type Address, readAddress } from '../../ovsdb/address.ts';
import { Database, type Wanted } from '../../ovsdb/database.ts';
import { Tables } from '../../ovsdb/tables.ts';
import { backoff } from '../../std/backoff.ts';
import { bell } from '../../std/bell.ts';
import { pausedFor } from '../cost.ts';
import { watchDirectory } from '../directory.ts';
import { defineProbe } from '../probe.ts';
import { Speaker } from '../speaker.ts';
import { draw, interfacesOf, ovnId } from './picture.ts';
import { wanted, wantedSouth } from './tables.ts';
import { OWNED, types } from './vocabulary.ts';

const options = z
  .object({
    address: z
      .string()
      .default('unix:/var/run/ovn/ovnnb_db.sock')
      .describe('Where the northbound database is: unix:PATH, tcp:HOST:PORT or ssl:HOST:PORT'),
    key: z.string().optional().describe('File of our key'),
    certificate: z.string().optional().describe('File of our certificate'),
    ca: z.string().optional().describe('File of the certificates that sign those of databases'),
    southbound: z
      .string()
      .default('unix:/var/run/ovn/ovnsb_db.sock')
      .describe('Where the southbound database is, which knows the host of each port'),
    goneAfterMs: z
      .int()
      .min(0)
      .default(60_000)
      .describe('How long what a database said is shown when it does not answer, in ms'),
  })
  .prefault({});

/** How often to look which interfaces of switches are ports of OVN. */
const LOOK_MS = 1_000;
/** Changes that come together are drawn together. */
const SETTLE_MS = 20;
/** So long after the start nodes of an earlier run may still come back. */
const ADOPT_FOR_MS = 10_000;

export const ovn = defineProbe({
  name: 'ovn',
  doc: 'OVN: switches, routers, ports, and all else that its northbound database holds, and the interfaces that ports are.',
  reads: [
    'The northbound database at `probes.ovn.address`, which tells of every change (OVSDB, RFC 7047).',
    'The southbound database at `probes.ovn.southbound`, where it is named: chassis, and which port is where.',
  ],
  needs: [{ what: 'access to the socket of the database', without: 'nothing is seen' }],
  counters: {
    connectionsLost: 'times that the database stopped to answer',
    refused: 'changes that the graph refused',
  },
  options,
  types,

  async run({ options: given, graph, view, host, signal, ready, notice, count }) {
    const north: Source = {
      ...{ name: 'OVN_Northbound', text: given.address, address: readAddress(given.address, given) },
      ...{ tables: new Tables(), wanted },
    };
    const south: Source = {
      ...{ name: 'OVN_Southbound', text: given.southbound, address: readAddress(given.southbound, given) },
      ...{ tables: new Tables(), wanted: wantedSouth },
    };
    const speaker = new Speaker({
      graph,
      host,
      owned: OWNED,
      added: [],
      isOwn: ({ id, metadata: { UUID } }) => typeof UUID === 'string' && id === ovnId(host.name, UUID),
    });
    const look = bell();
    const startedMs = Date.now();
    let isFilled = false;
    let isDrawn = false;
    let mapped = '';

    async function speak(): Promise<void> {
      let wake: NodeJS.Timeout | undefined;
      while (await look.rung(signal)) {
        clearTimeout(wake);
        if (!isFilled) continue;
        const begunMs = performance.now();
        const now = view();
        const isYoung = Date.now() - startedMs < ADOPT_FOR_MS;
        if (isYoung) speaker.adopt(now);
        const interfaces = interfacesOf(now);
        const mapping = JSON.stringify(interfaces);
        if (!isDrawn || isYoung || mapping !== mapped) {
          isDrawn = true;
          mapped = mapping;
          count('refused', speaker.say(draw({ tables: north.tables, south: south.tables, interfaces, host }), now));
        }
        ready();
        wake = setTimeout(look.ring, pausedFor(performance.now() - begunMs, LOOK_MS)).unref();
      }
      clearTimeout(wake);
    }

    let settling: NodeJS.Timeout | undefined;
    function changed(): void {
      isDrawn = false;
      settling ??= setTimeout(() => {
        settling = undefined;
        look.ring();
      }, SETTLE_MS).unref();
    }

    const troubles = new Map<Source, string | undefined>();
    function told(source: Source, text: string | undefined, isQuiet = false): void {
      // Without a northbound database nobody expects the other.
      troubles.set(source, isQuiet && source === south ? undefined : text);
      const all = [...troubles.values()].filter((one) => one !== undefined);
      notice(all.length > 0 ? all.join('; ') : undefined, ...(isQuiet ? (['quietly'] as const) : []));
    }

    async function listen(source: Source): Promise<void> {
      const { address, tables, text } = source;
      const there = bell();
      if ('path' in address)
        watchDirectory(
          dirname(address.path),
          (name) => (name === undefined || name === basename(address.path)) && there.ring(),
          signal,
        );
      const waits = backoff({ firstMs: 500, maxMs: 30_000, random: Math.random });
      const database = new Database(source.name, tables, source.wanted);
      let forget: NodeJS.Timeout | undefined;
      const lost = () => {
        tables.clear();
        database.forget();
        changed();
      };
      while (!signal.aborted) {
        try {
          if (isThere(address))
            await database.watch(
              address,
              ({ structure }) => {
                clearTimeout(forget);
                forget = undefined;
                waits.reset();
                told(source, undefined);
                isFilled ||= source === north;
                if (structure) changed();
              },
              signal,
            );
          told(source, `no OVN: nothing at ${text}`, true);
        } catch (error) {
          if (signal.aborted) break;
          count('connectionsLost');
          told(source, `OVN at ${text} does not answer: ${(error as Error).message}`);
        }
        if (isFilled) forget ??= setTimeout(lost, given.goneAfterMs).unref();
        if (source === north) ready();
        const retry = isThere(address) ? setTimeout(there.ring, waits.next()).unref() : undefined;
        await there.rung(signal);
        clearTimeout(retry);
      }
      clearTimeout(forget);
      clearTimeout(settling);
    }

    await Promise.all([speak(), listen(north), listen(south)]);
  },
});

interface Source {
  readonly name: string;
  /** As it was given. */
  readonly text: string;
  readonly address: Address;
  readonly tables: Tables;
  readonly wanted: Wanted;
}

function isThere(address: Address): boolean {
  return !('path' in address) || existsSync(address.path);
}
