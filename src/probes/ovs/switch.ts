/** One switch: listens to its database, and says what that says, for as long as it is so. */
import { networkInterfaces } from 'node:os';
import type { GraphView } from '../../graph/view.ts';
import type { Address } from '../../ovsdb/address.ts';
import { Database } from '../../ovsdb/database.ts';
import type { Row } from '../../ovsdb/row.ts';
import { type Changed, Tables } from '../../ovsdb/tables.ts';
import { bell } from '../../std/bell.ts';
import { keepListening } from '../listening.ts';
import { keepLooking } from '../looks.ts';
import type { ProbeContext } from '../probe.ts';
import { youth } from '../youth.ts';
import { Devices } from './devices.ts';
import { draw, type OvsPicture } from './picture.ts';
import { ovsSpeaker } from './speaker.ts';
import { counterTotals } from './statistics.ts';
import { watched } from './watched.ts';

/** How often to look whether the kernel's nodes are still those that were meant; more often after a change. */
const LOOK_MS = 1_000;
const LOOK_SOON_MS = 50;
const SOON_FOR_MS = 3_000;

export interface SwitchParts
  extends Pick<ProbeContext<unknown>, 'graph' | 'view' | 'host' | 'signal' | 'ready' | 'notice' | 'count'> {
  /** As it was given, which is how others are told where things are from. */
  readonly database: string;
  readonly address: Address;
  readonly goneAfterMs: number;
  /** Whether what an earlier run left of a database is ours to look after. */
  readonly isOf: (database: string | undefined) => boolean;
}

export async function watchSwitch(parts: SwitchParts): Promise<void> {
  const { address, database, goneAfterMs, graph, view, host, signal, ready, count } = parts;
  const tables = new Tables();
  const devices = new Devices(host, { isFar: isFar(address) });
  const speaker = ovsSpeaker(graph, host, parts.isOf);
  const look = bell();
  const isYoung = youth();
  let changedMs = 0;
  let isFilled = false;
  let isDrawn = false;
  const counted = new Map<string, Row>();
  let picture: OvsPicture | undefined;

  function see(): number | undefined {
    if (!isFilled) return undefined;
    const nowMs = Date.now();
    const now = view();
    if (isYoung()) speaker.adopt(now);
    if (!picture || !isDrawn || isYoung() || hasMoved(picture, tables, devices, now, nowMs)) {
      picture = draw({ tables, devices, view: now, host, nowMs, database });
      isDrawn = true;
      devices.keep((uuid) => tables.row('Interface', uuid) !== undefined);
      count('refused', speaker.say(picture, now));
    }
    countAll(picture);
    ready();
    if (picture.nodes.size === 0) return undefined;
    return nowMs - changedMs < SOON_FOR_MS ? LOOK_SOON_MS : LOOK_MS;
  }

  function countAll({ counted: nodes, interfaces }: OvsPicture): void {
    for (const [uuid, row] of counted) {
      const id = nodes.get(uuid);
      const total = counterTotals(row.map('statistics'));
      if (id !== undefined && Object.keys(total).length > 0)
        graph.apply([{ kind: 'counters', id, series: 'Ovs', total }]);
      // An interface may have its node later.
      const isAwaited = id === undefined && !interfaces.has(uuid) && tables.row('Interface', uuid) !== undefined;
      if (!isAwaited) counted.delete(uuid);
    }
  }

  function take(changed: Changed): void {
    isFilled = true;
    for (const row of changed.counted) counted.set(row.uuid, row);
    if (changed.structure) {
      isDrawn = false;
      changedMs = Date.now();
    }
    look.ring();
  }

  function lost(): void {
    tables.clear();
    source.forget();
    counted.clear();
    isDrawn = false;
    look.ring();
  }

  const source = new Database('Open_vSwitch', tables, watched);
  const listening = keepListening({
    context: parts,
    called: 'Open vSwitch',
    sockets: 'path' in address ? [address.path] : [],
    address: database,
    goneAfterMs,
    listen: (heard) =>
      source.watch(
        address,
        (changed) => {
          heard();
          take(changed);
        },
        signal,
      ),
    lost,
  });
  await Promise.all([keepLooking(look, signal, see), listening]);
}

/** Whether an interface has another node now than the one in the picture, or none. */
function hasMoved(picture: OvsPicture, tables: Tables, devices: Devices, view: GraphView, nowMs: number): boolean {
  for (const row of tables.all('Interface')) {
    const device = devices.find(row, view);
    const id = picture.interfaces.get(row.uuid);
    if (device) {
      if (device.id !== id || device.metadata.UUID !== row.uuid) return true;
    } else if (id === undefined ? devices.isOurs(row, nowMs) : picture.additions.has(id)) return true;
  }
  return false;
}

/** A name other than localhost is taken for another machine's. */
function isFar(address: Address): boolean {
  if ('path' in address || address.host === 'localhost' || address.host.startsWith('127.')) return false;
  const ours = Object.values(networkInterfaces()).flatMap((addresses = []) => addresses);
  return !ours.some((one) => one.address === address.host);
}
