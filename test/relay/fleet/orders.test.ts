import { Orders } from '../../../src/relay/fleet/orders.ts';

test('only whom something changes for is told', async () => {
  const { orders, told } = someOrders();
  orders.set(
    new Map([
      ['a', [1]],
      ['b', [2]],
    ]),
  );
  orders.set(
    new Map([
      ['a', [1]],
      ['b', [3]],
    ]),
  );
  await orders.settled();
  expect(told).toEqual([
    ['a', [1]],
    ['b', [2]],
    ['b', [3]],
  ]);
});

test('who has nothing to do any more is told so', async () => {
  const { orders, told } = someOrders();
  orders.set(new Map([['a', [1]]]));
  orders.set(new Map());
  await orders.settled();
  expect(told.at(-1)).toEqual(['a', []]);
});

test('who could not be reached is told when it comes, and who comes again is told again', async () => {
  const { orders, told, away } = someOrders();
  away.add('a');
  orders.set(new Map([['a', [1]]]));
  await orders.settled();
  expect(told).toEqual([]);
  away.clear();
  orders.came('a');
  orders.came('a');
  await orders.settled();
  expect(told).toEqual([
    ['a', [1]],
    ['a', [1]],
  ]);
});

function someOrders() {
  const told: [string, readonly number[]][] = [];
  const away = new Set<string>();
  const others = new Set<string>();
  const orders = new Orders<readonly number[]>({
    nothing: [],
    isMine: (origin) => !others.has(origin),
    async tell(origin, order) {
      if (away.has(origin)) throw new Error('away');
      told.push([origin, order]);
    },
  });
  return { orders, told, away, others };
}

test('whom another tells what to do is told nothing, until that is ours', async () => {
  const { orders, told, others } = someOrders();
  others.add('a');
  orders.set(new Map([['a', [1]]]));
  await orders.settled();
  expect(told).toEqual([]);
  others.clear();
  orders.came('a');
  await orders.settled();
  expect(told).toEqual([['a', [1]]]);
});
