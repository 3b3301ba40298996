/** What the place of a bundle's files refuses is told as that, whoever met it first. */
import { orNoRoom } from '../../src/bundle/room.ts';
import { mistake } from '../../src/std/mistake.ts';
import { Unavailable } from '../../src/std/unavailable.ts';

const folder = '/t/skein-bundle-abcdef';
const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC', syscall: 'write' });
const archive = new Unavailable(`history in ${folder}/archive`, 'room on its file system (it is full)');
const said = (why: string) => `making a bundle: needs room in /t, or another place: TMPDIR (${why})`;

test.each<[string, unknown, string]>([
  ['a file', full, said(full.message)],
  ['the archive', archive, said(archive.message)],
  ['the archive, which could not be closed either', suppressed(full, archive), said(archive.message)],
  ['a file, and all that is closed then', suppressed(archive, suppressed(archive, full)), said(full.message)],
])('that there is no room for %s', (_, thrown, sentence) => {
  const error = orNoRoom('making a bundle', folder, thrown);
  expect(error).toBeInstanceOf(Unavailable);
  expect((error as Unavailable).message).toBe(sentence);
});

test.each([
  mistake('a', 'b'),
  new Unavailable('history in http://es:9200', 'it to answer'),
  new TypeError('x is not a function'),
  Object.assign(new Error('ECONNREFUSED'), { syscall: 'connect' }),
])('%s is another matter', (thrown) => {
  expect(orNoRoom('making a bundle', folder, thrown)).toBe(thrown);
});

function suppressed(error: Error, first: Error): SuppressedError {
  return new SuppressedError(error, first);
}
