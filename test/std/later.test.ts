import { Later } from '../../src/std/later.ts';

test('it is made once, when it is first asked for, and is there at once from then on', async () => {
  let made = 0;
  const later = new Later(async () => ({ number: ++made }));
  expect([made, later.made]).toEqual([0, undefined]);
  expect(await Promise.all([later.get(), later.get()])).toEqual([{ number: 1 }, { number: 1 }]);
  expect(later.get()).toEqual({ number: 1 });
  expect(later.made).toEqual({ number: 1 });
});

test('what failed is tried again', async () => {
  let tries = 0;
  const later = new Later(async () => {
    if (++tries === 1) throw new Error('not yet');
    return { tries };
  });
  await expect(later.get()).rejects.toThrow('not yet');
  expect(await later.get()).toEqual({ tries: 2 });
});
