#include "flow/tcp_facts.h"

#include <algorithm>

namespace skein::flow {
namespace {

/** How late a missing segment may come and still be one that was overtaken: less than it takes to ask for it again. */
int64_t overtakenNs(const ConversationFacts& facts) {
  return facts.hasRtt && facts.rttNs != 0 ? int64_t{facts.rttNs} : 3'000'000;
}

int32_t distance(uint32_t a, uint32_t b) { return static_cast<int32_t>(b - a); }

uint32_t saturated(int64_t ns) { return ns < 0 ? 0 : static_cast<uint32_t>(std::min<int64_t>(ns, UINT32_MAX)); }

void noteRtt(ConversationFacts& facts, int64_t sinceNs, int64_t nowNs) {
  if (facts.hasRtt) return;
  facts.hasRtt = true;
  facts.rttNs = saturated(nowNs - sinceNs);
}

/** A flag that was seen before does not move its time. */
void noteFlags(ConversationFacts& facts, const Level& level, int end) {
  const uint8_t flags = level.tcpFlags;
  const int64_t now = level.timestampNs;
  const bool isSyn = (flags & kTcpSyn) != 0;
  const bool isAnswer = (isSyn && (flags & kTcpAck) != 0) || (flags & kTcpRst) != 0;
  if (isAnswer && facts.synNs[1 - end] != 0 && facts.synNs[end] == 0) noteRtt(facts, facts.synNs[1 - end], now);
  if (isSyn && facts.synNs[end] == 0) {
    facts.synNs[end] = now;
    facts.synTtl[end] = level.ttl;
  }
  if ((flags & kTcpFin) != 0 && facts.finNs[end] == 0) facts.finNs[end] = now;
  if ((flags & kTcpRst) != 0 && facts.rstNs[end] == 0) facts.rstNs[end] = now;
}

/** Old numbers: a segment that was overtaken fills a hole at once, one that was lost a round trip later. */
void noteOld(TcpTrack& track, ConversationFacts& facts, int end, uint32_t from, uint32_t to, int64_t nowNs) {
  const uint8_t bit = static_cast<uint8_t>(1 << end);
  if ((track.hasHole & bit) != 0) {
    ConversationFacts::Hole& hole = facts.holes[end];
    if (distance(hole.from, from) >= 0 && distance(from, hole.to) > 0) {
      if (nowNs - hole.sinceNs > overtakenNs(facts)) track.retransmissions[end]++;
      if (from == hole.from) hole.from = to;
      if (distance(hole.from, hole.to) <= 0) track.hasHole &= static_cast<uint8_t>(~bit);
      return;
    }
  }
  track.retransmissions[end]++;
}

void noteSequence(TcpTrack& track, ConversationFacts& facts, const Level& level, int end) {
  const bool takesOne = (level.tcpFlags & (kTcpSyn | kTcpFin)) != 0;
  const uint32_t length = level.tcpLength + (takesOne ? 1 : 0);
  const uint32_t from = level.tcpSequence;
  const uint32_t to = from + length;
  const uint8_t bit = static_cast<uint8_t>(1 << end);
  if ((track.isKnown & bit) == 0) {
    track.isKnown |= bit;
    track.next[end] = to;
  } else if (length == 0) {
    return;
  } else {
    const int32_t ahead = distance(track.next[end], from);
    if (ahead < 0) {
      track.timedNs[end] = 0;  // it is not known which of the two is acknowledged (RFC 6298, section 3)
      // One byte before what is next, without news: somebody asks whether the other is alive (RFC 9293, 3.8.4).
      const bool isKeepAlive = ahead == -1 && length == 1 && !takesOne;
      if (!isKeepAlive) noteOld(track, facts, end, from, to, level.timestampNs);
      if (distance(track.next[end], to) > 0) track.next[end] = to;
      return;
    }
    if (ahead > 0) {
      if ((track.hasHole & bit) == 0) facts.holes[end] = {track.next[end], from, level.timestampNs};
      track.hasHole |= bit;
    }
    if ((track.hasHole & bit) != 0) track.outOfOrder[end]++;
    track.next[end] = to;
  }
  if (length != 0 && track.timedNs[end] == 0) {
    track.timed[end] = to;
    track.timedNs[end] = level.timestampNs;
  }
}

/** RFC 6298: seven eighths of what it was. */
void noteAcknowledged(TcpTrack& track, const ConversationFacts& facts, const Level& level, int end) {
  const int other = 1 - end;
  const uint8_t bit = static_cast<uint8_t>(1 << other);
  if ((track.hasHole & bit) != 0) {
    // The receiver has what is missing here: it was lost to us, not to him.
    const ConversationFacts::Hole& hole = facts.holes[other];
    const bool isSettled = level.timestampNs - hole.sinceNs > overtakenNs(facts);
    if (isSettled && distance(hole.to, level.tcpAcknowledged) >= 0) track.hasHole &= static_cast<uint8_t>(~bit);
  }
  if (track.timedNs[other] == 0 || distance(track.timed[other], level.tcpAcknowledged) < 0) return;
  const uint32_t sample = saturated(level.timestampNs - track.timedNs[other]);
  uint32_t& smoothed = track.smoothedNs[other];
  smoothed = smoothed == 0 ? sample : smoothed - smoothed / 8 + sample / 8;
  track.timedNs[other] = 0;
}

}  // namespace

void noteTcp(Conversation& conversation, ConversationFacts& facts, const Level& level) {
  const int end = level.isFromHi ? 1 : 0;
  TcpTrack& track = conversation.tcp;
  conversation.hasTcp = true;
  track.flags[end] |= level.tcpFlags;
  if ((level.tcpFlags & (kTcpSyn | kTcpFin | kTcpRst)) != 0) noteFlags(facts, level, end);
  // The numbers of a reset are whatever its sender could make up.
  if ((level.tcpFlags & kTcpRst) == 0) noteSequence(track, facts, level, end);
  if ((level.tcpFlags & kTcpAck) != 0) noteAcknowledged(track, facts, level, end);
}

bool isTcpOver(const Conversation& conversation, const ConversationFacts& facts) {
  return conversation.hasTcp &&
         (facts.rstNs[0] != 0 || facts.rstNs[1] != 0 || (facts.finNs[0] != 0 && facts.finNs[1] != 0));
}

void noteEcho(ConversationFacts& facts, const Level& level) {
  if (level.isRequest && facts.requestNs == 0) facts.requestNs = level.timestampNs;
  if (level.isReply && facts.requestNs != 0) noteRtt(facts, facts.requestNs, level.timestampNs);
}

}  // namespace skein::flow
