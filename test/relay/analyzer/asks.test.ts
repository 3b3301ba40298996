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

test('no more than some questions wait for an agent at a time, and none of them holds up what it is to do', async () => {
  const { clock, ask } = await asked({
    wait: () => new Promise(() => undefined),
    captures: () => Promise.resolve({ body: 'done' }),
    keys: () => Promise.resolve({ body: 'done' }),
  });
  const many = Array.from({ length: 16 }, () => ask('wait'));
  for (const one of many) one.catch(() => undefined);
  await quiet();
  await expect(ask('wait')).rejects.toThrow('16 questions are under way already');
  expect(await within(clock, 10, Promise.all([ask('captures'), ask('keys')]))).toEqual([['done'], ['done']]);
  await clock.pass(11_000);
});

test('injections have room of their own; one more than an agent sends is refused with the reason, captures and questions are not', async () => {
  const { clock, ask } = await asked({
    inject: async function* (_, signal) {
      yield { body: 'runs' };
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
    },
    captures: () => Promise.resolve({ body: 'done' }),
    flows: () => Promise.resolve({ body: 'some' }),
  });
  const calls = new AbortController();
  const running = Array.from({ length: 256 }, () => ask('inject', calls.signal));
  const ended = Promise.allSettled(running);
  await clock.pass(10);
  await expect(ask('inject')).rejects.toThrow('256 injections are under way already');
  expect(await within(clock, 10, Promise.all([ask('captures'), ask('flows')]))).toEqual([['done'], ['some']]);
  // Those that were called off give their places away, though the agent may still be ending them.
  calls.abort();
  await within(clock, 10, ended);
  const next = ask('inject', AbortSignal.timeout(60_000));
  next.catch(() => undefined);
  await expect(within(clock, 11_000, next)).rejects.toThrow('no answer within 10 s');
});

test('dials wait for their turn, in their order, watched drops beside them do not; what is called off waits no more', async () => {
  const open: ((value: { body: string }) => void)[] = [];
  const { clock, ask } = await asked({
    dial: () => new Promise((resolve) => open.push(resolve)),
    drops: () => Promise.resolve({ body: 'watched' }),
  });
  const calls = new AbortController();
  const many = Array.from({ length: 256 }, () => ask('dial'));
  const off = ask('dial', calls.signal);
  off.catch(() => undefined);
  const late = [ask('dial'), ask('dial')];
  await clock.pass(10);
  expect(open.length).toBe(256);
  expect(await within(clock, 10, ask('drops'))).toEqual(['watched']);
  calls.abort();
  await expect(within(clock, 10, off)).rejects.toThrow('called off');
  open[0]?.({ body: 'first' });
  expect(await within(clock, 10, many[0] as Promise<unknown>)).toEqual(['first']);
  expect(open.length).toBe(257);
  open[256]?.({ body: 'next' });
  expect(await within(clock, 10, late[0] as Promise<unknown>)).toEqual(['next']);
  for (const resolve of open) resolve({ body: 'rest' });
  await clock.pass(10);
  for (const resolve of open) resolve({ body: 'rest' });
  expect(await within(clock, 10, Promise.all([...many.slice(1), late[1]]))).toEqual(
    Array.from({ length: 256 }, () => ['rest']),
  );
});

test('who waits for a turn when the connection ends hears so', async () => {
  const { clock, one, ask } = await asked({ dial: () => new Promise(() => undefined) });
  const all = Promise.allSettled(Array.from({ length: 300 }, () => ask('dial')));
  await clock.pass(10);
  one.isUp = false;
  one.cut();
  const outcomes = await within(clock, 10, all);
  expect(outcomes.map(({ status }) => status)).toEqual(outcomes.map(() => 'rejected'));
  expect(String((outcomes[299] as PromiseRejectedResult).reason)).toContain('the connection was cut');
});
