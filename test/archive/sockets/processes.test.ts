/** What holds sockets is written once for many, and goes when the last of them has gone. */
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { SocketAppends } from '../../../src/archive/embedded/sockets/appends.ts';
import { forgetProcesses } from '../../../src/archive/embedded/sockets/processes.ts';
import { socketSchema } from '../../../src/archive/embedded/sockets/schema.ts';
import type { Socket } from '../../../src/ends/socket.ts';
import { client } from '../../ends/made.ts';

function world() {
  const db = new DatabaseSync(':memory:');
  db.exec(socketSchema.tables);
  const appends = new SocketAppends(db);
  let n = 0;
  return {
    db,
    append: (time: number, sockets: readonly Socket[]) => appends.append({ writer: 'w', n: ++n, time }, sockets),
    closeLost: () => appends.closeLost(),
    /** As aging does. */
    drop(count: number): void {
      db.prepare(
        'delete from sockets where socket in (select socket from sockets where closed is not null order by socket limit ?)',
      ).run(count);
      forgetProcesses(db);
    },
    count: (table: string) => Number(db.prepare(`select count(*) as n from ${table}`).get()?.n),
    orphans: () =>
      db.prepare('select count(*) as n from sockets where process not in (select number from processes)').get()?.n,
  };
}

const socket = (id: string, pid: number, openedAt: number, closedAt?: number): Socket => {
  const { closedAt: _, ...open } = client;
  return { ...open, id, openedAt, process: { pid, name: `p${pid}` }, ...(closedAt !== undefined && { closedAt }) };
};

const HOUR = 3_600_000;

test('a process of many sockets is written once an hour, and goes when they have gone', () => {
  const { append, drop, count } = world();
  for (let at = 0; at < 300; at++) append(at * 60_000, [socket(`s${at}`, 1, at * 60_000 - 10, at * 60_000)]);
  expect(count('processes')).toBe(5);
  drop(299);
  expect(count('processes')).toBeLessThanOrEqual(2);
});

test('no socket that is left lacks its process, whatever was written and dropped', () => {
  const step = fc.oneof(
    fc.record({
      kind: fc.constant('append' as const),
      after: fc.nat(40 * 60_000),
      sockets: fc.array(fc.record({ id: fc.nat(30), pid: fc.nat(5), age: fc.nat(10 * HOUR), isOpen: fc.boolean() }), {
        maxLength: 6,
      }),
    }),
    fc.record({ kind: fc.constant('drop' as const), count: fc.nat(10) }),
    fc.record({ kind: fc.constant('closeLost' as const) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const { db, append, drop, closeLost, orphans } = world();
      let now = 100 * HOUR;
      for (const one of steps) {
        if (one.kind === 'drop') drop(one.count);
        else if (one.kind === 'closeLost') closeLost();
        else {
          now += one.after;
          append(
            now,
            one.sockets.map(({ id, pid, age, isOpen }) => socket(`s${id}`, pid, now - age, isOpen ? undefined : now)),
          );
        }
        expect(orphans()).toBe(0);
      }
      db.close();
    }),
  );
});
