/** Many at once, slow ones, those that leave, and traversals without an end: nobody else has to wait. */
import { connect } from 'node:net';
import { eventually } from '../../eventually.ts';
import { Driver, serve } from './served.ts';

const endless = "g.V().repeat(both()).until(has('name', 'nobody'))";
const metricOf = async (url: string, name: string) => {
  const text = await (await fetch(url.replace('/gremlin', '/metrics'))).text();
  return Number(new RegExp(`^${name} (.*)$`, 'm').exec(text)?.[1]);
};

test('while a traversal goes on and on, others are answered at once', async () => {
  await using server = await serve();
  await using slow = await Driver.open(server.url);
  await using quick = await Driver.open(server.url);
  const ended = slow.script(endless, { evaluationTimeout: 1500 });
  let answered = 0;
  let isEnded = false;
  const end = ended.finally(() => {
    isEnded = true;
  });
  while (!isEnded) {
    await quick.script('g.V().count()');
    answered++;
  }
  // Were it in one go, there would be one answer at its end.
  expect(answered).toBeGreaterThan(10);
  expect((await end).at(-1)).toMatchObject({ code: 598 });
});

test('when a driver leaves, what it asked for ends', async () => {
  await using server = await serve();
  const driver = await Driver.open(server.url);
  const forgotten = driver.script(endless);
  await eventually(async () => expect(await metricOf(server.httpUrl, 'skein_gremlin_running')).toBe(1));
  driver.ws.terminate();
  await eventually(async () => {
    expect(await metricOf(server.httpUrl, 'skein_gremlin_running')).toBe(0);
    expect(await metricOf(server.httpUrl, 'skein_gremlin_connections')).toBe(0);
  });
  expect(forgotten).toBeInstanceOf(Promise);
});

test('more than may run wait; more than may wait are refused with 429', async () => {
  await using server = await serve({ limits: { runningMax: 2, waitingMax: 1 } });
  await using driver = await Driver.open(server.url);
  const running = [1, 2].map(() => driver.script(endless, { evaluationTimeout: 1_000 }));
  const waiting = driver.script('g.inject(1)');
  expect(await driver.script('g.inject(2)')).toMatchObject([{ code: 429 }]);
  for (const answers of await Promise.all(running)) expect(answers.at(-1)).toMatchObject({ code: 598 });
  expect(await waiting).toMatchObject([{ code: 200, data: [1] }]);
  expect(await metricOf(server.httpUrl, 'skein_gremlin_refused_total')).toBe(1);
});

test('a driver that does not read costs the server no more than its socket holds', async () => {
  await using server = await serve({ limits: { stalledMs: 400, socketBytesMax: 64 * 1024 } });
  const driver = await Driver.open(server.url);
  driver.ws.pause();
  const before = process.memoryUsage().arrayBuffers;
  const asked = driver.script('g.V().repeat(both()).times(3).limit(2000000)', { batchSize: 1000 }, 'ggrateful');
  await new Promise((resolve) => setTimeout(resolve, 250));
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(30e6);
  // Then it is let go.
  await eventually(async () => expect(await metricOf(server.httpUrl, 'skein_gremlin_connections')).toBe(0));
  driver.ws.terminate();
  expect(asked).toBeInstanceOf(Promise);
});

const stalled = { socketBytesMax: 64 * 1024, stalledMs: 60_000 };
const large = 'g.V().repeat(both()).times(3).limit(2000000)';

test('drivers that do not read hold up nobody else', async () => {
  await using server = await serve({ limits: { runningMax: 4, ...stalled } });
  const hogs = [await Driver.open(server.url), await Driver.open(server.url)];
  const asked = hogs.flatMap((hog) => {
    hog.ws.pause();
    return Array.from({ length: 8 }, () => hog.script(large, { batchSize: 10_000 }, 'ggrateful'));
  });
  await new Promise((resolve) => setTimeout(resolve, 300));
  await using other = await Driver.open(server.url);
  expect(await other.script('g.inject(1)')).toMatchObject([{ code: 200, data: [1] }]);
  for (const hog of hogs) hog.ws.terminate();
  await eventually(async () => {
    expect(await metricOf(server.httpUrl, 'skein_gremlin_running')).toBe(0);
    expect(await metricOf(server.httpUrl, 'skein_gremlin_waiting')).toBe(0);
  });
  expect(asked).toHaveLength(16);
});

test('of one connection so many traversals run at a time, and the others wait for them', async () => {
  await using server = await serve({ limits: { runningMax: 4, runningPerConnectionMax: 2, perConnectionMax: 4 } });
  await using busy = await Driver.open(server.url);
  await using other = await Driver.open(server.url);
  const all = Array.from({ length: 7 }, () => busy.script(endless, { evaluationTimeout: 400 }));
  const last = busy.script('g.inject(2)');
  await eventually(async () => expect(await metricOf(server.httpUrl, 'skein_gremlin_running')).toBe(2));
  expect(await other.script('g.inject(1)')).toMatchObject([{ code: 200, data: [1] }]);
  for (const answers of await Promise.all(all)) expect(answers.at(-1)).toMatchObject({ code: 598 });
  expect(await last).toMatchObject([{ code: 200, data: [2] }]);
});

test('many answers to one driver that does not read are waited for as one', async () => {
  const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
  await using server = await serve({ limits: stalled });
  const driver = await Driver.open(server.url);
  driver.ws.pause();
  const before = timers();
  const asked = Array.from({ length: 20 }, () => driver.script(large, { batchSize: 10_000 }, 'ggrateful'));
  // All of them have found it full.
  await eventually(async () => expect(await metricOf(server.httpUrl, 'skein_gremlin_running')).toBe(0));
  expect(timers() - before).toBeLessThan(10);
  driver.ws.terminate();
  expect(asked).toHaveLength(20);
});

test('more connections than there may be are turned away', async () => {
  await using server = await serve({ limits: { connectionsMax: 1 } });
  await using _one = await Driver.open(server.url);
  await expect(Driver.open(server.url)).rejects.toThrow('503');
});

test('connections that ask for nothing have a bound too', async () => {
  await using server = await serve({ limits: { connectionsMax: 1 } });
  await using asking = await Driver.open(server.url);
  const silent = Array.from({ length: 510 }, () => connect(server.port, '127.0.0.1'));
  let closed = 0;
  for (const socket of silent) socket.on('error', () => undefined).on('close', () => closed++);
  await eventually(async () => expect(closed).toBeGreaterThanOrEqual(10));
  expect(await asking.script('g.inject(1)')).toMatchObject([{ code: 200 }]);
  for (const socket of silent) socket.destroy();
});

test('a message that is too large ends its connection alone', async () => {
  await using server = await serve({ limits: { messageBytesMax: 10_000 } });
  await using other = await Driver.open(server.url);
  const driver = await Driver.open(server.url);
  const closed = new Promise((resolve) => driver.ws.once('close', resolve));
  const lost = driver.script(`g.inject('${'x'.repeat(20_000)}')`);
  expect(await closed).toBe(1009);
  expect(await other.script('g.inject(1)')).toMatchObject([{ code: 200 }]);
  expect(lost).toBeInstanceOf(Promise);
});

test('a server that stops does not wait for who does not take leave', async () => {
  const server = await serve({ limits: { closeMs: 100 } });
  const driver = await Driver.open(server.url);
  const forgotten = driver.script(endless, { evaluationTimeout: 100_000 });
  // Nothing is read any more, so no farewell is heard or answered.
  driver.ws.pause();
  const start = performance.now();
  await server[Symbol.asyncDispose]();
  // Far from what the traversal may take.
  expect(performance.now() - start).toBeLessThan(30_000);
  driver.ws.terminate();
  expect(forgotten).toBeInstanceOf(Promise);
});

test.each(['application/json', 'application/vnd.gremlin-v3.0+json;types=false', 'text/plain'])(
  'while a long answer is made for HTTP in %s, others are answered',
  async (accept) => {
    await using server = await serve();
    await using quick = await Driver.open(server.url);
    const gremlin = 'g.inject(1).repeat(union(identity(), identity())).times(19)';
    const body = JSON.stringify({ gremlin });
    const long = fetch(server.httpUrl, { method: 'POST', body, headers: { accept } }).then((reply) => reply.text());
    let isDone = false;
    const done = long.finally(() => {
      isDone = true;
    });
    let answered = 0;
    while (!isDone) {
      await quick.script('g.inject(1)');
      answered++;
    }
    expect((await done).match(/\b1\b/g)?.length).toBeGreaterThanOrEqual(2 ** 19);
    // Computed in one go and written in one, it would let through one or two.
    expect(answered).toBeGreaterThan(5);
  },
);
