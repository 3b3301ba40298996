/** Many seeds for long, or one again with all that happened: `node test/simulation/run.ts FROM COUNT`, `SEED=k node …`. */
import { simulate } from './simulate.ts';

const { SEED, MISTAKE } = process.env;
const [from = 1, count = 100] = process.argv.slice(2).map(Number);
const mistake = MISTAKE === undefined ? {} : { mistake: MISTAKE as 'acks-early' };
if (SEED !== undefined) {
  const { wrong } = await simulate({ seed: Number(SEED), log: (line) => console.log(line), ...mistake });
  console.log(wrong.length === 0 ? 'all is well' : wrong.join('\n'));
} else {
  const totals: Record<string, number> = {};
  const add = (counts: Readonly<Record<string, number>>) => {
    for (const [what, n] of Object.entries(counts)) totals[what] = (totals[what] ?? 0) + n;
  };
  const began = performance.now();
  let failed = 0;
  for (let seed = from; seed < from + count; seed++) {
    const { wrong, faults, counts } = await simulate({ seed, ...mistake });
    add(faults);
    add(counts);
    if (wrong.length === 0) continue;
    failed++;
    console.log(`seed ${seed}: ${wrong.slice(0, 2).join('\n    ').slice(0, 700)}`);
  }
  console.log(JSON.stringify(totals));
  console.log(`${failed} of ${count} failed, ${((performance.now() - began) / count).toFixed(1)} ms each`);
}
