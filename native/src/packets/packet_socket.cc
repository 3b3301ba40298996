#include "packet_socket.h"

#include <algorithm>
#include <variant>

#include "addon.h"
#include "arguments.h"
#include "kernel_filter.h"
#include "packet_options.h"

namespace skein::packets {
namespace {

/** What libpcap takes for the longest packet (MAXIMUM_SNAPLEN). */
constexpr int64_t kSnapLengthMax = 262144;
constexpr int64_t kRingBytesMax = 1 << 30;
constexpr int64_t kDrainMsMax = 60000;
/** Blocks are handed over some times in each drain; more often only wakes the machine. */
constexpr uint32_t kRetiresPerDrain = 4;
constexpr uint32_t kRetireMsMax = 100;

int64_t needed(const Napi::Object& options, const char* key, int64_t from, int64_t to) {
  const auto found = numberIn(options, key, from, to);
  if (!found) throw Napi::TypeError::New(options.Env(), std::string(key) + " is missing");
  return *found;
}

Napi::Buffer<uint8_t> bytesOf(Napi::Env env, const std::vector<uint8_t>& bytes) {
  return Napi::Buffer<uint8_t>::Copy(env, bytes.data(), bytes.size());
}

}  // namespace

Napi::Value openPacketSocket(const Napi::CallbackInfo& info) {
  using Reader = std::shared_ptr<PacketReader>;
  const Napi::Env env = info.Env();
  const Napi::Object given = objectArgument(info, 0, "options");
  const auto name = textIn(given, "interfaceName");
  if (!name) throw Napi::TypeError::New(env, "interfaceName is missing");
  ReaderOptions reading;
  reading.engine = engineOptionsIn(given);
  reading.drainMs = static_cast<uint32_t>(needed(given, "drainMs", 1, kDrainMsMax));
  reading.retireMs = std::clamp<uint32_t>(reading.drainMs / kRetiresPerDrain, 1, kRetireMsMax);
  RingOptions options;
  options.interfaceName = *name;
  options.snapLength = static_cast<uint32_t>(needed(given, "snapLength", 1, kSnapLengthMax));
  options.ringBytes = static_cast<uint32_t>(needed(given, "ringBytes", 4096, kRingBytesMax));
  options.retireMs = reading.retireMs;
  const Napi::Value filter = given.Get("filter");
  if (!filter.IsUndefined()) {
    if (!filter.IsTypedArray()) throw Napi::TypeError::New(env, "filter must be a Uint8Array");
    options.filter = programOf(filter.As<Napi::Uint8Array>());
  }
  return Addon::of(env).mailbox->inNetns<Reader>(
      env, textIn(given, "netns"),
      [options, reading] {
        std::optional<Filter> filter;
        if (asksForVlans(options.filter)) filter.emplace(options.filter);
        return std::make_shared<PacketReader>(PacketRing::open(options), std::move(filter), reading);
      },
      [](Napi::Env then, Reader reader) { return PacketSocket::wrap(then, std::move(reader)); });
}

Napi::Function PacketSocket::define(Napi::Env env) {
  return DefineClass(env, "PacketSocket",
                     {InstanceAccessor<&PacketSocket::linkType>("linkType", napi_enumerable),
                      InstanceMethod<&PacketSocket::stats>("stats"), InstanceMethod<&PacketSocket::listen>("listen"),
                      InstanceMethod<&PacketSocket::close>("close")});
}

Napi::Value PacketSocket::wrap(Napi::Env env, std::shared_ptr<PacketReader> reader) {
  return Addon::of(env).packetSocket.New({Napi::External<std::shared_ptr<PacketReader>>::New(env, &reader)});
}

PacketSocket::PacketSocket(const Napi::CallbackInfo& info) : Napi::ObjectWrap<PacketSocket>(info) {
  if (!info[0].IsExternal()) throw Napi::TypeError::New(info.Env(), "packet sockets are made by openPackets()");
  reader_ = *info[0].As<Napi::External<std::shared_ptr<PacketReader>>>().Data();
}

PacketSocket::~PacketSocket() {
  if (reader_) reader_->stop();
}

Napi::Value PacketSocket::linkType(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), reader_->linkType());
}

Napi::Value PacketSocket::stats(const Napi::CallbackInfo& info) {
  const ReaderStats counted = reader_->stats();
  auto stats = Napi::Object::New(info.Env());
  stats.Set("received", static_cast<double>(counted.ring.received));
  stats.Set("dropped", static_cast<double>(counted.ring.dropped));
  stats.Set("freezes", static_cast<double>(counted.ring.freezes));
  setCounters(stats, counted.decoded);
  return stats;
}

// listen(onBatch, onEnd)
void PacketSocket::listen(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const Napi::Function onBatch = functionArgument(info, 0, "onBatch");
  const Napi::Function onEnd = functionArgument(info, 1, "onEnd");
  // Letters and the destructor run on one thread.
  const std::weak_ptr<bool> alive = alive_;
  const auto mailbox = Addon::of(env).mailbox;
  const auto deliver = [self = this, alive, mailbox](PacketBatch read) {
    auto batch = std::make_shared<const PacketBatch>(std::move(read));
    mailbox->post([self, alive, batch](Napi::Env then) {
      if (!alive.expired()) self->hear(then, *batch);
    });
  };
  const auto ended = [self = this, alive, mailbox](int error) {
    mailbox->post([self, alive, error](Napi::Env then) {
      if (!alive.expired()) self->end(then, error);
    });
  };
  try {
    reader_->start(deliver, ended);
  } catch (const Failure& failure) {
    throw toError(env, failure);
  }
  onBatch_ = Napi::Persistent(onBatch);
  onEnd_ = Napi::Persistent(onEnd);
  Ref();
}

void PacketSocket::hear(Napi::Env env, const PacketBatch& batch) {
  struct Taken {
    PacketReader& reader;
    ~Taken() { reader.taken(); }
  } const taken{*reader_};
  onBatch_.Call({bytesOf(env, batch.observations), bytesOf(env, batch.rawPackets)});
}

// The last letter.
void PacketSocket::end(Napi::Env env, int error) {
  const Napi::FunctionReference onEnd = std::move(onEnd_);
  onBatch_.Reset();
  Unref();
  if (error != 0) onEnd.Call({Napi::String::New(env, Failure{error, ""}.code())});
}

Napi::Value PacketSocket::close(const Napi::CallbackInfo& info) {
  using Nothing = std::monostate;
  const Napi::Env env = info.Env();
  reader_->stop();
  return Addon::of(env).mailbox->beside<Nothing>(
      env, SideThread::namespaces(),
      [reader = reader_] {
        reader->awaitEnd();
        return Nothing{};
      },
      [](Napi::Env then, Nothing) { return then.Undefined(); });
}

}  // namespace skein::packets
