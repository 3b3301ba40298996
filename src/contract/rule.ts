/** `/api/noderule` and `/api/edgerule` in Skydive's shape; what became of a rule is said beside. `/api/usermetadata`. */
import * as z from 'zod';
import { idShape, metadataShape } from './element.ts';

const optionalText = z.string().optional();
const nodes = (what: string) => z.string().meta({ description: `Finds ${what}.` });

const actionShape = z.enum(['create', 'update'], {
  error: 'has to be create (makes a node) or update (adds metadata to the nodes that Query finds)',
});

/** Empty is what Skydive's clients send for what they do not say. */
export const newNodeRuleShape = z
  .object({
    Name: optionalText,
    Description: optionalText,
    Metadata: metadataShape,
    Action: actionShape,
    Query: nodes('the nodes that get the metadata; with create there is none').default(''),
  })
  .meta({ id: 'NewNodeRule' });

export const newEdgeRuleShape = z
  .object({
    Name: optionalText,
    Description: optionalText,
    Src: nodes('the nodes that edges start from').default(''),
    Dst: nodes('the nodes that they go to; every one is linked with every one').default(''),
    Metadata: metadataShape,
  })
  .meta({ id: 'NewEdgeRule' });

const cameOfIt = {
  Active: z.int().optional().meta({ description: 'Nodes that carry its metadata, or edges that it makes.' }),
  Notes: z.array(z.string()).optional().meta({ description: 'What it could not do, a sentence each.' }),
};

export const nodeRuleShape = z
  .object({
    UUID: idShape,
    Name: optionalText,
    Description: optionalText,
    Metadata: metadataShape,
    Action: actionShape,
    Query: optionalText,
    ...cameOfIt,
  })
  .meta({ id: 'NodeRule' });

export const edgeRuleShape = z
  .object({
    UUID: idShape,
    Name: optionalText,
    Description: optionalText,
    Src: z.string(),
    Dst: z.string(),
    Metadata: metadataShape,
    ...cameOfIt,
  })
  .meta({ id: 'EdgeRule' });

export const userMetadataShape = z
  .object({ TID: idShape, Metadata: metadataShape })
  .meta({ id: 'UserMetadata', description: 'What users said of the thing with this TID (PATCH /api/node/{id}).' });

/** As they are kept over a restart. */
export const keptNodeRuleShape = z.discriminatedUnion('Action', [
  nodeRuleShape.omit({ Query: true, Active: true, Notes: true }).extend({ Action: z.literal('create') }),
  nodeRuleShape.omit({ Active: true, Notes: true }).extend({ Action: z.literal('update'), Query: z.string() }),
]);
export const keptEdgeRuleShape = edgeRuleShape.omit({ Active: true, Notes: true });

export type WireNodeRule = z.infer<typeof nodeRuleShape>;
export type WireEdgeRule = z.infer<typeof edgeRuleShape>;
export type NewNodeRule = z.infer<typeof newNodeRuleShape>;
export type NewEdgeRule = z.infer<typeof newEdgeRuleShape>;
export type WireUserMetadata = z.infer<typeof userMetadataShape>;
