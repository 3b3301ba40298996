import { LossBook } from '../../src/flow/loss-book.ts';
import { observations, place, tableOf } from './seen.ts';

const loss = {
  node: 'n',
  capture: 'c',
  host: 'h',
  stage: 'socket',
  reason: 'full',
  packets: 1,
  bytes: 10,
  flows: 0,
} as const;

test('losses of one place, stage and reason are one, from the first to the last', () => {
  const book = new LossBook();
  book.add({ ...loss, from: 20, to: 30 });
  book.add({ ...loss, from: 10, to: 25 });
  book.add({ ...loss, reason: 'other', from: 1, to: 2 });
  expect(book.within(undefined)).toEqual([
    { ...loss, packets: 2, bytes: 20, from: 10, to: 30 },
    { ...loss, reason: 'other', from: 1, to: 2 },
  ]);
  expect(book.within({ from: 3, to: 10 }).length).toBe(1);
  expect(book.within({ from: 31, to: 40 })).toEqual([]);
});

test('what is taken is what was added since', () => {
  const book = new LossBook();
  book.add({ ...loss, from: 1, to: 1 });
  expect(book.take()).toMatchObject([{ packets: 1 }]);
  expect(book.take()).toEqual([]);
  book.add({ ...loss, from: 5, to: 5 });
  expect(book.take()).toMatchObject([{ packets: 1, from: 5 }]);
  expect(book.within(undefined)).toMatchObject([{ packets: 2 }]);
});

test('places without end are one at last, and no packet is forgotten', () => {
  const book = new LossBook();
  for (let i = 0; i < 10_000; i++) book.add({ ...loss, node: String(i), from: i, to: i });
  const losses = book.within(undefined);
  expect(losses.length).toBe(4097);
  expect(losses.reduce((sum, { packets }) => sum + packets, 0)).toBe(10_000);
  expect(losses.at(-1)).toMatchObject({ node: '', stage: 'socket', reason: 'at other places' });
});

test('of now are the losses of captures that run', () => {
  const { table } = tableOf();
  const second = table.addPlace(place({ node: 'node-2' }));
  for (const node of ['node-1', 'node-2']) table.lost({ ...loss, node, capture: 'capture-1', from: 1, to: 1 });
  table.removePlace(second);
  expect(table.loss().map(({ node }) => node)).toEqual(['node-1']);
  expect(table.takeLosses().length).toBe(2);
});

test('observations that cannot be read are said', () => {
  const { table } = tableOf();
  table.observe(observations({}).subarray(0, 100), 7);
  expect(table.stats().undecodable).toBe(1);
  expect(table.loss()).toMatchObject([{ stage: 'flow-table', bytes: 100, from: 7 }]);
});

test('times are whole milliseconds, as everywhere outside', () => {
  const book = new LossBook();
  book.add({ ...loss, from: 1000.25, to: 1002.75 });
  expect(book.within(undefined)).toMatchObject([{ from: 1000, to: 1003 }]);
});
