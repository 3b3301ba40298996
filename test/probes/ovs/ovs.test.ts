/** The probe before a database that is missing, old, or comes and goes. */
import { ovs } from '../../../src/probes/ovs/index.ts';
import { eventually } from '../../eventually.ts';
import { ScriptedDatabase } from '../../ovsdb/scripted.ts';
import { type Running, runProbe } from '../context.ts';

const schema = {
  tables: {
    Bridge: {
      columns: {
        name: { type: 'string' },
        ports: { type: { key: { type: 'uuid' }, min: 0, max: 'unlimited' } },
        external_ids: { type: { key: 'string', value: 'string', min: 0, max: 'unlimited' } },
      },
    },
  },
};

const since = (...rest: readonly unknown[]) => ({ get_schema: () => schema, monitor_cond_since: () => rest });

function bridges({ graph }: Running): unknown[] {
  const nodes = [...graph.now().nodes()].filter(({ metadata }) => metadata.Type === 'ovsbridge');
  return nodes.map(({ metadata }) => metadata.Name);
}

function start(database: ScriptedDatabase, options: object = {}): Running {
  return runProbe(ovs, { options: { databases: [`unix:${database.path}`], ...options }, time: Date.now });
}

test('a machine without Open vSwitch has one notice and nothing else, until there is one', async () => {
  await using database = new ScriptedDatabase();
  const running = start(database);
  await running.ready;
  expect([...new Set(running.notices)]).toEqual([`no Open vSwitch: nothing at unix:${database.path}`]);
  expect(running.counters.connectionsLost).toBeUndefined();
  database.answers = since(false, 't1', { Bridge: { b1: { initial: { name: 'br0' } } } });
  await database.listen();
  await eventually(() => expect(bridges(running)).toEqual(['br0']));
  expect(running.notices.at(-1)).toBeUndefined();
  await running.stop();
});

test.each([
  ['monitor_cond', 'update2', { initial: { name: 'br0' } }, { delete: null }],
  ['monitor', 'update', { new: { name: 'br0' } }, { old: { name: 'br0' } }],
])('a database that knows no more than %s is watched all the same', async (method, told, there, gone) => {
  await using database = new ScriptedDatabase();
  database.answers = { get_schema: () => schema, [method]: () => ({ Bridge: { b1: there } }) };
  await database.listen();
  const running = start(database);
  await eventually(() => expect(bridges(running)).toEqual(['br0']));
  database.tell(told, ['skein', { Bridge: { b1: gone } }]);
  await eventually(() => expect(bridges(running)).toEqual([]));
  await running.stop();
});

test('only columns are asked for that the database has', async () => {
  await using database = new ScriptedDatabase();
  database.answers = since(false, 't1', {});
  await database.listen();
  const running = start(database);
  await running.ready;
  const requests = database.asked.find(({ method }) => method === 'monitor_cond_since')?.params?.[2];
  expect(requests).toEqual({ Bridge: [{ columns: ['name', 'ports', 'external_ids'] }] });
  await running.stop();
});

test('a database that asks whether we are there hears that we are', async () => {
  await using database = new ScriptedDatabase();
  database.answers = since(false, 't1', {});
  await database.listen();
  const running = start(database);
  await running.ready;
  database.tell('echo', ['still?'], 'echo');
  await eventually(() => expect(database.asked).toContainEqual({ id: 'echo', result: ['still?'], error: null }));
  await running.stop();
});

test('after a break what was missed is asked for alone, and meanwhile nothing goes', async () => {
  await using database = new ScriptedDatabase();
  database.answers = since(false, 't1', {
    Bridge: { b1: { initial: { name: 'br0' } }, b2: { initial: { name: 'br2' } } },
  });
  await database.listen();
  const running = start(database);
  await eventually(() => expect(bridges(running)).toEqual(['br0', 'br2']));
  database.tell('update3', ['skein', 't2', { Bridge: { b1: { modify: { name: 'br1' } } } }]);
  await eventually(() => expect(bridges(running)).toContain('br1'));
  await database.stop();
  await eventually(() => expect(running.counters.connectionsLost).toBe(1));
  expect(bridges(running)).toEqual(['br1', 'br2']);
  database.answers = since(true, 't3', { Bridge: { b2: { delete: null } } });
  await database.listen();
  await eventually(() => expect(bridges(running)).toEqual(['br1']));
  const asked = database.asked.filter(({ method }) => method === 'monitor_cond_since');
  expect(asked.map(({ params }) => params?.[3])).toEqual(['00000000-0000-0000-0000-000000000000', 't2']);
  await running.stop();
});

test('a database that forgot what it said last says everything anew', async () => {
  await using database = new ScriptedDatabase();
  database.answers = since(false, 't1', { Bridge: { b1: { initial: { name: 'br0' } } } });
  await database.listen();
  const running = start(database);
  await eventually(() => expect(bridges(running)).toEqual(['br0']));
  await database.stop();
  database.answers = since(false, 't9', { Bridge: { b2: { initial: { name: 'br2' } } } });
  await database.listen();
  await eventually(() => expect(bridges(running)).toEqual(['br2']));
  await running.stop();
});

test('what a database said goes when it does not come back', async () => {
  await using database = new ScriptedDatabase();
  database.answers = since(false, 't1', { Bridge: { b1: { initial: { name: 'br0' } } } });
  await database.listen();
  const running = start(database, { goneAfterMs: 100 });
  await eventually(() => expect(bridges(running)).toEqual(['br0']));
  await database.stop();
  await eventually(() => expect(bridges(running)).toEqual([]));
  await running.stop();
});

test('nonsense ends the connection, not the probe', async () => {
  await using database = new ScriptedDatabase();
  database.answers = since(false, 't1', { Bridge: { b1: { initial: { name: 'br0' } } } });
  await database.listen();
  const running = start(database);
  await eventually(() => expect(bridges(running)).toEqual(['br0']));
  database.tell('update3', ['skein', 5, 'nonsense']);
  await eventually(() => expect(running.counters.connectionsLost).toBe(1));
  await eventually(() => expect(running.notices.at(-1)).toBeUndefined());
  expect(bridges(running)).toEqual(['br0']);
  await running.stop();
});
