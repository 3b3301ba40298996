/** Looks at all sockets there are: each namespace's own tables from inside, and what processes hold. */
import { Conversation } from '../../native/conversation.ts';
import type { Door } from '../../native/door.ts';
import { LITTLE } from '../../native/nlmsg.ts';
import type { SocketWatch } from '../../native/sockets.ts';
import type { AddressTexts } from './address.ts';
import type { Book } from './book.ts';
import { DiagSights, diagRequest, NETLINK_SOCK_DIAG, TABLES } from './diag.ts';
import type { Place } from './place.ts';
import { readHolder } from './procfs.ts';
import { Records } from './record.ts';
import type { Holder } from './sight.ts';

export interface LookParts {
  readonly door: Door;
  readonly book: Book;
  readonly texts: AddressTexts;
  /** Without it processes are found by /proc. */
  readonly watch: SocketWatch | undefined;
  /** The newest path of a namespace. */
  readonly pathOf: (place: Place) => string | undefined;
  /** All that processes hold has been walked over. */
  readonly walked: () => void;
}

export interface Looked {
  /** Namespaces that could not be read, and why the first could not. */
  readonly unread: number;
  readonly why: Error | undefined;
  /** Processes that are not ours to look at. */
  readonly hidden: number;
}

/** Records that are read at once: after so many, others get their turn. */
const RECORDS_AT_ONCE = 4_000;

export async function look(parts: LookParts, places: Iterable<Place>, signal: AbortSignal): Promise<Looked> {
  const { book, watch } = parts;
  book.beginLook();
  // First what tells most, so that little is left to be learnt of the rest.
  const isWalked = watch !== undefined && (await walk(parts, watch));
  if (isWalked && !signal.aborted) parts.walked();
  const read = new Set<Place>();
  let unread = 0;
  let why: Error | undefined;
  for (const place of places) {
    if (signal.aborted) break;
    try {
      await readTables(parts, place);
      read.add(place);
    } catch (error) {
      // One that went meanwhile is no loss.
      if (!book.places.has(place.node)) continue;
      unread++;
      why ??= error as Error;
    }
  }
  const hidden = watch || signal.aborted ? 0 : await lookForHolders(parts);
  book.endLook({ read, isWalked });
  return { unread, why, hidden };
}

async function readTables({ door, book, texts, watch, pathOf }: LookParts, place: Place): Promise<void> {
  const path = pathOf(place);
  if (path === undefined) throw new Error('the namespace is gone');
  const isOwn = path === OWN_PATH;
  const socket = await door.openNetlink({
    protocol: NETLINK_SOCK_DIAG,
    receiveBufferBytes: RECEIVE_BYTES,
    ...(isOwn ? {} : { netns: path }),
  });
  using conversation = new Conversation(socket);
  for (const table of TABLES) {
    // What a socket carried is told by the walk where there is one, in one pass for all.
    for await (const batch of conversation.dump(diagRequest(table, { withTraffic: watch === undefined }))) {
      const sights = new DiagSights(batch, table.protocol, texts);
      while (sights.next()) book.see(sights, place);
    }
  }
}

/** Ours needs no capability to be entered. */
const OWN_PATH = '/proc/self/ns/net';
const RECEIVE_BYTES = 1 << 20;

async function walk({ book, texts }: LookParts, watch: SocketWatch): Promise<boolean> {
  const { records, isCut } = await watch.walk();
  const cursor = new Records(records, texts);
  while (book.walk(cursor, RECORDS_AT_ONCE)) await new Promise((resolve) => setImmediate(resolve));
  book.endWalk();
  return !isCut;
}

async function lookForHolders({ door, book }: LookParts): Promise<number> {
  const { pairs, hidden } = await door.processSockets();
  book.hold(lowestHolders(pairs, readHolder));
  return hidden;
}

/** Who holds which inode: of several the lowest pid. */
export function lowestHolders(pairs: Uint8Array, read: (pid: number) => Holder | undefined): Map<number, Holder> {
  const view = new DataView(pairs.buffer, pairs.byteOffset, pairs.byteLength);
  const known = new Map<number, Holder | undefined>();
  const lowest = new Map<number, Holder>();
  for (let at = 0; at + PAIR_BYTES <= pairs.length; at += PAIR_BYTES) {
    const [inode, pid] = [view.getUint32(at, LITTLE), view.getUint32(at + 4, LITTLE)];
    const best = lowest.get(inode);
    if (best && best.pid <= pid) continue;
    if (!known.has(pid)) known.set(pid, read(pid));
    const holder = known.get(pid);
    if (holder) lowest.set(inode, holder);
  }
  return lowest;
}

const PAIR_BYTES = 8;
