import fc from 'fast-check';
import { Best } from '../../../../src/query/gremlin/gather/best.ts';

test('the first few are those that a stable sort puts in front', () => {
  const byTens = (a: number, b: number) => Math.floor(a / 10) - Math.floor(b / 10);
  fc.assert(
    fc.property(fc.array(fc.nat(99)), fc.nat(20), (items, most) => {
      const best = new Best(most, byTens);
      for (const item of items) best.add(item);
      expect(best.inOrder()).toEqual([...items].sort(byTens).slice(0, most));
    }),
  );
});
