#include "flow/engine.h"

#include <algorithm>
#include <optional>
#include <random>

#include "flow/append.h"
#include "flow/conversations.h"
#include "flow/observe.h"
#include "flow/samples.h"
#include "flow/segment_order.h"
#include "flow/segments.h"
#include "flow/tcp_facts.h"
#include "flow/tracking.h"
#include "flow/walk.h"

namespace skein::flow {
namespace {

/** Packets between the first look at one and the end of its counting: long enough for memory to arrive. */
constexpr size_t kBatch = 32;
constexpr size_t kRawBytesMax = 32u << 20;
constexpr size_t kSampleBytesMax = 64u << 20;
/** A SYN and its refusal: a conversation of no more, seen once, may be one of a flood. */
constexpr uint64_t kFloodPackets = 2;
/** How long such a one is kept where there is no room for others. */
constexpr int64_t kCrowdedIdleNs = 1'000'000'000;
/** Times of packets are numbers of files and strangers; those beyond are at the end of what differences can be made of. */
constexpr int64_t kTimeMaxNs = INT64_MAX / 2;
/** After all packets, whatever they wait for. */
constexpr int64_t kEndOfTimeNs = kTimeMaxNs + INT64_MAX / 4;

int64_t bounded(int64_t ns) { return std::clamp<int64_t>(ns, 0, kTimeMaxNs); }

int64_t toNs(double ms) {
  if (!(ms > 0)) return 0;
  return ms >= kTimeMaxNs / 1e6 ? kEndOfTimeNs : static_cast<int64_t>(ms * 1e6);
}

uint64_t randomSeed() {
  std::random_device random;
  return uint64_t{random()} << 32 | random();
}

}  // namespace

struct Engine::Inside {
  explicit Inside(const EngineOptions& given) : options(given), table(given.conversationsMax) {
    walkOptions.isL3Key = given.isL3Key;
    walkOptions.seed = randomSeed();
    if (given.defragment) walkOptions.defragmenter = &defragmenter.emplace();
  }
  ~Inside();

  void read(const Packet& packet);
  void countAll();
  void count(const Level& level);
  uint32_t begin(const Level& level);
  uint32_t nextConnection(uint32_t index, const Level& level);
  void add(uint32_t index, const Level& level);
  void reassemble(ConversationFacts& facts, const Level& level);
  void sample(Conversation& conversation, ConversationFacts& facts, const Level& level);
  void keepRaw(Conversation& conversation, const ConversationFacts& facts, const Level& level);
  void keepRaw(const Packet& packet, uint64_t key);
  void miss(const Level& level);
  void countGivenUp();
  void setPending(uint32_t index);
  void forget(uint32_t index);
  void forgetIdle(int64_t nowNs);

  const EngineOptions options;
  WalkOptions walkOptions;
  std::optional<Defragmenter> defragmenter;
  Conversations table;
  Levels levels;
  Packet batch[kBatch];
  EngineCounters counters{};
  std::vector<uint32_t> pending;  // in the order of their first packet
  size_t drained = 0;             // of them
  std::vector<uint8_t> raw;
  size_t sampleBytes = 0;
  const Packet* missed = nullptr;  // already counted as such
  int64_t nextSweepNs = 0;
  bool wasFull = false;
};

Engine::Engine(const EngineOptions& options) : inside_(std::make_unique<Inside>(options)) {}
Engine::~Engine() = default;

void Engine::packet(const Packet& packet) { packets(&packet, 1); }

void Engine::packets(const Packet* packets, size_t count) {
  Inside& inside = *inside_;
  for (size_t i = 0; i < count; i++) {
    if (i + 4 < count) __builtin_prefetch(packets[i + 4].data);
    Packet& packet = inside.batch[i % kBatch];
    packet = packets[i];
    packet.timestampNs = bounded(packet.timestampNs);
    inside.read(packet);
    if (i % kBatch == kBatch - 1 || i + 1 == count || !inside.levels.hasRoom()) inside.countAll();
  }
}

bool Engine::drain(std::vector<uint8_t>& out, double nowMs, size_t most) {
  Inside& inside = *inside_;
  const int64_t nowNs = toNs(nowMs);
  if (inside.defragmenter) {
    inside.defragmenter->expire(nowNs);
    inside.countGivenUp();
  }
  for (; most > 0 && inside.drained < inside.pending.size(); most--) {
    const uint32_t index = inside.pending[inside.drained++];
    Conversation& conversation = inside.table.at(index);
    ConversationFacts& facts = inside.table.facts(index);
    if (facts.samples != nullptr) inside.sampleBytes -= facts.samples->bytes().size();
    observe(inside.options.source, conversation, facts, out);
    conversation.isPending = false;
    if (conversation.isDetached) inside.forget(index);
  }
  if (inside.drained < inside.pending.size()) return true;
  inside.pending.clear();
  inside.drained = 0;
  inside.forgetIdle(nowNs);
  return !inside.pending.empty();
}

void Engine::drainRaw(std::vector<uint8_t>& out) {
  append(out, inside_->raw.data(), inside_->raw.size());
  inside_->raw.clear();
}

size_t Engine::pending() const {
  return inside_->pending.size() - inside_->drained + (inside_->raw.empty() ? 0 : 1);
}

EngineCounters Engine::counters() const {
  EngineCounters counters = inside_->counters;
  if (inside_->defragmenter) counters.fragmentsDropped = inside_->defragmenter->dropped();
  return counters;
}

Engine::Inside::~Inside() {
  for (uint32_t index = 0; index < table.end(); index++) {
    if (table.at(index).isUsed) forget(index);
  }
}

/** The first look: what it is, and where its conversation would be. */
void Engine::Inside::read(const Packet& packet) {
  if (packet.isCounted) {
    counters.packets++;
    counters.bytes += packet.length;
  }
  if (options.rawPacketLimit == kRawPacketsAlone) {
    keepRaw(packet, 0);
    return;
  }
  const int first = levels.count;
  Walk walk(walkOptions, levels, packet);
  if (!walk.read()) counters.undecoded++;
  if (packet.segmentBytes != 0 && !walk.isHeld()) {
    countSegments(levels, first, packet);
    if (levels.count > first && packet.isCounted) {
      counters.packets += levels.items[first].packets - 1;
      counters.bytes += levels.items[first].bytes - packet.length;
    }
  }
  // Not even a link layer: it is in no conversation.
  if (levels.count == first && !walk.isHeld() && packet.isCounted) {
    counters.notCounted++;
    counters.notCountedBytes += packet.length;
  }
  for (int i = first; i < levels.count; i++) table.prefetchSlot(levels.items[i].hash);
}

void Engine::Inside::countAll() {
  missed = nullptr;
  for (int i = 0; i < levels.count; i++) table.prefetchRecord(levels.items[i].hash);
  for (int i = 0; i < levels.count; i++) count(levels.items[i]);
  levels.count = 0;
  if (!defragmenter) return;
  defragmenter->release();
  countGivenUp();
}

void Engine::Inside::count(const Level& level) {
  uint32_t index = table.find(level.tuple, level.hash);
  if (index == Conversations::kNobody) {
    index = begin(level);
  } else if ((level.tcpFlags & (kTcpSyn | kTcpAck)) == kTcpSyn) {
    index = nextConnection(index, level);
  }
  if (index == Conversations::kNobody) return miss(level);
  add(index, level);
}

uint32_t Engine::Inside::begin(const Level& level) {
  const uint32_t index = table.add(level.tuple, level.hash);
  if (index == Conversations::kNobody) {
    wasFull = true;
    return index;
  }
  Conversation& conversation = table.at(index);
  ConversationFacts& facts = table.facts(index);
  conversation.hiStarted = level.isFromHi;
  facts.parentKey = level.parent < 0 ? level.parentKey : keyOf(levels, levels.items[level.parent], options.isL3Key);
  facts.trackingId = trackingIdOf(level.tuple, level);
  facts.key = keyOf(facts.trackingId, facts.parentKey, level.tuple, options.isL3Key);
  facts.linkId = level.linkId;
  facts.networkId = level.networkId;
  facts.etherType = level.etherType;
  facts.protocol = level.protocol;
  facts.icmpClass = level.icmpClass;
  facts.icmpCode = level.icmpCode;
  facts.icmpId = level.icmpId;
  memcpy(facts.layers, level.layers, sizeof facts.layers);
  memcpy(facts.loMac, level.loMac, sizeof facts.loMac);
  memcpy(facts.hiMac, level.hiMac, sizeof facts.hiMac);
  facts.loPort = level.loPort;
  facts.hiPort = level.hiPort;
  return index;
}

/** The ports of a connection that is over are used again: what is known of it goes out as it is, and another begins. */
uint32_t Engine::Inside::nextConnection(uint32_t index, const Level& level) {
  const Conversation& conversation = table.at(index);
  const bool isAgain = level.tcpSequence + 1 == conversation.tcp.next[level.isFromHi ? 1 : 0];
  if (isAgain || !isTcpOver(conversation, table.facts(index)) || table.isFull()) return index;
  if (conversation.isPending) {
    table.detach(index);
  } else {
    forget(index);
  }
  return begin(level);
}

void Engine::Inside::add(uint32_t index, const Level& level) {
  Conversation& conversation = table.at(index);
  const int end = level.isFromHi ? 1 : 0;
  if (!conversation.isPending) {
    if (conversation.lastNs != 0) conversation.talks = true;
    setPending(index);
    conversation.firstNs = level.firstNs;
    conversation.lastNs = level.timestampNs;
  } else {
    conversation.firstNs = std::min(conversation.firstNs, level.firstNs);
    conversation.lastNs = std::max(conversation.lastNs, level.timestampNs);
  }
  if (level.isCounted) {
    conversation.packets[end] += level.packets;
    conversation.bytes[end] += level.bytes;
    conversation.wasCounted = true;
    if (conversation.packets[0] + conversation.packets[1] > kFloodPackets) conversation.talks = true;
  }
  if (level.began != Began::kUnsaid && !conversation.isStartCertain) {
    conversation.isStartCertain = true;
    conversation.hiStarted = (level.began == Began::kSender) == level.isFromHi;
  }
  ConversationFacts& facts = table.facts(index);
  if (level.hasTcp) {
    noteTcp(conversation, facts, level);
    if (options.reassemble) reassemble(facts, level);
  } else if (level.isRequest || level.isReply) {
    noteEcho(facts, level);
  }
  if ((level.defragmented | level.fragmentErrors) != 0) {
    facts.defragmented += level.defragmented;
    facts.fragmentErrors += level.fragmentErrors;
  }
  if (level.payloadSize != 0 && conversation.sampled[end] < options.payloadPackets) sample(conversation, facts, level);
  if (level.isInnermost && conversation.rawKept < options.rawPacketLimit) keepRaw(conversation, facts, level);
}

void Engine::Inside::reassemble(ConversationFacts& facts, const Level& level) {
  if (facts.order == nullptr) facts.order = new SegmentOrder;
  if ((level.tcpFlags & kTcpRst) != 0) {
    facts.order->giveUp();
    return;
  }
  const bool takesOne = (level.tcpFlags & (kTcpSyn | kTcpFin)) != 0;
  const uint32_t length = level.tcpLength + (takesOne ? 1 : 0);
  facts.order->segment(level.isFromHi ? 1 : 0, level.tcpSequence, length, level.tcpLength, level.timestampNs);
}

void Engine::Inside::sample(Conversation& conversation, ConversationFacts& facts, const Level& level) {
  const uint32_t size = std::min(level.payloadSize, options.payloadBytes);
  uint8_t& sampled = conversation.sampled[level.isFromHi ? 1 : 0];
  if (size == 0 || sampled == UINT8_MAX) return;
  if (facts.samples == nullptr) facts.samples = new Samples;
  Samples& samples = *facts.samples;
  const size_t before = samples.bytes().size();
  if (before + size > Samples::kBytesMax || sampleBytes + size > kSampleBytesMax) {
    // Nobody will read its application layer; a later packet may do instead.
    counters.undecoded++;
    return;
  }
  samples.add(level, size);
  sampleBytes += samples.bytes().size() - before;
  sampled++;
}

void Engine::Inside::keepRaw(Conversation& conversation, const ConversationFacts& facts, const Level& level) {
  if (conversation.rawKept == UINT8_MAX) return;
  conversation.rawKept++;
  keepRaw(*level.packet, facts.key);
}

void Engine::Inside::keepRaw(const Packet& packet, uint64_t key) {
  RawPacket head{};
  head.captured = std::min(packet.captured, options.rawBytes);
  if (raw.size() + sizeof head + head.captured > kRawBytesMax) {
    counters.rawDropped++;
    return;
  }
  head.key = key;
  head.source = options.source;
  head.linkType = packet.linkType;
  head.ms = toMs(packet.timestampNs);
  head.length = packet.length;
  append(raw, &head, sizeof head);
  append(raw, packet.data, head.captured);
  pad(raw);
}

/** Once for a packet, however many of its conversations found no room. */
void Engine::Inside::miss(const Level& level) {
  if (!level.isCounted || (level.packet != nullptr && level.packet == missed)) return;
  missed = level.packet;
  counters.notCounted += level.packets;
  counters.notCountedBytes += level.packet != nullptr && level.packets == 1 ? level.packet->length : level.bytes;
}

void Engine::Inside::countGivenUp() {
  while (defragmenter->hasGivenUp()) {
    for (const Level& level : defragmenter->takeGivenUp()) count(level);
  }
}

void Engine::Inside::setPending(uint32_t index) {
  table.at(index).isPending = true;
  pending.push_back(index);
}

void Engine::Inside::forget(uint32_t index) {
  ConversationFacts& facts = table.facts(index);
  if (facts.samples != nullptr) sampleBytes -= facts.samples->bytes().size();
  delete facts.order;
  delete facts.samples;
  facts.order = nullptr;
  facts.samples = nullptr;
  table.remove(index);
}

/**
 * Looks at all of them, so not at every drain: when one may be idle for long enough, or there was no room. Then those of
 * a flood go early, so that it does not keep others out for long after it is over.
 */
void Engine::Inside::forgetIdle(int64_t nowNs) {
  const int64_t idleNs = int64_t{options.idleMs} * 1'000'000;
  if (nowNs < nextSweepNs && !wasFull) return;
  const bool isCrowded = wasFull;
  wasFull = false;
  int64_t oldestNs = nowNs;
  for (uint32_t index = 0; index < table.end(); index++) {
    Conversation& conversation = table.at(index);
    if (!conversation.isUsed) continue;
    const int64_t patienceNs = isCrowded && !conversation.talks ? std::min(idleNs, kCrowdedIdleNs) : idleNs;
    if (conversation.lastNs >= nowNs - patienceNs) {
      oldestNs = std::min(oldestNs, conversation.lastNs);
      continue;
    }
    // What waited for its turn will not get it any more, and that is news.
    SegmentOrder* const order = table.facts(index).order;
    if (order != nullptr && order->giveUp()) {
      conversation.firstNs = conversation.lastNs;
      setPending(index);
    } else {
      forget(index);
    }
  }
  nextSweepNs = std::max(oldestNs + idleNs, nowNs + idleNs / 8);
}

}  // namespace skein::flow
