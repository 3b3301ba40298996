/** Whatever is typed is answered or is a Mistake, soon. QUERIES=1000000 for more of them than every run tries. */
import { predicates } from '../../src/query/predicates.ts';
import { QueryEngine } from '../../src/query/query.ts';
import { steps } from '../../src/query/steps/index.ts';
import { Mistake } from '../../src/std/mistake.ts';
import { type Dice, dice, pick } from '../dice.ts';
import { worldOf } from './ask.ts';

const QUERIES = Number(process.env.QUERIES ?? 30_000);

const world = `host:h1 -ownership-> netns:n {"Path":"/run/netns/n"}
  netns:n -ownership-> veth:vi {"TID":"vi","MAC":"02:01","MTU":1500,"IPV4":["10.0.0.1/24"],"Neighbors":[{"IP":"10.0.0.2"}]}
  host:h1 -ownership-> veth:vo {"MTU":1500,"O":{"a":[{"b":1},{"b":"x"}]}}
  veth:vo -layer2-> veth:vi
  10.0.0.1:40000 -TCP-> 10.0.0.2:80 @vi {"Link":{"A":"02:01","B":"02:02"},"Packets":[60,1500]}
  10.0.0.1:40000 -TCP-> 10.0.0.2:80 @vo {"LastUpdateMetric":{"ABPackets":3,"ABBytes":180,"BAPackets":0,"BABytes":0,"Start":1,"Last":2}}
  10.0.0.1 -ICMPv4-> 10.0.0.2 @vi`;

test(`${QUERIES} random and mutated queries`, async () => {
  const random = dice(20_261_121);
  const engine = new QueryEngine({ keys: () => ['Name', 'Type'], limits: { items: 20_000, results: 5000 } });
  const context = worldOf(world);
  let answered = 0;
  let slowestMs = 0;
  for (let i = 0; i < QUERIES; i++) {
    const text = i % 2 === 0 ? grown(random) : mutated(grown(random), random);
    const started = performance.now();
    try {
      await engine.run(engine.prepare(text), context);
      answered++;
    } catch (error) {
      if (!(error instanceof Mistake)) throw new Error(`${JSON.stringify(text)} threw ${error}`, { cause: error });
      for (const { from = 0, to = 0 } of error.faults) {
        if (from > to || from > text.length) throw new Error(`${JSON.stringify(text)}: fault at ${from}-${to}`);
      }
    }
    slowestMs = Math.max(slowestMs, performance.now() - started);
  }
  expect(answered).toBeGreaterThan(QUERIES / 50);
  expect(slowestMs).toBeLessThan(1000);
}, 120_000);

const texts = [
  'Name',
  'Application',
  'Transport.B',
  'TCP',
  'Metric.ABBytes',
  'greater 100',
  'Type',
  'MTU',
  'veth',
  'h1',
  'vi',
  'O.a.b',
  '@ID',
  'Metadata.Name',
  'RelationType',
  'layer2',
  '',
];
const odd = [
  '-5m',
  'now',
  'rev:3',
  '10.0.0.0/8',
  '10.0.0.2',
  'v.*',
  '(a|b',
  'a{1000}',
  '((a*)*)*b',
  'é',
  "\\'",
  '\u0000',
];
const words = ['NOW', 'FOREVER', 'ASC', 'DESC', 'TRUE', 'false', 'nonsense'];
const numbers = ['0', '1', '2', '-1', '1500', '1.5', '1e3', '99999999999999999999', '1.2.3'];

function grown(random: Dice): string {
  let text = 'G.V()';
  if (random(4) === 0) text = pick(random, ['G', 'g', "G.At('-1s')", 'G.E()', "G.V('veth:vi')", '']);
  for (let count = random(5); count > 0; count--) {
    const { name } = pick(random, steps);
    text += `.${random(4) === 0 ? name.toLowerCase() : name}`;
    if (random(30) > 0) text += `(${args(random, 0)})`;
  }
  return text;
}

function args(random: Dice, depth: number): string {
  const made: string[] = [];
  for (let count = pick(random, [0, 0, 1, 1, 2, 2, 3, 4]); count > 0; count--) made.push(argument(random, depth));
  return made.join(random(20) === 0 ? ' ' : ', ');
}

function argument(random: Dice, depth: number): string {
  const kind = random(20);
  if (kind < 9) return quoted(random, pick(random, texts));
  if (kind < 11) return quoted(random, pick(random, odd));
  if (kind < 14) return pick(random, numbers);
  if (kind < 15) return pick(random, words);
  if (depth > 3) return '1';
  const name = random(4) === 0 ? 'Metadata' : pick(random, predicates).name;
  return `${name}(${args(random, depth + 1)})`;
}

function quoted(random: Dice, text: string): string {
  return random(2) === 0 ? `'${text}'` : `"${text}"`;
}

function mutated(text: string, random: Dice): string {
  let changed = text;
  for (let count = 1 + random(3); count > 0; count--) {
    const at = random(changed.length + 1);
    switch (random(4)) {
      case 0:
        changed = changed.slice(0, at) + changed.slice(at + 1 + random(3));
        break;
      case 1:
        changed = changed.slice(0, at) + pick(random, [...'.,()\'"\\ \n-0a$[{|']) + changed.slice(at);
        break;
      case 2:
        changed = changed.slice(0, at);
        break;
      default:
        changed = changed.slice(0, at) + String.fromCharCode(random(0x3000)) + changed.slice(at + 1);
    }
  }
  return changed;
}
