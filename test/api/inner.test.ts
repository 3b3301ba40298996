/** Requests that never leave the process are answered by what answers those that do. */
import type { Identity } from '../../src/api/identity.ts';
import { Inner } from '../../src/api/inner.ts';

test('an answer may say how long it waits for who takes nothing, as those to sockets do', async () => {
  const inner = new Inner((request, response) => {
    response.setTimeout(1_000, () => response.destroy());
    request.resume();
    response.writeHead(200);
    response.write('one\n');
    response.end('two\n');
  });
  const asked = { method: 'POST', path: '/api/check', body: '{}' };
  const answer = await inner.ask({} as Identity, asked, new AbortController().signal);
  expect(answer).toEqual({ status: 200, text: 'one\ntwo\n' });
});
