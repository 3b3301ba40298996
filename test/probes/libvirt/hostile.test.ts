/** Daemons of libvirt that do not do what they should, over a real socket: the probe goes on, and says what it can. */
import { libvirt } from '../../../src/probes/libvirt/index.ts';
import { eventually } from '../../eventually.ts';
import { expectVocabulary, type Running, runProbe } from '../context.ts';
import { frame, SpokenLibvirt, spoken, text, uuidOf, word } from './speaking.ts';

const LIST = 273;
const XML = 14;
const PROGRAM = 0x20008086;

let daemon: SpokenLibvirt;
let running: Running | undefined;

beforeEach(() => {
  daemon = new SpokenLibvirt();
});
afterEach(async () => {
  await running?.stop();
  running = undefined;
  await daemon[Symbol.asyncDispose]();
});

async function start(options: object = {}, before?: Running): Promise<Running> {
  running = runProbe(libvirt, {
    options: { url: daemon.url, answerMs: 300, ...options },
    ...(before && { before }),
  });
  await running.ready;
  return running;
}

function states({ graph }: Running): Record<string, unknown> {
  const domains = [...graph.now().nodes()].filter(({ metadata }) => metadata.Type === 'libvirt');
  return Object.fromEntries(domains.map(({ metadata }) => [metadata.Name, metadata.State]));
}

const lastNotice = () => running?.notices.at(-1);

test('a daemon that is not there yet is found when it comes, and quietly waited for', async () => {
  const run = await start();
  expect(lastNotice()).toMatch(/^no libvirt: nothing at \//);
  daemon.add(spoken('a', '1'), spoken('b', '2', { id: -1, state: 5 }));
  await daemon.listen();
  await eventually(() => expect(states(run)).toEqual({ a: 'UP', b: 'DOWN' }));
  expect(lastNotice()).toBeUndefined();
  expect(daemon.opened).toEqual(['qemu:///system']);
  expectVocabulary(libvirt, run.graph);
});

test.each<[string, Buffer]>([
  ['garbage', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')],
  ['a message without end', word(0xffff_ffff)],
  ['a message longer than any', word((32 << 20) + 8)],
  ['a message shorter than its head', Buffer.concat([word(8), word(0)])],
  ['another program', frame([1, 1, LIST, 1, 4, 0])],
  ['another version', frame([PROGRAM, 2, LIST, 1, 4, 0])],
  ['an answer to nothing', frame([PROGRAM, 1, LIST, 1, 4711, 0])],
  ['a stream', frame([PROGRAM, 1, LIST, 3, 4, 0])],
  ['half a message', Buffer.concat([word(1000), word(PROGRAM)])],
  ['nothing', Buffer.alloc(0)],
])(
  'a daemon that lists %s is asked again, and what it said before stays',
  async (_what, bytes) => {
    daemon.add(spoken('a', '1'));
    await daemon.listen();
    const run = await start();
    await eventually(() => expect(states(run)).toEqual({ a: 'UP' }));
    daemon.instead.set(LIST, bytes);
    daemon.cut();
    await eventually(() => expect(lastNotice()).toMatch(/^libvirt at .* does not answer: /));
    await eventually(() => expect(run.counters.connectionsLost).toBeGreaterThanOrEqual(2));
    expect(states(run)).toEqual({ a: 'UP' });
    daemon.instead.clear();
    daemon.add(spoken('b', '2'));
    await eventually(() => expect(states(run)).toEqual({ a: 'UP', b: 'UP' }));
    expect(lastNotice()).toBeUndefined();
    expect(daemon.connections).toBe(1);
  },
  15_000,
);

test.each([
  ['a list of four thousand million', Buffer.concat([word(0xffff_ffff)])],
  ['a name of four thousand million bytes', Buffer.concat([word(1), word(0xffff_ffff)])],
  ['a list that is cut off', Buffer.concat([word(2), text('a'), Buffer.from(uuidOf('1'), 'hex'), word(1)])],
])('%s costs no memory, and ends the connection', async (_what, payload) => {
  daemon.add(spoken('a', '1'));
  await daemon.listen();
  const run = await start();
  await eventually(() => expect(states(run)).toEqual({ a: 'UP' }));
  // Of a new connection the list is the seventh question: after ways, opening and four kinds of events.
  daemon.instead.set(LIST, frame([PROGRAM, 1, LIST, 1, 7, 0], payload));
  const before = process.memoryUsage().rss;
  daemon.cut();
  await eventually(() => expect(lastNotice()).toMatch(/does not answer: (a list|a text|cut off)/));
  expect(process.memoryUsage().rss - before).toBeLessThan(200 << 20);
});

const bomb = `<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "${'&a;'.repeat(10)}"><!ENTITY c "${'&b;'.repeat(10)}">]>`;

test.each([
  ['a bomb', `${bomb}<domain><name>&c;</name></domain>`],
  ['entities that nobody knows', '<domain><name>&xxe;</name></domain>'],
  ['a file', '<!DOCTYPE d SYSTEM "file:///etc/passwd"><domain/>'],
  ['a tower', '<domain>'.repeat(100_000)],
  ['a crowd', `<domain>${'<a/>'.repeat(100_000)}</domain>`],
  ['half of it', '<domain><devices>'],
  ['nothing', ''],
  ['another thing', '<network/>'],
  ['no XML', '\u0000\uffff{"domain": 1}'],
])('a domain whose XML is %s is left out, and others are there', async (_what, xml) => {
  daemon.add(spoken('bad', '1', { xml }), spoken('good', '2'));
  await daemon.listen();
  const run = await start({ answerMs: 5_000 });
  await eventually(() => expect(states(run)).toEqual({ good: 'UP' }));
  expect(run.counters.unreadable).toBe(1);
});

test('values that are none are left out, and the rest of the domain is there', async () => {
  const card = `<interface type='bridge'><mac address='xx'/><target dev='${'t'.repeat(5_000)}'/><address type='pci' bus='0xzz' slot='-1'/></interface>`;
  const xml = `<domain type='kvm'><memory unit='parsec'>12</memory><vcpu current='9e99'>two</vcpu><devices>${card.repeat(300)}</devices></domain>`;
  daemon.add(spoken('odd', '1', { xml, state: 77 }));
  await daemon.listen();
  const run = await start();
  await eventually(() => expect(states(run)).toEqual({ odd: 'UNDEFINED' }));
  const [node] = [...run.graph.now().nodes()].filter(({ metadata }) => metadata.Type === 'libvirt');
  const { Interfaces, ...rest } = (node?.metadata.Libvirt ?? {}) as Record<string, unknown>;
  expect(rest).toEqual({ UUID: '11111111-1111-1111-1111-111111111111', Status: 'state 77', ID: 1, Hypervisor: 'kvm' });
  expect(Interfaces).toHaveLength(256);
  expectVocabulary(libvirt, run.graph);
});

test('events that make no sense have everything looked at anew; those of others are passed over', async () => {
  daemon.add(spoken('a', '1'));
  await daemon.listen();
  const run = await start();
  await eventually(() => expect(states(run)).toEqual({ a: 'UP' }));
  daemon.add(spoken('b', '2'));
  daemon.say(frame([PROGRAM, 1, 4711, 2, 0, 0], Buffer.from('ffff', 'hex')));
  await eventually(() => expect(states(run)).toEqual({ a: 'UP', b: 'UP' }));
  daemon.say(frame([PROGRAM, 1, 107, 2, 0, 0], Buffer.alloc(3)));
  daemon.happened(spoken('ghost', '9'));
  daemon.add(spoken('a', '1', { state: 3 }));
  daemon.happened(spoken('a', '1'));
  await eventually(() => expect(states(run)).toEqual({ a: 'PAUSED', b: 'UP' }));
  daemon.domains.delete(uuidOf('2'));
  daemon.happened(spoken('b', '2'));
  await eventually(() => expect(states(run)).toEqual({ a: 'PAUSED' }));
  expect(run.counters.connectionsLost).toBeUndefined();
});

test('one domain about which nothing is said leaves the others as they are', async () => {
  daemon.add(spoken('a', '1'));
  daemon.refusals.set(XML, [1, 'internal error: no']);
  await daemon.listen();
  const run = await start();
  await eventually(() => expect(run.counters.refusals).toBe(1));
  expect(run.counters.connectionsLost).toBeUndefined();
});

test('who asks for passwords, and who has no such driver, is shown with what would do', async () => {
  daemon.ways = [1];
  await daemon.listen();
  const run = await start();
  await eventually(() => expect(lastNotice()).toMatch(/asks who wants to know: needs to run as root, or auth_unix_ro/));
  daemon.ways = [2, 0];
  daemon.refusals.set(1, [5, `no connection driver available for ${'x'.repeat(10_000)}`]);
  await eventually(() => expect(lastNotice()).toMatch(/does not answer: no connection driver available/));
  expect(lastNotice()?.length).toBeLessThan(500);
  daemon.refusals.clear();
  daemon.add(spoken('a', '1'));
  await eventually(() => expect(states(run)).toEqual({ a: 'UP' }));
});

test('no more domains are shown than may be', async () => {
  for (let i = 0; i < 30; i++) daemon.add(spoken(`d${i}`, '1', { uuid: i.toString(16).padStart(32, '0') }));
  await daemon.listen();
  const run = await start({ domainsMax: 10 });
  await eventually(() => expect(Object.keys(states(run))).toHaveLength(10));
  expect(run.counters.domainsNotShown).toBe(20);
  daemon.add(spoken('late', 'f'));
  daemon.happened(spoken('late', 'f'));
  await eventually(() => expect(run.counters.domainsNotShown).toBe(21));
  expect(Object.keys(states(run))).toHaveLength(10);
});

test('what a daemon said is gone when it does not come again in time', async () => {
  daemon.add(spoken('a', '1'));
  await daemon.listen();
  const run = await start({ goneAfterMs: 50 });
  await eventually(() => expect(states(run)).toEqual({ a: 'UP' }));
  daemon.instead.set(66, Buffer.alloc(0));
  daemon.cut();
  await eventually(() => expect(states(run)).toEqual({}));
});

test('a probe that is started again goes on with what is there, and takes back what is not', async () => {
  daemon.add(spoken('a', '1'), spoken('b', '2'));
  await daemon.listen();
  const first = await start();
  await eventually(() => expect(Object.keys(states(first))).toHaveLength(2));
  const ids = new Map([...first.graph.now().nodes()].map(({ id, metadata }) => [metadata.Name, id]));
  await first.stop();
  daemon.domains.delete(uuidOf('2'));
  const second = await start({}, first);
  await eventually(() => expect(states(second)).toEqual({ a: 'UP' }));
  expect([...second.graph.now().nodes()].find(({ metadata }) => metadata.Name === 'a')?.id).toBe(ids.get('a'));
});
