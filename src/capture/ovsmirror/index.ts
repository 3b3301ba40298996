/** Ports of Open vSwitch, by a mirror of them to a port of our own, on which a packet socket listens. */
import { randomBytes } from 'node:crypto';
import { openDoor } from '../../native/index.ts';
import { Unavailable } from '../../std/unavailable.ts';
import { type CaptureBounds, defaultBounds } from '../bounds.ts';
import { filterProgram } from '../filter-program.ts';
import type { Mechanism, MechanismContext, Running } from '../mechanism.ts';
import { OvsDatabase, type OvsSwitches } from '../ovs-database.ts';
import { undo } from '../ovs-undo.ts';
import { packetSocketMechanism } from '../packet-socket.ts';
import { type Departure, watchDeparture } from './departure.ts';
import { findDevice } from './device.ts';
import { makeMirror, removeMirror } from './mirror.ts';

/** LINKTYPE_ETHERNET */
const ETHERNET = 1;

export function ovsmirrorOn(switches: OvsSwitches, bounds: CaptureBounds = defaultBounds): Mechanism {
  const socket = packetSocketMechanism({ type: 'ovsmirror', doc: '', rank: 1, bounds });
  return {
    type: 'ovsmirror',
    doc: 'Has a bridge of Open vSwitch copy all frames of a port, in both directions, to a port of our own, and decodes each.',
    nodeTypes: ['ovsport'],
    can: { ...socket.can, several: false },
    rank: 1,
    start: (context) => start(context, switches, socket),
  };
}

async function start(context: MechanismContext, switches: OvsSwitches, socket: Mechanism): Promise<Running> {
  const { place, options, log } = context;
  // What is wrong with a filter is told as its writer wrote it, and before anything is made.
  if (options.filter !== '') filterProgram(context.door, options, ETHERNET);
  const { UUID } = place.metadata;
  if (typeof UUID !== 'string') throw new Unavailable(`port ${place.name}`, 'its UUID, which the probe ovs tells');
  const database = OvsDatabase.of(place, switches);
  const device = `skm${randomBytes(5).toString('hex')}`;
  const made = await makeMirror(database, { port: UUID, name: place.name, device });
  const remove = () =>
    undo(
      () => removeMirror(database, made),
      (why) => log.warn(`port ${place.name} is still mirrored to ${device}: ${why}; trying again`),
    );
  let departure: Departure | undefined;
  try {
    const netns = await findDevice(openDoor(), device);
    departure = await watchDeparture(openDoor(), device, netns);
    const running = await socket.start(onDevice(context, { device, netns, mac: made.mac }));
    log.info(`port ${place.name} is mirrored to ${device}`);
    const { gone, close } = departure;
    return {
      ended: Promise.race([running.ended, gone]),
      stats: () => running.stats(),
      async [Symbol.asyncDispose]() {
        close();
        try {
          await running[Symbol.asyncDispose]();
        } finally {
          await remove();
        }
      },
    };
  } catch (error) {
    departure?.close();
    await remove();
    throw error;
  }
}

/** The same capture, on the device that the port is mirrored to. */
function onDevice(
  context: MechanismContext,
  { device, netns, mac }: { readonly device: string; readonly netns: string | undefined; readonly mac: string },
): MechanismContext {
  const { place, options } = context;
  // What the machine itself sends there, as it does on every new device, has not passed the port.
  const others = `not ether src ${mac}`;
  return {
    ...context,
    place: { ...place, name: device, type: 'internal', ifIndex: undefined, mac, netns },
    options: { ...options, filter: options.filter === '' ? others : `(${options.filter}) and ${others}` },
  };
}
