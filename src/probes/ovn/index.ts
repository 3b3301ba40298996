/** OVN: its switches, routers and ports, as its northbound database tells of them (ovn-nb(5)). */
import * as z from 'zod';
import { type Address, readAddress } from '../../ovsdb/address.ts';
import { Database, type Wanted } from '../../ovsdb/database.ts';
import { Tables } from '../../ovsdb/tables.ts';
import { bell } from '../../std/bell.ts';
import { keepListening } from '../listening.ts';
import { keepLooking, sparingly } from '../looks.ts';
import { defineProbe } from '../probe.ts';
import { Speaker } from '../speaker.ts';
import { youth } from '../youth.ts';
import { draw, interfacesOf, ovnId } from './picture.ts';
import { wantedSouth } from './southbound.ts';
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
    const isYoung = youth();
    let isFilled = false;
    let isDrawn = false;
    let mapped = '';

    function see(): number | undefined {
      if (!isFilled) return undefined;
      const now = view();
      if (isYoung()) speaker.adopt(now);
      const interfaces = interfacesOf(now);
      const mapping = JSON.stringify(interfaces);
      if (!isDrawn || isYoung() || mapping !== mapped) {
        isDrawn = true;
        mapped = mapping;
        count('refused', speaker.say(draw({ tables: north.tables, south: south.tables, interfaces, host }), now));
      }
      ready();
      return LOOK_MS;
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
    function told(source: Source, text: string | undefined, how?: 'quietly'): void {
      // Without a northbound database nobody expects the other.
      troubles.set(source, how === 'quietly' && source === south ? undefined : text);
      const all = [...troubles.values()].filter((one) => one !== undefined);
      notice(all.length > 0 ? all.join('; ') : undefined, how);
    }

    async function listen(source: Source): Promise<void> {
      const { address, tables, text } = source;
      const database = new Database(source.name, tables, source.wanted);
      await keepListening({
        context: {
          ...{ signal, count },
          notice: (said, how) => told(source, said, how),
          ready: () => source === north && ready(),
        },
        called: 'OVN',
        sockets: 'path' in address ? [address.path] : [],
        address: text,
        goneAfterMs: given.goneAfterMs,
        listen: (heard) =>
          database.watch(
            address,
            ({ structure }) => {
              heard();
              isFilled ||= source === north;
              if (structure) changed();
            },
            signal,
          ),
        lost() {
          tables.clear();
          database.forget();
          changed();
        },
      });
    }

    await Promise.all([keepLooking(look, signal, sparingly(see)), listen(north), listen(south)]);
    clearTimeout(settling);
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
