import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { detached } from '../../src/graphfiles/detached.ts';

test('a detached text is the same text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.nat(), (text, at) => {
      const part = `${text}\ud800${text}`.slice(at % (text.length + 1));
      expect(detached(part)).toBe(part);
    }),
  );
});

test('it does not keep alive what it was cut out of', () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const heap = () => {
    collect();
    return process.memoryUsage().heapUsed;
  };
  const before = heap();
  const kept: string[] = [];
  for (let i = 0; i < 50; i++)
    kept.push(detached(Buffer.alloc(1_000_000, `chunk ${i} of the file`).toString().slice(100, 150)));
  expect(heap() - before).toBeLessThan(10_000_000);
  expect(new Set(kept).size).toBe(50);
});
