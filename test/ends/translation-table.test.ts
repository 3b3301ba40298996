import { TranslationTable } from '../../src/ends/translation-table.ts';
import { translation, tuple } from './made.ts';

const snat = translation('t1', '10.0.0.2:40000 > 198.51.100.7:80', '192.0.2.1:40000 > 198.51.100.7:80');
const dnat = translation('t2', '198.51.100.9:5000 > 192.0.2.1:8080', '198.51.100.9:5000 > 10.0.0.2:80');

const text = ({ source, sourcePort, destination, destinationPort }: ReturnType<typeof tuple>) =>
  `${source}:${sourcePort} > ${destination}:${destinationPort}`;

test('each side of a translation tells the other, in the direction that was asked for', () => {
  const table = new TranslationTable();
  table.tell([snat, dnat]);
  const other = (asked: string) => table.otherSides(tuple(asked)).map((side) => text(side.tuple));
  expect(other('10.0.0.2:40000 > 198.51.100.7:80')).toEqual(['192.0.2.1:40000 > 198.51.100.7:80']);
  expect(other('198.51.100.7:80 > 10.0.0.2:40000')).toEqual(['198.51.100.7:80 > 192.0.2.1:40000']);
  expect(other('192.0.2.1:40000 > 198.51.100.7:80')).toEqual(['10.0.0.2:40000 > 198.51.100.7:80']);
  expect(other('198.51.100.9:5000 > 10.0.0.2:80')).toEqual(['198.51.100.9:5000 > 192.0.2.1:8080']);
  expect(other('10.0.0.2:80 > 198.51.100.9:5000')).toEqual(['192.0.2.1:8080 > 198.51.100.9:5000']);
  expect(other('10.0.0.2:80 > 198.51.100.9:5001')).toEqual([]);
});

test('it is said which end is translated', () => {
  const table = new TranslationTable();
  table.tell([snat, dnat, translation('t3', '10.0.0.3:1 > 192.0.2.1:2', '10.0.0.1:1 > 10.0.0.2:2')]);
  const how = (asked: string) =>
    table.otherSides(tuple(asked)).map(({ isSource, isDestination }) => ({ isSource, isDestination }));
  expect(how('10.0.0.2:40000 > 198.51.100.7:80')).toEqual([{ isSource: true, isDestination: false }]);
  expect(how('198.51.100.9:5000 > 10.0.0.2:80')).toEqual([{ isSource: false, isDestination: true }]);
  expect(how('10.0.0.3:1 > 192.0.2.1:2')).toEqual([{ isSource: true, isDestination: true }]);
});

test('a conversation that is not translated after all is none', () => {
  const table = new TranslationTable();
  table.tell([translation('t4', '10.0.0.3:1 > 10.0.0.2:2', '10.0.0.3:1 > 10.0.0.2:2')]);
  expect(table.otherSides(tuple('10.0.0.3:1 > 10.0.0.2:2'))).toEqual([]);
});

test('one that ended is known for a while, then forgotten', () => {
  const table = new TranslationTable();
  table.tell([snat, dnat]);
  table.end(['t1'], 5_000);
  expect([...table.live()].map(({ id }) => id)).toEqual(['t2']);
  expect(table.otherSides(snat.original)[0]?.translation.until).toBe(5_000);
  table.forgetBefore(6_000);
  expect(table.otherSides(snat.original)).toEqual([]);
  table.all('router', [], 7_000);
  expect(table.stats()).toEqual({ live: 0, ended: 1, refused: 0, forgotten: 0 });
});

test('saying it twice changes nothing; saying it otherwise replaces it', () => {
  const table = new TranslationTable();
  table.tell([snat, snat]);
  expect(table.otherSides(snat.original)).toHaveLength(1);
  table.tell([{ ...dnat, id: 't1' }]);
  expect(table.stats().live).toBe(1);
  expect(table.otherSides(dnat.original)).toHaveLength(1);
});

test('both kinds have a bound, and what finds no room is counted', () => {
  const table = new TranslationTable({ liveMax: 2, endedMax: 1 });
  const many = Array.from({ length: 3 }, (_, i) =>
    translation(`t${i}`, `10.0.0.2:${i + 1} > 1.1.1.1:1`, `9.9.9.9:${i + 1} > 1.1.1.1:1`),
  );
  table.tell(many);
  table.gone('router', 1);
  expect(table.stats()).toEqual({ live: 0, ended: 1, refused: 1, forgotten: 1 });
});
