/** Tells what changed in the book of sockets. */
import type { Socket, SocketWriter } from '../../ends/socket.ts';
import type { Book } from './book.ts';
import { type Entry, socketOf } from './entry.ts';
import type { Place } from './place.ts';
import type { Processes } from './processes.ts';

export interface TellerParts {
  readonly book: Book;
  readonly sockets: SocketWriter;
  readonly processes: Processes;
}

export class Teller {
  readonly #parts: TellerParts;

  constructor(parts: TellerParts) {
    this.#parts = parts;
  }

  /** What is known of a namespace that nothing was told of. */
  tellFirst(place: Place, nowMs: number): void {
    const { sockets } = this.#parts;
    place.isTold = true;
    place.endTelling = sockets.begin(place.node);
    const told: Socket[] = [];
    for (const entry of place.entries) if (isWorthTelling(entry)) told.push(this.#tell(entry, place, nowMs));
    sockets.tell(told);
  }

  /** Everything that there is was told. */
  endFirst(place: Place, nowMs: number): void {
    place.isWhole = true;
    place.endTelling?.(nowMs);
    place.endTelling = undefined;
  }

  tellChanged(nowMs: number): void {
    const { book, sockets, processes } = this.#parts;
    processes.breathe();
    const told: Socket[] = [];
    for (const entry of book.changed) {
      // Those whose namespace is not known yet change again when it is.
      book.changed.delete(entry);
      const { place } = entry;
      if (place && isWorthTelling(entry)) told.push(this.#tell(entry, place, nowMs));
    }
    if (told.length > 0) sockets.tell(told);
  }

  /** What sockets have carried since it was last told. */
  tellCarried(nowMs: number): void {
    const { book, sockets } = this.#parts;
    const told: Socket[] = [];
    for (const entry of book.carried)
      if (entry.place && isWorthTelling(entry)) told.push(this.#tell(entry, entry.place, nowMs));
    book.carried.clear();
    if (told.length > 0) sockets.tell(told);
  }

  #tell(entry: Entry, place: Place, nowMs: number): Socket {
    const { book, processes } = this.#parts;
    book.changed.delete(entry);
    book.carried.delete(entry);
    entry.told = socketOf(entry, place, entry.holder && processes.of(entry.holder, nowMs));
    return entry.told;
  }
}

/** While it is being connected a socket has no port for a moment. What was told is told closed, whatever it had. */
function isWorthTelling({ localPort, told, closedAt }: Entry): boolean {
  return localPort !== 0 || (closedAt !== undefined && told !== undefined);
}
