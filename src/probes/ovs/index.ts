/** Open vSwitch: bridges, ports and interfaces, as its database tells of them (RFC 7047, ovs-vswitchd.conf.db(5)). */
import { existsSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import * as z from 'zod';
import type { GraphView } from '../../graph/view.ts';
import { type Address, readAddress } from '../../ovsdb/address.ts';
import { Database, type Wanted } from '../../ovsdb/database.ts';
import type { Row } from '../../ovsdb/row.ts';
import { Tables } from '../../ovsdb/tables.ts';
import { backoff } from '../../std/backoff.ts';
import { bell } from '../../std/bell.ts';
import { watchDirectory } from '../directory.ts';
import { defineProbe } from '../probe.ts';
import { Devices } from './devices.ts';
import { draw, type OvsPicture } from './picture.ts';
import { ovsSpeaker } from './speaker.ts';
import { counterTotals } from './statistics.ts';
import { adds, types } from './vocabulary.ts';

const options = z
  .object({
    database: z
      .string()
      .default('unix:/var/run/openvswitch/db.sock')
      .describe('Where the database is: unix:PATH or tcp:HOST:PORT'),
    goneAfterMs: z
      .int()
      .min(0)
      .default(60_000)
      .describe('How long what a database said is shown when it does not answer, in ms'),
  })
  .prefault({});

const watched: Wanted = {
  Open_vSwitch: ['ovs_version', 'db_version'],
  Bridge: [
    ...['name', 'ports', 'external_ids', 'other_config', 'protocols', 'datapath_type', 'datapath_id'],
    ...['datapath_version', 'fail_mode', 'stp_enable', 'rstp_enable', 'mcast_snooping_enable', 'flood_vlans'],
  ],
  Port: [
    ...['name', 'interfaces', 'tag', 'trunks', 'vlan_mode', 'cvlans', 'bond_mode', 'lacp', 'protected', 'fake_bridge'],
    ...['external_ids', 'other_config'],
  ],
  Interface: [
    ...['name', 'type', 'ofport', 'ifindex', 'mac_in_use', 'mtu', 'link_state', 'error', 'status', 'options'],
    ...['external_ids', 'other_config', 'statistics'],
  ],
};

/** How often to look whether the kernel's nodes are still those that were meant; more often after a change. */
const LOOK_MS = 1_000;
const LOOK_SOON_MS = 50;
const SOON_FOR_MS = 3_000;
/** So long after the start nodes of an earlier run may still come back. */
const ADOPT_FOR_MS = 10_000;

export const ovs = defineProbe({
  name: 'ovs',
  doc: 'Open vSwitch: bridges, their ports, and interfaces with what the switch knows of them.',
  options,
  types,
  adds,

  async run({ options: given, graph, view, host, signal, ready, notice, count }) {
    const address = readAddress(given.database);
    const tables = new Tables();
    const devices = new Devices(host);
    const speaker = ovsSpeaker(graph, host);
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
        const parts = { tables, devices, view: view(), host, nowMs };
        if (isYoung) speaker.adopt(parts.view);
        if (!picture || !isDrawn || isYoung || hasMoved(picture, tables, devices, parts.view, nowMs)) {
          picture = draw(parts);
          isDrawn = true;
          devices.keep((uuid) => tables.row('Interface', uuid) !== undefined);
          count('refused', speaker.say(picture, parts.view));
        }
        countAll(picture);
        ready();
        const hasInterfaces = picture.nodes.size > 0;
        const waitMs = nowMs - changedMs < SOON_FOR_MS ? LOOK_SOON_MS : LOOK_MS;
        if (hasInterfaces) wake = setTimeout(look.ring, waitMs).unref();
      }
      clearTimeout(wake);
    }

    function countAll({ interfaces }: OvsPicture): void {
      for (const [uuid, row] of counted) {
        const id = interfaces.get(uuid);
        const total = counterTotals(row.map('statistics'));
        if (id !== undefined && Object.keys(total).length > 0)
          graph.apply([{ kind: 'counters', id, series: 'Ovs', total }]);
        if (id !== undefined || tables.row('Interface', uuid) === undefined) counted.delete(uuid);
      }
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
      const database = new Database('Open_vSwitch', tables, watched);
      let forget: NodeJS.Timeout | undefined;
      const lost = () => {
        tables.clear();
        database.forget();
        isDrawn = false;
        look.ring();
      };
      while (!signal.aborted) {
        try {
          if (isThere(address))
            await database.watch(
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
          notice(`no Open vSwitch: nothing at ${given.database}`, 'quietly');
        } catch (error) {
          if (signal.aborted) break;
          count('connectionsLost');
          notice(`Open vSwitch at ${given.database} does not answer: ${(error as Error).message}`);
        }
        if (isFilled) forget ??= setTimeout(lost, given.goneAfterMs).unref();
        ready();
        const retry = isThere(address) ? setTimeout(there.ring, waits.next()).unref() : undefined;
        await there.rung(signal);
        clearTimeout(retry);
      }
      clearTimeout(forget);
    }

    await Promise.all([speak(), listen()]);
  },
});

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
