/** One switch: listens to its database, and says what that says, for as long as it is so. */
import { existsSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { basename, dirname } from 'node:path';
import type { GraphView } from '../../graph/view.ts';
import type { Address } from '../../ovsdb/address.ts';
import { Database } from '../../ovsdb/database.ts';
import type { Row } from '../../ovsdb/row.ts';
import { Tables } from '../../ovsdb/tables.ts';
import { backoff } from '../../std/backoff.ts';
import { bell } from '../../std/bell.ts';
import { watchDirectory } from '../directory.ts';
import type { ProbeContext } from '../probe.ts';
import { Devices } from './devices.ts';
import { draw, type OvsPicture } from './picture.ts';
import { ovsSpeaker } from './speaker.ts';
import { counterTotals } from './statistics.ts';
import { watched } from './watched.ts';

/** How often to look whether the kernel's nodes are still those that were meant; more often after a change. */
const LOOK_MS = 1_000;
const LOOK_SOON_MS = 50;
const SOON_FOR_MS = 3_000;
/** So long after the start nodes of an earlier run may still come back. */
const ADOPT_FOR_MS = 10_000;

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
  const { address, database, goneAfterMs, graph, view, host, signal, ready, notice, count } = parts;
  const tables = new Tables();
  const devices = new Devices(host, { isFar: isFar(address) });
  const speaker = ovsSpeaker(graph, host, parts.isOf);
  const look = bell();
  const startedMs = Date.now();
  let changedMs = 0;
  let isFilled = false;
  let isDrawn = false;
  const counted = new Map<string, Row>();
  let picture: OvsPicture | undefined;

  async function speak(): Promise<void> {
    let wake: NodeJS.Timeout | undefined;
    while (await look.rung(signal)) {
      clearTimeout(wake);
      if (!isFilled) continue;
      const nowMs = Date.now();
      const isYoung = nowMs - startedMs < ADOPT_FOR_MS;
      const now = view();
      if (isYoung) speaker.adopt(now);
      if (!picture || !isDrawn || isYoung || hasMoved(picture, tables, devices, now, nowMs)) {
        picture = draw({ tables, devices, view: now, host, nowMs, database });
        isDrawn = true;
        devices.keep((uuid) => tables.row('Interface', uuid) !== undefined);
        count('refused', speaker.say(picture, now));
      }
      countAll(picture);
      ready();
      const waitMs = nowMs - changedMs < SOON_FOR_MS ? LOOK_SOON_MS : LOOK_MS;
      if (picture.nodes.size > 0) wake = setTimeout(look.ring, waitMs).unref();
    }
    clearTimeout(wake);
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

  function lost(): void {
    tables.clear();
    source.forget();
    counted.clear();
    isDrawn = false;
    look.ring();
  }

  const source = new Database('Open_vSwitch', tables, watched);

  async function listen(): Promise<void> {
    const there = bell();
    if ('path' in address)
      watchDirectory(
        dirname(address.path),
        (name) => (name === undefined || name === basename(address.path)) && there.ring(),
        signal,
      );
    const waits = backoff({ firstMs: 500, maxMs: 30_000, random: Math.random });
    let forget: NodeJS.Timeout | undefined;
    while (!signal.aborted) {
      try {
        if (isThere(address))
          await source.watch(
            address,
            (changed) => {
              clearTimeout(forget);
              forget = undefined;
              waits.reset();
              notice(undefined);
              isFilled = true;
              for (const row of changed.counted) counted.set(row.uuid, row);
              if (changed.structure) {
                isDrawn = false;
                changedMs = Date.now();
              }
              look.ring();
            },
            signal,
          );
        notice(`no Open vSwitch: nothing at ${database}`, 'quietly');
      } catch (error) {
        if (signal.aborted) break;
        count('connectionsLost');
        notice(`Open vSwitch at ${database} does not answer: ${(error as Error).message}`);
      }
      if (isFilled) forget ??= setTimeout(lost, goneAfterMs).unref();
      ready();
      const retry = isThere(address) ? setTimeout(there.ring, waits.next()).unref() : undefined;
      await there.rung(signal);
      clearTimeout(retry);
    }
    clearTimeout(forget);
  }

  await Promise.all([speak(), listen()]);
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

function isThere(address: Address): boolean {
  return !('path' in address) || existsSync(address.path);
}

/** A name other than localhost is taken for another machine's. */
function isFar(address: Address): boolean {
  if ('path' in address || address.host === 'localhost' || address.host.startsWith('127.')) return false;
  const ours = Object.values(networkInterfaces()).flatMap((addresses = []) => addresses);
  return !ours.some((one) => one.address === address.host);
}
