/** The examples that the reference prints, run. */
import { elementNames } from '../../../src/query/gremlin/read/element-names.ts';
import { ownServices } from '../../../src/query/gremlin/services/own.ts';
import { traversalSteps } from '../../../src/query/gremlin/steps/index.ts';
import { javaText } from '../../../src/query/gremlin/value/java-text.ts';
import { ask } from './asked.ts';
import { modern } from './toys.ts';

test.each(traversalSteps.map(({ name, example }) => ({ name, ...example })))(
  'the example of $name gives what it says',
  async ({ query, gives }) => {
    const toy = modern();
    const { model, timeline, writer } = toy;
    const files = { read: () => Promise.resolve(), write: () => Promise.resolve() };
    const results = await ask(query, {
      name: 'g',
      model,
      timeline,
      writer: () => writer,
      services: ownServices,
      files,
    });
    expect(results.map((value) => javaText(value, elementNames({ model, view: timeline.now() })))).toEqual(gives);
  },
);
