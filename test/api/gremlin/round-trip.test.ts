/** What is written is read again, of every type, by the side it is meant for. */
import fc from 'fast-check';
import { graphBinaryClient } from '../../../src/api/gremlin/graphbinary/serializer.ts';
import { graphsonClient } from '../../../src/api/gremlin/graphson/serializer.ts';
import type { Request, Response } from '../../../src/api/gremlin/message.ts';
import { noElements } from '../../../src/api/gremlin/no-elements.ts';
import type { ClientSerializer } from '../../../src/api/gremlin/serializer.ts';
import { value } from './arbitrary-values.ts';

const serializers: readonly (readonly [string, ClientSerializer])[] = [
  ['GraphBinary', graphBinaryClient],
  ['GraphSON', graphsonClient],
];

const requestId = '7122e189-fd7a-434d-a4ba-bd015031386b';

describe.each(serializers)('%s', (_name, serializer) => {
  test('an argument of a request is read as it was written', () => {
    fc.assert(
      fc.property(value, (argument) => {
        const request: Request = { requestId, op: 'eval', processor: 'session', args: new Map([['x', argument]]) };
        expect(serializer.readRequest(serializer.writeRequest(request))).toStrictEqual(request);
      }),
      { numRuns: 500 },
    );
  });

  test('a result is read as it was written, with how often it came', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(value, fc.integer({ min: 1, max: 1e12 })), { minLength: 1, maxLength: 3 }),
        (results) => {
          const response: Response = {
            requestId,
            code: 206,
            message: 'mañana',
            attributes: new Map([['host', 'h']]),
            data: results.map(([each]) => each),
            bulks: results.map(([, bulk]) => bulk),
            meta: new Map(),
          };
          expect(serializer.readResponse(serializer.writeResponse(response, noElements))).toStrictEqual(response);
        },
      ),
      { numRuns: 300 },
    );
  });

  test('an answer may have no id, no result, or results that came once each', () => {
    const bare: Response = {
      requestId: undefined,
      code: 498,
      message: 'no',
      attributes: new Map(),
      data: null,
      meta: new Map(),
    };
    expect(serializer.readResponse(serializer.writeResponse(bare, noElements))).toEqual(bare);
    const script: Response = { ...bare, requestId, code: 200, data: ['a', 1] };
    expect(serializer.readResponse(serializer.writeResponse(script, noElements))).toEqual(script);
  });
});
