#include "packet_options.h"

#include <cstring>

#include "arguments.h"

namespace skein::packets {
namespace {

/** More of a packet than that is no sample. */
constexpr int64_t kBytesMax = 65535;
constexpr int64_t kConversationsMax = 16 << 20;

template <typename Number>
void read(const Napi::Object& options, const char* key, int64_t from, int64_t to, Number& into) {
  if (const auto given = numberIn(options, key, from, to)) into = static_cast<Number>(*given);
}

}  // namespace

flow::EngineOptions engineOptionsIn(const Napi::Object& options) {
  flow::EngineOptions found;
  read(options, "source", 0, UINT32_MAX, found.source);
  found.isL3Key = flagIn(options, "isL3Key");
  found.defragment = flagIn(options, "defragment");
  found.reassemble = flagIn(options, "reassemble");
  read(options, "payloadBytes", 0, kBytesMax, found.payloadBytes);
  read(options, "payloadPackets", 0, kBytesMax, found.payloadPackets);
  read(options, "rawPacketLimit", 0, UINT32_MAX, found.rawPacketLimit);
  read(options, "rawBytes", 0, kBytesMax, found.rawBytes);
  read(options, "conversationsMax", 1, kConversationsMax, found.conversationsMax);
  read(options, "idleMs", 0, INT32_MAX, found.idleMs);
  return found;
}

void setCounters(Napi::Object& stats, const flow::EngineCounters& counters) {
  const auto set = [&](const char* name, uint64_t value) { stats.Set(name, static_cast<double>(value)); };
  set("packets", counters.packets);
  set("bytes", counters.bytes);
  set("undecoded", counters.undecoded);
  set("notCounted", counters.notCounted);
  set("notCountedBytes", counters.notCountedBytes);
  set("rawDropped", counters.rawDropped);
  set("fragmentsDropped", counters.fragmentsDropped);
}

Program programOf(const Napi::Uint8Array& bytes) {
  if (bytes.ByteLength() % sizeof(sock_filter) != 0) {
    throw Napi::TypeError::New(bytes.Env(), "a BPF program has 8 bytes an instruction");
  }
  Program program(bytes.ByteLength() / sizeof(sock_filter));
  if (!program.empty()) memcpy(program.data(), bytes.Data(), bytes.ByteLength());
  return program;
}

PacketPortOptions portOptionsIn(const Napi::Object& options) {
  const auto protocol = numberIn(options, "protocol", 1, 0xffff);
  if (!protocol) throw Napi::TypeError::New(options.Env(), "protocol is missing");
  PacketPortOptions found;
  found.protocol = static_cast<uint16_t>(*protocol);
  found.interfaceIndex = static_cast<int>(numberIn(options, "interfaceIndex", 1, INT32_MAX).value_or(0));
  const Napi::Value filter = options.Get("filter");
  if (filter.IsUndefined()) return found;
  if (!filter.IsTypedArray()) throw Napi::TypeError::New(options.Env(), "filter must be a Uint8Array");
  found.filter = programOf(filter.As<Napi::Uint8Array>());
  return found;
}

Napi::Error toError(Napi::Env env, const FilterMistake& mistake, const std::string& text) {
  Napi::Error error = Napi::Error::New(env, "filter \"" + text + "\": " + mistake.reason);
  error.Set("code", Napi::String::New(env, "EINVAL"));
  error.Set("reason", Napi::String::New(env, mistake.reason));
  if (mistake.position) error.Set("position", Napi::Number::New(env, static_cast<double>(*mistake.position)));
  return error;
}

}  // namespace skein::packets
