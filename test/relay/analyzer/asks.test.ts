import type { AskHandlers } from '../../../src/relay/agent/ask-handlers.ts';
import { mistake } from '../../../src/std/mistake.ts';
import { fakeClock, quiet } from '../../std/fake-clock.ts';
import { anAgent, anAnalyzer } from '../two-sides.ts';

async function asked(handlers: AskHandlers) {
  const clock = fakeClock();
  const one = anAnalyzer(clock);
  const agent = anAgent(clock, { dialers: [one.dialer()], handlers });
  agent.relay.start();
  await clock.pass(100);
  const ask = async (what: string, signal?: AbortSignal) => {
    const parts: unknown[] = [];
    for await (const { body } of one.agents.ask('agent-1', what, { n: 3 }, { signal })) parts.push(body);
    return parts;
  };
  return { clock, one, agent, ask };
}

/** Settles while time passes. */
async function within<T>(clock: ReturnType<typeof fakeClock>, ms: number, promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  await clock.pass(ms);
  return promise;
}

test('what is asked is answered in parts, or in one', async () => {
  const { clock, ask } = await asked({
    count: async function* (body) {
      for (let n = 1; n <= (body as { n: number }).n; n++) yield { body: n };
    },
    once: () => Promise.resolve({ body: 'all' }),
  });
  expect(await within(clock, 10, ask('count'))).toEqual([1, 2, 3]);
  expect(await within(clock, 10, ask('once'))).toEqual(['all']);
});

test('a refusal comes back as it was said; so does that an older agent does not know the question', async () => {
  const { clock, ask } = await asked({
    no: () => Promise.reject(mistake('capture.unknown', 'no interface named eth9', 'eth0')),
  });
  await expect(within(clock, 10, ask('no'))).rejects.toThrow('no interface named eth9');
  await expect(within(clock, 10, ask('toString'))).rejects.toThrow('this agent cannot answer "toString"');
});

test('an agent that says nothing, goes away or is not there is named', async () => {
  const { clock, one, ask } = await asked({ wait: () => new Promise(() => undefined) });
  await expect(within(clock, 11_000, ask('wait'))).rejects.toThrow(
    'agent agent-1 of h1: needs an answer (no answer within 10 s)',
  );
  const waiting = ask('wait');
  waiting.catch(() => undefined);
  await quiet();
  one.isUp = false;
  one.cut();
  await expect(within(clock, 10, waiting)).rejects.toThrow('the connection was cut');
  await expect(ask('wait')).rejects.toThrow('agent agent-1: needs a connection of it to this analyzer');
});

test('what is called off is called off at the agent, too', async () => {
  let stopped = false;
  const { clock, ask } = await asked({
    wait: (_, signal) =>
      new Promise((resolve) =>
        signal.addEventListener('abort', () => {
          stopped = true;
          resolve({});
        }),
      ),
  });
  const calls = new AbortController();
  const waiting = ask('wait', calls.signal);
  waiting.catch(() => undefined);
  await clock.pass(10);
  calls.abort();
  await expect(within(clock, 10, waiting)).rejects.toThrow('called off');
  expect(stopped).toBe(true);
});

test('no more than some asks wait for an agent at a time', async () => {
  const { clock, ask } = await asked({ wait: () => new Promise(() => undefined) });
  const many = Array.from({ length: 16 }, () => ask('wait'));
  for (const one of many) one.catch(() => undefined);
  await quiet();
  await expect(ask('wait')).rejects.toThrow('16 asks are waiting for it already');
  await clock.pass(11_000);
});
