/** A mirror of one port to a new internal port of its bridge, in the database (ovs-vswitchd.conf.db(5), Mirror). */
import { setTimeout as sleep } from 'node:timers/promises';
import { Undone } from '../../ovsdb/transact.ts';
import { Unavailable } from '../../std/unavailable.ts';
import { map, named, type OvsDatabase, set, take, uuid, uuidsOf } from '../ovs-database.ts';
import { ownMarks } from '../ovs-owner.ts';

export interface MadeMirror {
  readonly mirror: string;
  readonly port: string;
  readonly interface: string;
  /** Of the internal port's device. */
  readonly mac: string;
}

/** Of a bridge: the rest would do nothing, and nobody would be told (MAX_MIRRORS of ovs-vswitchd). */
const MIRRORS_MAX = 32;
/** So long the switch may take to make the device. */
const DEVICE_MS = 5_000;
const LOOK_MS = 25;

/** `port`: UUID of the one that is mirrored; `device`: name of the internal one. Throws Unavailable; then nothing is left. */
export async function makeMirror(
  database: OvsDatabase,
  { port, name, device }: { readonly port: string; readonly name: string; readonly device: string },
): Promise<MadeMirror> {
  const onBridge = [['ports', 'includes', uuid(port)]];
  const [found] = await database.change([{ op: 'select', table: 'Bridge', where: onBridge, columns: ['mirrors'] }]);
  const [bridge] = found?.rows ?? [];
  if (!bridge) throw gone(name, database);
  if (uuidsOf(bridge.mirrors).length >= MIRRORS_MAX)
    throw new Unavailable(
      `the bridge of port ${name} has ${MIRRORS_MAX} mirrors already`,
      'one of them to be removed: ovs-vsctl list mirror',
    );
  const made = await insert(database, { port, name, device, onBridge });
  try {
    return { ...made, mac: await deviceOf(database, made.interface, device) };
  } catch (error) {
    await removeMirror(database, made).catch(() => undefined);
    throw error;
  }
}

/** Rows that nothing holds are removed by the database itself. */
export async function removeMirror(
  database: OvsDatabase,
  { mirror, port }: Pick<MadeMirror, 'mirror' | 'port'>,
): Promise<void> {
  await database.change([take('mirrors', mirror), take('ports', port)]);
}

async function insert(
  database: OvsDatabase,
  {
    port,
    name,
    device,
    onBridge,
  }: { readonly port: string; readonly name: string; readonly device: string; readonly onBridge: unknown },
): Promise<Omit<MadeMirror, 'mac'>> {
  const external_ids = map(ownMarks(database.host));
  const theirs = uuid(port);
  const ends = { select_src_port: theirs, select_dst_port: theirs, output_port: named('output') };
  const parts = [
    ['ports', 'insert', set(named('output'))],
    ['mirrors', 'insert', set(named('mirror'))],
  ];
  try {
    const outcomes = await database.change([
      {
        ...{ op: 'insert', table: 'Interface', 'uuid-name': 'device' },
        row: { name: device, type: 'internal', external_ids },
      },
      {
        ...{ op: 'insert', table: 'Port', 'uuid-name': 'output' },
        row: { name: device, interfaces: named('device'), external_ids },
      },
      { op: 'insert', table: 'Mirror', row: { name: device, ...ends, external_ids }, 'uuid-name': 'mirror' },
      { op: 'mutate', table: 'Bridge', where: onBridge, mutations: parts },
    ]);
    const [ownInterface, ownPort, mirror] = outcomes.map((outcome) => outcome.uuid);
    if (outcomes[3]?.count !== 1 || ownInterface === undefined || ownPort === undefined || mirror === undefined)
      throw gone(name, database);
    return { mirror, port: ownPort, interface: ownInterface };
  } catch (cause) {
    if (cause instanceof Undone) throw gone(`${name} (${cause.message})`, database, cause);
    throw cause;
  }
}

/** Waits for the switch to make the device. Gives its address. */
async function deviceOf(database: OvsDatabase, row: string, device: string): Promise<string> {
  const until = performance.now() + DEVICE_MS;
  for (;;) {
    const [found] = await database.change([
      {
        ...{ op: 'select', table: 'Interface', where: [['_uuid', '==', uuid(row)]] },
        columns: ['ofport', 'mac_in_use', 'error'],
      },
    ]);
    const [made] = found?.rows ?? [];
    if (!made) throw new Unavailable(`port ${device} is gone`, 'its bridge to stay');
    if (typeof made.error === 'string')
      throw new Unavailable(`port ${device} (${made.error})`, 'a switch that can make an internal port');
    if (typeof made.ofport === 'number' && made.ofport > 0 && typeof made.mac_in_use === 'string')
      return made.mac_in_use;
    if (performance.now() > until)
      throw new Unavailable(`the switch at ${database.name} does not make ${device}`, 'ovs-vswitchd to run');
    await sleep(LOOK_MS);
  }
}

function gone(name: string, { name: database }: OvsDatabase, cause?: unknown): Unavailable {
  return new Unavailable(`port ${name}`, `a port of that name on a bridge in ${database}`, { cause });
}
