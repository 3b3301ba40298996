import { ask } from '../asked.ts';
import { shown } from '../shown.ts';

test('sum keeps the type of what it adds, null aside, and gives nothing of nothing', async () => {
  expect(await shown("g.V().values('age').sum()")).toEqual(['123i']);
  expect(await shown('g.inject(1b, 2b, 3b).sum()')).toEqual(['6b']);
  expect(await shown('g.inject(-128b, -1b).sum()')).toEqual(['-129s']);
  expect(await shown('g.inject(null, 10, null, 5).sum()')).toEqual(['15i']);
  expect(await shown('g.inject(null, null).sum()')).toEqual(['null']);
  expect(await shown("g.V().values('none').sum()")).toEqual([]);
  expect(await shown('g.inject([1, 2, 1000n]).sum(local)')).toEqual(['1003n']);
  expect(await shown('g.inject([]).sum(local)')).toEqual([]);
  expect(await shown('g.inject(29).sum(local)')).toEqual(['29i']);
  await expect(ask("g.V().values('name').sum()")).rejects.toThrow('String cannot be cast to Number');
});

test('what counts for several is added as often', async () => {
  expect(await shown('g.V().out().in().groupCount().unfold().select(values).sum()')).toEqual(['12l']);
  expect(await shown('g.inject(100b, 100b).barrier().sum()')).toEqual(['200s']);
  expect(await shown('g.inject(1.5f, 1.5f).barrier().mean()')).toEqual(['1.5d']);
});

test('the mean has a fraction', async () => {
  expect(await shown("g.V().values('age').mean()")).toEqual(['30.75d']);
  expect(await shown('g.inject(1, null, 2).mean()')).toEqual(['1.5d']);
  expect(await shown('g.inject(1n, 2n).mean()')).toEqual(['1.5m']);
  expect(await shown('g.inject([1f, 2f]).mean(local)')).toEqual(['1.5d']);
  expect(await shown('g.inject([null]).mean(local)')).toEqual(['null']);
});

test('min and max compare numbers by value, and anything that has an order of its own', async () => {
  expect(await shown('g.inject(2, 1L, 3.5d).max()')).toEqual(['3.5d']);
  expect(await shown('g.inject(2, 1L).min()')).toEqual(['1l']);
  expect(await shown("g.V().values('name').max()")).toEqual(['vadas']);
  expect(await shown('g.inject(NaN, 1, null).min()')).toEqual(['1i']);
  expect(await shown('g.inject([3, 1, 2]).max(local)')).toEqual(['3i']);
  expect(await shown("g.V().values('none').max()")).toEqual([]);
  await expect(ask('g.V().max()')).rejects.toThrow('cannot be cast to Comparable');
  await expect(ask("g.inject('a', 1).max()")).rejects.toThrow('cannot be cast');
});

test('count counts, and with local what one holds', async () => {
  expect(await shown('g.V().out().count()')).toEqual(['6l']);
  expect(await shown('g.V().fold().count(local)')).toEqual(['6l']);
  expect(await shown('g.inject([a: 1, b: 2], 5, null).count(local)')).toEqual(['2l', '1l', '1l']);
});

test('fold makes a list, or joins from a seed on', async () => {
  expect(await shown("g.V().values('age').fold(0, sum)")).toEqual(['123i']);
  expect(await shown('g.inject([a: 1], [b: 2], [b: 4]).fold([:], addAll)')).toEqual(['{a=1, b=4}']);
  expect(await shown('g.inject(1, [2]).fold([0], addAll)')).toEqual(['[0, 1, [2]]']);
  expect(await shown("g.V().hasLabel('none').fold()")).toEqual(['[]']);
  await expect(ask('g.V().fold(0)')).rejects.toThrow('fold takes a seed and an operator');
});

test('a text becomes a number of the type asked for, where it fits', async () => {
  expect(await shown("g.inject('5', ' 12 ', '5.5', '3000000000', '9999999999999999999999').asNumber()")).toEqual([
    '5i',
    '12i',
    '5.5d',
    '3000000000l',
    '9999999999999999999999n',
  ]);
  expect(await shown("g.inject('0.1234567890123456789012345', '1e400').asNumber()")).toEqual([
    '0.1234567890123456789012345m',
    '1E+400m',
  ]);
  expect(await shown('g.inject(5.75f, null).asNumber()')).toEqual(['5.75f', 'null']);
  expect(await shown("g.inject('5').asNumber(GType.BIGDECIMAL)")).toEqual(['5m']);
  expect(await shown('g.inject(5.67).asNumber(GType.INT)')).toEqual(['5i']);
  await expect(ask('g.inject(300).asNumber(GType.BYTE)')).rejects.toThrow(
    "Can't convert number of type Integer to Byte due to overflow.",
  );
  await expect(ask("g.inject('1,000').asNumber()")).rejects.toThrow("Can't parse string '1,000' as number.");
  await expect(ask('g.inject([1]).asNumber()')).rejects.toThrow("Can't parse type ArrayList as number.");
  await expect(ask('g.inject(1).asNumber(GType.VERTEX)')).rejects.toThrow('requires a numeric type token, got VERTEX');
});

test('a truth is read of words and numbers', async () => {
  expect(await shown("g.inject(0, -1, 0.0d, NaN, ' tRUe ', 'false', true).asBool()")).toEqual([
    'false',
    'true',
    'false',
    'false',
    'true',
    'false',
    'true',
  ]);
  await expect(ask("g.inject('yes').asBool()")).rejects.toThrow("Can't parse yes as Boolean.");
  await expect(ask('g.inject(null).asBool()')).rejects.toThrow("Can't parse null as Boolean.");
});
