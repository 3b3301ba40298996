/** Steps of the G dialect, with their other spellings. */
export const stepNames =
  'Aggregates As Ascendants At Context Between Both BothE BothV BPF CaptureNode Node Count Dedup Descendants Diff E explain Flows G Group Has HasEither HasKey HasNot History Hops In InE InV Keys Limit Max Mean Metrics Min MoreThan Neighbors NextHop Nodes Out OutE OutV profile Range RawPackets Select ShortestPathTo Sockets Sort SubGraph Sum V ValueMap Values Workflow'.split(
    ' ',
  );
