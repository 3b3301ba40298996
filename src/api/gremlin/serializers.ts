/** The serializers there are, by what a frame or a request says it is in. */
import { graphBinary } from './graphbinary/serializer.ts';
import { graphson } from './graphson/serializer.ts';
import type { Serializer } from './serializer.ts';

/** An unknown type is taken for the one that all drivers of today use first. */
export function serializerFor(mime: string): Serializer {
  if (mime.includes('graphbinary')) return graphBinary;
  if (mime.includes('json')) return mime.includes('types=false') ? graphson.untyped : graphson.typed;
  return graphBinary;
}
