/** Writes batches of sockets into the table. Transactions are the caller's: after a rollback it calls `forget`. */
import type { DatabaseSync } from 'node:sqlite';
import type { Socket } from '../../../ends/socket.ts';
import { classOf } from '../flows/time.ts';
import { Texts } from '../texts.ts';
import { Processes } from './processes.ts';
import { PROTOCOLS, STATES, shortId } from './row.ts';

export class SocketAppends {
  readonly #texts: Texts;
  readonly #processes: Processes;
  readonly #sql: ReturnType<typeof statements>;

  constructor(db: DatabaseSync) {
    this.#texts = new Texts(db, { table: 'texts', number: 'number', text: 'text' });
    this.#processes = new Processes(db);
    this.#sql = statements(db);
  }

  /** Does nothing when the batch was there already. */
  append(
    { writer, n, time }: { readonly writer: string; readonly n: number; readonly time: number },
    sockets: readonly Socket[],
  ): void {
    if (this.#sql.hear.run(writer, n, Math.floor(time)).changes === 0) return;
    let first = Math.floor(time);
    let added = 0;
    for (const socket of sockets) {
      if (this.#write(socket, time)) added++;
      first = Math.min(first, Math.floor(socket.openedAt));
    }
    this.#sql.saw.run(first, Math.floor(time), added);
  }

  /** Those that are open were so until the last sign of life. */
  closeLost(): void {
    const last = Number(this.#sql.last.get()?.last ?? 0);
    for (const { socket, opened } of this.#sql.open.all() as unknown as { socket: number; opened: number }[]) {
      const closed = Math.max(opened, last);
      this.#sql.close.run(closed, classOf(closed - opened), socket);
    }
  }

  /** Numbers given since the last commit are not in the tables. */
  forget(): void {
    this.#texts.forget();
    this.#processes.forget();
  }

  /** Whether it is a new one. The same id with other ends is another: ids come again after a restart of the machine. */
  #write(socket: Socket, timeMs: number): boolean {
    const id = shortId(socket);
    const node = this.#texts.numberOf(socket.node);
    const ends = [
      PROTOCOLS.indexOf(socket.protocol),
      socket.localAddress,
      socket.localPort,
      socket.remoteAddress,
      socket.remotePort,
    ] as const;
    const known = this.#sql.find.get(id, node, ...ends) as unknown as { socket: number; opened: number } | undefined;
    const opened = Math.min(known?.opened ?? Number.POSITIVE_INFINITY, Math.floor(socket.openedAt));
    const closed = socket.closedAt === undefined ? null : Math.max(opened, Math.floor(socket.closedAt));
    const rest = [
      STATES.indexOf(socket.state),
      opened,
      closed,
      closed === null ? null : classOf(closed - opened),
      socket.process ? this.#processes.numberOf(JSON.stringify(socket.process), timeMs) : null,
      socket.traffic ? JSON.stringify(socket.traffic) : null,
    ] as const;
    if (known) this.#sql.update.run(...rest, known.socket);
    else this.#sql.add.run(id, node, ...ends, ...rest);
    return !known;
  }
}

function statements(db: DatabaseSync) {
  return {
    hear: db.prepare(`insert into writers (writer, n, last) values (?, ?, ?)
      on conflict (writer) do update set n = excluded.n, last = max(last, excluded.last) where excluded.n > n`),
    saw: db.prepare(`update state set first = min(ifnull(first, ?1), ?1), last = max(ifnull(last, ?2), ?2),
      sockets = sockets + ?3`),
    last: db.prepare('select last from state'),
    open: db.prepare('select socket, opened from sockets where closed is null'),
    close: db.prepare('update sockets set closed = ?, class = ? where socket = ?'),
    find: db.prepare(`select socket, opened from sockets indexed by sockets_id where id = ? and node = ?
      and protocol = ? and local = ? and local_port = ? and remote = ? and remote_port = ?
      order by socket desc limit 1`),
    add: db.prepare(`insert into sockets (id, node, protocol, local, local_port, remote, remote_port,
      state, opened, closed, class, process, traffic) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`),
    update: db.prepare(`update sockets set state = ?, opened = ?, closed = ?, class = ?, process = ?, traffic = ?
      where socket = ?`),
  };
}
