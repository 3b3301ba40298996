/**
 * Who a thing is. Ids follow from what the thing is, never from when it was seen, so that a restart of Skein does not
 * look like a new network. Edge ids are derived by the graph.
 */
import { uuidV5 } from '../std/uuid.ts';

export function hostId(hostName: string): string {
  return uuidV5(['host', hostName]);
}

/** The cookie is unique only while the machine runs, hence the boot id. */
export function netnsId(hostName: string, bootId: string, cookie: bigint): string {
  return uuidV5(['netns', hostName, bootId, cookie.toString()]);
}

/** An interface keeps its ifindex when it is renamed; one that moves to another namespace is another node. */
export function interfaceId(namespaceNodeId: string, ifindex: number): string {
  return uuidV5(['interface', namespaceNodeId, ifindex.toString()]);
}

/**
 * TIDs name a thing by where it stands and what it is called: the same veth name in the same namespace path has the
 * same TID again after a reboot. They are the ones Skydive gives, bit for bit (data of a recorded run is in the test):
 * its parts are joined by nothing, and its UUIDs have 01 where RFC 9562 §4.1 wants 10.
 */
export function hostTid(hostName: string): string {
  return tid(hostName);
}

/** /run and /var/run are one place. */
export function netnsTid(ofHost: string, path: string): string {
  return tid(`${ofHost}${path.replace(/^\/run\//, '/var/run/')}netns`);
}

export function ownedTid(parentTid: string, name: string, type: string): string {
  return tid(`${parentTid}${name}${type}`);
}

function tid(name: string): string {
  const uuid = uuidV5([name]);
  return `${uuid.slice(0, 19)}${VARIANT_01[Number.parseInt(uuid.charAt(19), 16) & 3]}${uuid.slice(20)}`;
}

const VARIANT_01 = '4567';
