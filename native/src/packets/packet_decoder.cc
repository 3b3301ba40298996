#include "packet_decoder.h"

#include <cmath>

#include "addon.h"
#include "arguments.h"
#include "packet_options.h"

namespace skein::packets {
namespace {

Napi::Error closed(Napi::Env env) { return toError(env, Failure{EBADF, "use a closed decoder"}); }

Napi::Error toError(Napi::Env env, const FileMistake& mistake) {
  const std::string at = std::to_string(mistake.offset);
  Napi::Error error = Napi::Error::New(env, "capture file, at offset " + at + ": " + mistake.reason);
  error.Set("code", Napi::String::New(env, "EINVAL"));
  error.Set("reason", Napi::String::New(env, mistake.reason));
  error.Set("offset", Napi::Number::New(env, static_cast<double>(mistake.offset)));
  return error;
}

int64_t nanosArgument(const Napi::CallbackInfo& info, size_t index, const char* name) {
  bool isLossless = false;
  const Napi::Value given = info[index];
  const int64_t found = given.IsBigInt() ? given.As<Napi::BigInt>().Int64Value(&isLossless) : 0;
  if (!isLossless) throw Napi::TypeError::New(info.Env(), std::string(name) + " must be a bigint of 64 bits");
  return found;
}

uint32_t u32Argument(const Napi::CallbackInfo& info, size_t index, const char* name) {
  const double given = info[index].IsNumber() ? info[index].As<Napi::Number>().DoubleValue() : NAN;
  if (!(given >= 0 && given <= UINT32_MAX) || given != std::floor(given)) {
    throw Napi::TypeError::New(info.Env(), std::string(name) + " must be a whole number from 0 to 4294967295");
  }
  return static_cast<uint32_t>(given);
}

// A double has not the digits for ns since 1970: whole ms first.
double millisecondsOf(int64_t ns) {
  return static_cast<double>(ns / 1000000) + static_cast<double>(ns % 1000000) / 1e6;
}

// Times of files may lie anywhere; the sum stays a time.
int64_t shifted(int64_t timestampNs, int64_t byNs) {
  int64_t sum;
  if (__builtin_add_overflow(timestampNs, byNs, &sum)) return byNs < 0 ? 0 : INT64_MAX;
  return sum;
}

}  // namespace

Napi::Value openDecoder(const Napi::CallbackInfo& info) {
  return Addon::of(info.Env()).packetDecoder.New({objectArgument(info, 0, "options")});
}

Napi::Value compileFilterText(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const std::string text = textArgument(info, 0, "text");
  const uint32_t linkType = u32Argument(info, 1, "linkType");
  const uint32_t snapLength = u32Argument(info, 2, "snapLength");
  if (linkType > UINT16_MAX) throw Napi::TypeError::New(env, "linkType must fit in 16 bits");
  if (snapLength < 1 || snapLength > 262144) throw Napi::TypeError::New(env, "snapLength must be from 1 to 262144");
  try {
    const Program program = compileFilter(text, linkType, snapLength);
    const auto* const bytes = reinterpret_cast<const uint8_t*>(program.data());
    return Napi::Buffer<uint8_t>::Copy(env, bytes, program.size() * sizeof(sock_filter));
  } catch (const FilterMistake& mistake) {
    throw toError(env, mistake, text);
  } catch (const Failure& failure) {
    throw toError(env, failure);
  }
}

Napi::Value matchFilter(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const Napi::Uint8Array packet = bytesArgument(info, 1, "packet");
  const uint32_t length = u32Argument(info, 2, "length");
  try {
    const Filter filter(programOf(bytesArgument(info, 0, "program")));
    const auto captured = static_cast<uint32_t>(std::min<size_t>(packet.ByteLength(), UINT32_MAX));
    return Napi::Boolean::New(env, filter.matches(packet.Data(), captured, length));
  } catch (const Failure& failure) {
    throw toError(env, failure);
  }
}

Napi::Function PacketDecoder::define(Napi::Env env) {
  return DefineClass(env, "PacketDecoder",
                     {InstanceMethod<&PacketDecoder::packet>("packet"), InstanceMethod<&PacketDecoder::file>("file"),
                      InstanceMethod<&PacketDecoder::end>("end"),
                      InstanceMethod<&PacketDecoder::setFilter>("setFilter"),
                      InstanceMethod<&PacketDecoder::shift>("shift"),
                      InstanceMethod<&PacketDecoder::startAt>("startAt"),
                      InstanceMethod<&PacketDecoder::drain>("drain"), InstanceMethod<&PacketDecoder::stats>("stats"),
                      InstanceMethod<&PacketDecoder::close>("close")});
}

PacketDecoder::PacketDecoder(const Napi::CallbackInfo& info) : Napi::ObjectWrap<PacketDecoder>(info) {
  engine_ = std::make_unique<flow::Engine>(engineOptionsIn(objectArgument(info, 0, "options")));
}

flow::Engine& PacketDecoder::engine(Napi::Env env) {
  if (!engine_) throw closed(env);
  return *engine_;
}

// packet(data, { timestampNs, linkType, length })
void PacketDecoder::packet(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  flow::Engine& engine = this->engine(env);
  const Napi::Uint8Array data = bytesArgument(info, 0, "data");
  const Napi::Object options = objectArgument(info, 1, "options");
  const Napi::Value time = options.Get("timestampNs");
  bool isLossless = false;
  flow::Packet packet{};
  packet.timestampNs = time.IsBigInt() ? time.As<Napi::BigInt>().Int64Value(&isLossless) : 0;
  if (!isLossless) throw Napi::TypeError::New(env, "timestampNs must be a bigint of 64 bits");
  const auto linkType = numberIn(options, "linkType", 0, UINT16_MAX);
  const auto length = numberIn(options, "length", 0, UINT32_MAX);
  if (!linkType || !length) throw Napi::TypeError::New(env, "linkType and length are needed");
  packet.linkType = static_cast<uint32_t>(*linkType);
  packet.data = data.Data();
  packet.captured = static_cast<uint32_t>(std::min<size_t>(data.ByteLength(), UINT32_MAX));
  packet.length = static_cast<uint32_t>(*length);
  packet.isCounted = true;
  try {
    if (filter_.matches(packet.linkType, packet.data, packet.captured, packet.length)) engine.packet(packet);
  } catch (const FilterMistake& mistake) {
    throw toError(env, mistake, filter_.text());
  } catch (const Failure& failure) {
    throw toError(env, failure);
  }
}

Napi::Value PacketDecoder::file(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  engine(env);
  const Napi::Uint8Array piece = bytesArgument(info, 0, "piece");
  taken_ = 0;
  try {
    file_.read(piece.Data(), piece.ByteLength(), [this](flow::Packet* packets, size_t count) { take(packets, count); });
  } catch (const FileMistake& mistake) {
    throw toError(env, mistake);
  } catch (const FilterMistake& mistake) {
    throw toError(env, mistake, filter_.text());
  } catch (const Failure& failure) {
    throw toError(env, failure);
  }
  const auto read = Napi::Object::New(env);
  read.Set("packets", static_cast<double>(taken_));
  read.Set("lastMs", millisecondsOf(lastNs_));
  return read;
}

void PacketDecoder::take(flow::Packet* packets, size_t count) {
  taken_ += count;
  shiftTimes(packets, count);
  lastNs_ = packets[count - 1].timestampNs;
  size_t passed = 0;
  for (size_t i = 0; i < count; i++) {
    const flow::Packet& packet = packets[i];
    if (filter_.matches(packet.linkType, packet.data, packet.captured, packet.length)) packets[passed++] = packet;
  }
  engine_->packets(packets, passed);
}

void PacketDecoder::shiftTimes(flow::Packet* packets, size_t count) {
  if (startAtNs_) {
    shiftNs_ = shifted(*startAtNs_, -packets[0].timestampNs);
    startAtNs_.reset();
  }
  if (shiftNs_ == 0) return;
  for (size_t i = 0; i < count; i++) packets[i].timestampNs = shifted(packets[i].timestampNs, shiftNs_);
}

Napi::Value PacketDecoder::end(const Napi::CallbackInfo& info) {
  const auto missing = file_.end();
  return missing ? Napi::String::New(info.Env(), *missing) : info.Env().Undefined();
}

void PacketDecoder::setFilter(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const std::string text = textArgument(info, 0, "text");
  try {
    filter_.set(text);
  } catch (const FilterMistake& mistake) {
    throw toError(env, mistake, text);
  } catch (const Failure& failure) {
    throw toError(env, failure);
  }
}

void PacketDecoder::shift(const Napi::CallbackInfo& info) {
  shiftNs_ = nanosArgument(info, 0, "byNs");
  startAtNs_.reset();
}

void PacketDecoder::startAt(const Napi::CallbackInfo& info) { startAtNs_ = nanosArgument(info, 0, "timestampNs"); }

// drain(nowMs, most)
Napi::Value PacketDecoder::drain(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  flow::Engine& engine = this->engine(env);
  if (!info[0].IsNumber()) throw Napi::TypeError::New(env, "nowMs must be a number");
  const size_t most = info[1].IsUndefined() ? SIZE_MAX : u32Argument(info, 1, "most");
  std::vector<uint8_t> observations;
  std::vector<uint8_t> rawPackets;
  const bool isMore = engine.drain(observations, info[0].As<Napi::Number>().DoubleValue(), most);
  engine.drainRaw(rawPackets);
  const auto drained = Napi::Object::New(env);
  drained.Set("observations", Napi::Buffer<uint8_t>::Copy(env, observations.data(), observations.size()));
  drained.Set("rawPackets", Napi::Buffer<uint8_t>::Copy(env, rawPackets.data(), rawPackets.size()));
  drained.Set("isMore", isMore);
  return drained;
}

Napi::Value PacketDecoder::stats(const Napi::CallbackInfo& info) {
  auto stats = Napi::Object::New(info.Env());
  setCounters(stats, engine_ ? engine_->counters() : last_);
  return stats;
}

void PacketDecoder::close(const Napi::CallbackInfo&) {
  if (!engine_) return;
  last_ = engine_->counters();
  engine_.reset();
}

}  // namespace skein::packets
