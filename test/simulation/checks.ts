/** What has to be so when all has settled. */
import type { FlowMetric } from '../../src/flow/flow.ts';
import type { Element, GraphView } from '../../src/graph/view.ts';
import { versionAt } from './diary.ts';
import type { SimAgent } from './sim-agent.ts';
import type { Simulation } from './simulate.ts';

const MOMENTS = 20;

export async function check(simulation: Simulation): Promise<void> {
  checkNow(simulation);
  await checkThen(simulation);
  for (const agent of simulation.agents) {
    await checkFlows(simulation, agent);
    await checkPackets(simulation, agent);
    await checkSamples(simulation, agent);
    await checkSockets(simulation, agent);
  }
  await checkConversations(simulation);
  checkSaid(simulation);
}

/** Every analyzer shows what all agents have. */
function checkNow(simulation: Simulation): void {
  const isLoose = new Map(simulation.agents.map(({ origin, hasLostPower }) => [origin, hasLostPower]));
  const afterPower = new Set(
    simulation.agents.flatMap(({ diary, hasLostPower }) => (hasLostPower ? [...diary.doubtful()] : [])),
  );
  const drawn = (view: GraphView | undefined) =>
    view
      ? [...view.nodes(), ...view.edges()]
          .filter((element) => !isDoubtful(element, afterPower))
          .map((element) => drawnElement(element, isLoose.get(element.origin) ?? false))
          .sort()
      : ['nothing'];
  const expected = simulation.agents.flatMap(({ running }) => drawn(running?.graph.now())).sort();
  for (const { name, running } of simulation.analyzers)
    differ(simulation, `${name} now`, drawn(running?.graph.now()), expected);
  for (const { host, running, world } of simulation.agents) {
    const sockets = (running?.sockets.find({}) ?? []).map(({ id }) => id).sort();
    differ(simulation, `${host}: sockets`, sockets, [...world.sockets.keys()].sort());
  }
  const open = simulation.agents.flatMap(({ world }) => [...world.sockets.keys()]).sort();
  for (const { name, running } of simulation.analyzers)
    differ(simulation, `${name}: open sockets`, (running?.sockets.find({}) ?? []).map(({ id }) => id).sort(), open);
}

/** Past moments are what they were, but for what was said to be lost. */
async function checkThen(simulation: Simulation): Promise<void> {
  const { chance, time, agents, archive, analyzers } = simulation;
  const diaries = agents.map(({ origin, diary, hasLostPower }) => ({
    origin,
    diary,
    hasLostPower,
    lives: diary.lives(),
  }));
  const doubtful = new Set(agents.flatMap(({ diary }) => [...diary.doubtful()]));
  simulation.count('elements in doubt', doubtful.size);
  for (let n = 0; n < MOMENTS; n++) {
    const at = chance.between(time.start - 3_000, time.now - 1);
    const sure = diaries.filter(({ diary }) => diary.isSureAt(at));
    simulation.count('moments', sure.length);
    simulation.count('moments that are not sure', diaries.length - sure.length);
    const origins = new Map(sure.map(({ origin, hasLostPower }) => [origin, hasLostPower]));
    const expected = sure
      .flatMap(({ lives, hasLostPower }) =>
        [...lives.values()].flatMap((ofId) => {
          const element = versionAt(ofId, at);
          return element && !isDoubtful(element, doubtful) ? [drawnElement(element, hasLostPower)] : [];
        }),
      )
      .sort();
    const some = (view: GraphView) =>
      [...view.nodes(), ...view.edges()]
        .filter((element) => origins.has(element.origin) && !isDoubtful(element, doubtful))
        .map((element) => drawnElement(element, origins.get(element.origin) as boolean))
        .sort();
    const moment = `at ${(at - time.start) / 1_000} s`;
    differ(simulation, `the archive ${moment}`, some(await archive.real.viewAt(at)), expected);
    for (const { name, running } of analyzers) {
      if (!running || at < running.timeline.range().from) continue;
      differ(simulation, `${name} ${moment}`, some(await running.timeline.at(at)), expected);
    }
  }
}

async function checkFlows(simulation: Simulation, { host, diary }: SimAgent): Promise<void> {
  const { archive } = simulation;
  const told = diary.flows();
  const uuids = [...told.keys()];
  const kept = await archive.real.flows.metrics(uuids, EVER);
  let missing = 0;
  for (const [uuid, updates] of told) {
    const points = (kept.get(uuid) ?? []).map(keyOfPoint);
    const named = new Set(points);
    if (named.size < points.length) simulation.failed(`${host}: points of flow ${uuid} are there twice`);
    let maybeMissing = 0;
    for (const { flow, isSure } of updates) {
      if (!flow.LastUpdateMetric || named.delete(keyOfPoint(flow.LastUpdateMetric))) continue;
      if (isSure) missing++;
      else maybeMissing++;
    }
    if (named.size > 0) simulation.failed(`${host}: points of flow ${uuid} that nobody told: ${[...named]}`);
    const newest = updates.at(-1)?.flow;
    if (maybeMissing > 0 || points.length < updates.length || !newest) continue;
    const sum = (kept.get(uuid) ?? []).reduce((bytes, { ABBytes }) => bytes + ABBytes, 0);
    if (sum !== newest.Metric.ABBytes)
      simulation.failed(`${host}: points of flow ${uuid} are ${sum} bytes, it has ${newest.Metric.ABBytes}`);
  }
  said(simulation, host, { what: 'flows', missing, diary });
}

async function checkPackets(simulation: Simulation, { host, diary }: SimAgent): Promise<void> {
  const told = diary.packets();
  const uuids = [...new Set([...told.keys()].map((key) => key.split(' ')[0] as string))];
  const kept = await simulation.archive.real.flows.rawPackets(uuids);
  const keys = [...kept].flatMap(([uuid, packets]) => packets.map(({ index }) => `${uuid} ${index}`));
  if (new Set(keys).size < keys.length) simulation.failed(`${host}: packets are there twice`);
  const there = new Set(keys);
  const missing = [...told].filter(([key, isSure]) => isSure && !there.has(key)).length;
  said(simulation, host, { what: 'rawPackets', missing, diary });
}

async function checkSamples(simulation: Simulation, { host, diary }: SimAgent): Promise<void> {
  const told = diary.samples();
  const ids = [...new Set([...told.values()].map(({ sample }) => sample.id))];
  const kept = await simulation.archive.real.samples(ids, 'Metric', EVER);
  const keys = [...kept].flatMap(([id, samples]) => samples.map(({ last }) => `${id} Metric ${last}`));
  if (new Set(keys).size < keys.length) simulation.failed(`${host}: samples are there twice`);
  const there = new Set(keys);
  const missing = [...told].filter(([key, { isSure }]) => isSure && !there.has(key)).length;
  said(simulation, host, { what: 'samples', missing, diary });
}

async function checkSockets(simulation: Simulation, { host, diary, world }: SimAgent): Promise<void> {
  const kept = await simulation.archive.real.sockets.find({ time: EVER, nodes: [`${host}-root`] });
  const byId = new Map(kept.map((socket) => [socket.id, socket]));
  if (byId.size < kept.length) simulation.failed(`${host}: sockets are there twice`);
  let missing = 0;
  for (const [id, { socket, isSure }] of diary.sockets()) {
    const found = byId.get(id);
    if (!found) {
      if (isSure) missing++;
      continue;
    }
    const isOpen = world.sockets.has(id);
    // Of one whose word was lost nobody may know.
    if (!isOpen && found.closedAt === undefined && diary.saidLostOf('sockets') > 0)
      simulation.count('sockets left open');
    else if (isOpen !== (found.closedAt === undefined))
      simulation.failed(`${host}: socket ${id} is ${isOpen ? 'open' : 'closed'}, the archive has ${found.closedAt}`);
    if (isSure && socket.closedAt !== undefined && socket.closedAt !== found.closedAt) {
      if (diary.saidLostOf('sockets') > 0) continue;
      simulation.failed(`${host}: socket ${id} closed at ${socket.closedAt}, the archive has ${found.closedAt}`);
    }
  }
  said(simulation, host, { what: 'sockets', missing, diary });
}

/** A conversation by its tracking ID, as each analyzer finds it. */
async function checkConversations(simulation: Simulation): Promise<void> {
  const { agents, analyzers, archive } = simulation;
  const flows = agents.flatMap(({ diary }) => [...diary.flows()]);
  const kept = await archive.real.flows.metrics(
    flows.map(([uuid]) => uuid),
    EVER,
  );
  const live = new Set(agents.flatMap(({ running }) => [...(running?.captured.live.keys() ?? [])]));
  for (const tid of ['t0', 't3']) {
    const expected = flows
      .filter(([uuid, [first]]) => first?.flow.TrackingID === tid && (kept.get(uuid)?.length || live.has(uuid)))
      .map(([uuid]) => uuid)
      .sort();
    const where = [{ anyOf: [{ field: 'TrackingID', test: (value: unknown) => value === tid, equals: [tid] }] }];
    for (const { name, running } of analyzers) {
      if (!running) continue;
      const found: string[] = [];
      let isRead = false;
      const reading = async () => {
        for await (const some of running.flows.find({ where, time: EVER })) found.push(...some.map(({ UUID }) => UUID));
        isRead = true;
      };
      reading().catch((error: unknown) => simulation.failed(`${name}: a question about flows: ${error}`));
      for (let n = 0; n < 60 && !isRead; n++) await simulation.time.pass(1_000);
      if (!isRead) {
        simulation.failed(`${name}: no answer to a question about flows`);
        continue;
      }
      differ(simulation, `${name}: flows of ${tid}`, found.sort(), expected);
    }
  }
}

/** Status says what was lost since its analyzer has been there. */
function checkSaid(simulation: Simulation): void {
  for (const { name, running } of simulation.analyzers)
    for (const { host, taken } of running?.agents.status().agents ?? []) {
      if (taken.refused > 0) simulation.failed(`${name}: ${taken.refused} batches of ${host} are refused`);
      if (taken.unresolved > 0) simulation.count('unresolved', taken.unresolved);
    }
}

function said(
  simulation: Simulation,
  host: string,
  { what, missing, diary }: { readonly what: string; readonly missing: number; readonly diary: SimAgent['diary'] },
): void {
  const lost = diary.saidLostOf(what);
  simulation.count(`missing ${what}`, missing);
  if (missing > lost) simulation.failed(`${host}: ${missing} ${what} are missing, ${lost} are said to be lost`);
}

function differ(simulation: Simulation, where: string, is: readonly string[], expected: readonly string[]): void {
  const [has, wants] = [new Set(is), new Set(expected)];
  const more = is.filter((line) => !wants.has(line));
  const less = expected.filter((line) => !has.has(line));
  if (more.length + less.length > 0)
    simulation.failed(`${where}: has ${JSON.stringify(more.slice(0, 3))}, lacks ${JSON.stringify(less.slice(0, 3))}`);
  else if (is.length !== expected.length) simulation.failed(`${where}: something is there twice`);
}

/** An edge is seen with both of its ends. */
function isDoubtful(element: Element, doubtful: ReadonlySet<string>): boolean {
  if (doubtful.has(`${element.kind} ${element.id}`)) return true;
  return element.kind === 'edge' && (doubtful.has(`node ${element.parent}`) || doubtful.has(`node ${element.child}`));
}

/** Where power was lost numbers of versions leap, and a version may be told as of another moment. */
function drawnElement({ kind, id, metadata, createdAt, updatedAt, revision }: Element, isLoose: boolean): string {
  const sorted = Object.fromEntries(Object.entries(metadata).sort(([a], [b]) => (a < b ? -1 : 1)));
  return `${kind} ${id} ${JSON.stringify(sorted)} ${isLoose ? '' : `${createdAt} ${updatedAt} r${revision}`}`;
}

function keyOfPoint({ Start, Last }: FlowMetric): string {
  return `${Start} ${Last}`;
}

const EVER: { readonly from: number; readonly to: number } = { from: 0, to: 4_000_000_000_000 };
