/** OVN: its switches, routers and ports, as its northbound database tells of them (ovn-nb(5)). */
import { existsSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import * as z from 'zod';
import { type Address, readAddress } from '../../ovsdb/address.ts';
import { Database } from '../../ovsdb/database.ts';
import { Tables } from '../../ovsdb/tables.ts';
import { backoff } from '../../std/backoff.ts';
import { bell } from '../../std/bell.ts';
import { pausedFor } from '../cost.ts';
import { watchDirectory } from '../directory.ts';
import { defineProbe } from '../probe.ts';
import { Speaker } from '../speaker.ts';
import { draw, interfacesOf, ovnId } from './picture.ts';
import { wanted } from './tables.ts';
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
  options,
  types,

  async run({ options: given, graph, view, host, signal, ready, notice, count }) {
    const address = readAddress(given.address, given);
    const tables = new Tables();
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
          count('refused', speaker.say(draw(tables, interfaces, host), now));
        }
        ready();
        wake = setTimeout(look.ring, pausedFor(performance.now() - begunMs, LOOK_MS)).unref();
      }
      clearTimeout(wake);
    }

    let settling: NodeJS.Timeout | undefined;
    function changed(): void {
      isFilled = true;
      isDrawn = false;
      settling ??= setTimeout(() => {
        settling = undefined;
        look.ring();
      }, SETTLE_MS).unref();
    }

    async function listen(): Promise<void> {
      const there = bell();
      if ('path' in address)
        watchDirectory(
          dirname(address.path),
          (name) => (name === undefined || name === basename(address.path)) && there.ring(),
          signal,
        );
      const waits = backoff({ firstMs: 500, maxMs: 30_000, random: Math.random });
      const database = new Database('OVN_Northbound', tables, wanted);
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
                notice(undefined);
                if (structure) changed();
              },
              signal,
            );
          notice(`no OVN: nothing at ${given.address}`, 'quietly');
        } catch (error) {
          if (signal.aborted) break;
          count('connectionsLost');
          notice(`OVN at ${given.address} does not answer: ${(error as Error).message}`);
        }
        if (isFilled) forget ??= setTimeout(lost, given.goneAfterMs).unref();
        ready();
        const retry = isThere(address) ? setTimeout(there.ring, waits.next()).unref() : undefined;
        await there.rung(signal);
        clearTimeout(retry);
      }
      clearTimeout(forget);
      clearTimeout(settling);
    }

    await Promise.all([speak(), listen()]);
  },
});

function isThere(address: Address): boolean {
  return !('path' in address) || existsSync(address.path);
}
