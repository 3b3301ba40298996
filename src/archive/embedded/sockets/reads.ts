/** Which sockets were open at a time, in slices of some milliseconds. */
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import type { Socket } from '../../../ends/socket.ts';
import { isOpenIn, type SocketQuery } from '../../../ends/socket-view.ts';
import type { Span } from '../../../graph/view.ts';
import { mistake } from '../../../std/mistake.ts';
import { SOCKETS_MAX } from '../../socket-keeping.ts';
import { TextsByNumber } from '../flows/texts-by-number.ts';
import { longerThan } from '../flows/time.ts';
import type { SocketAnswer } from './ask.ts';
import { type SocketRow, socketOf } from './row.ts';

/** Rows in one slice, and sockets in one text. */
const SLICE_ROWS = 1_000;

export class SocketReads {
  readonly #db: DatabaseSync;
  readonly #texts: TextsByNumber;
  readonly #processes: TextsByNumber;

  constructor(db: DatabaseSync) {
    this.#db = db;
    this.#texts = new TextsByNumber(db);
    this.#processes = new TextsByNumber(db, 'processes');
  }

  *find({ time, nodes, conversations }: SocketQuery & { readonly time: Span }): Generator<void, SocketAnswer> {
    const wanted = nodes && new Set(nodes);
    const texts: string[] = [];
    let [found, slice, looked]: [number, Socket[], number] = [0, [], 0];
    for (const row of conversations ? this.#atPorts(conversations, time) : this.#overlapping(time)) {
      if (++looked % SLICE_ROWS === 0) yield;
      const process = row.process === null ? '' : this.#processes.of(row.process);
      const socket = socketOf(row, this.#texts.of(row.node), process || undefined);
      if ((wanted && !wanted.has(socket.node)) || !isOpenIn(socket, time)) continue;
      slice.push(socket);
      if (++found > SOCKETS_MAX) throw tooMany();
      if (slice.length < SLICE_ROWS) continue;
      texts.push(JSON.stringify(slice));
      slice = [];
    }
    if (slice.length > 0) texts.push(JSON.stringify(slice));
    return { sockets: texts };
  }

  /** Sockets of one class are about equally long: those that touch a time began within that length of it. */
  *#overlapping({ from, to }: Span): Generator<SocketRow> {
    yield* this.#pages('sockets_open', 'closed is null and opened <= ?', [Math.floor(to)]);
    for (const lengthClass of this.#classes()) {
      const since = Math.floor(from - longerThan(lengthClass));
      const where = 'closed is not null and class = ? and opened >= ? and opened <= ? and closed >= ?';
      yield* this.#pages('sockets_time', where, [lengthClass, since, Math.floor(to), Math.floor(from)]);
    }
  }

  *#atPorts(conversations: NonNullable<SocketQuery['conversations']>, { from, to }: Span): Generator<SocketRow> {
    const pairs = new Set<string>();
    for (const { sourcePort, destinationPort } of conversations)
      for (const [own, other] of [
        [sourcePort, destinationPort],
        [destinationPort, sourcePort],
        [sourcePort, 0],
        [destinationPort, 0],
      ])
        pairs.add(`${own} ${other}`);
    for (const pair of pairs) {
      const [own = 0, other = 0] = pair.split(' ').map(Number);
      const where = 'local_port = ? and remote_port = ? and opened <= ? and (closed is null or closed >= ?)';
      yield* this.#pages('sockets_ports', where, [own, other, Math.floor(to), Math.floor(from)]);
    }
  }

  /** Rows are read a page at a time: others write in between. */
  *#pages(index: string, where: string, values: readonly SQLInputValue[]): Generator<SocketRow> {
    const read: StatementSync = this.#db.prepare(`select socket, id, node, protocol, state, local, local_port, remote,
      remote_port, opened, closed, process, traffic from sockets indexed by ${index}
      where ${where} and (opened, socket) > (?, ?) order by opened, socket limit ${SLICE_ROWS}`);
    let after: readonly [number, number] = [Number.MIN_SAFE_INTEGER, 0];
    for (;;) {
      const rows = read.all(...values, ...after) as unknown as (SocketRow & { socket: number })[];
      yield* rows;
      const last = rows.at(-1);
      if (rows.length < SLICE_ROWS || !last) return;
      after = [last.opened, last.socket];
    }
  }

  #classes(): number[] {
    return classesOf(this.#db);
  }
}

/** Lengths that there are: a few dozen at most. */
export function classesOf(db: DatabaseSync): number[] {
  const next = db.prepare(
    'select min(class) as class from sockets indexed by sockets_time where closed is not null and class > ?',
  );
  const found: number[] = [];
  for (let at: number | null = -1; ; ) {
    at = next.get(at)?.class as number | null;
    if (at === null) return found;
    found.push(at);
  }
}

function tooMany() {
  return mistake(
    'archive.answer-too-long',
    `more than ${SOCKETS_MAX.toLocaleString('en')} sockets were open then`,
    'ask for a shorter time, or for fewer namespaces',
  );
}
