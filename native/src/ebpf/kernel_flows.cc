#include "ebpf/kernel_flows.h"

#include "addon.h"
#include "arguments.h"

namespace skein::ebpf {
namespace {


Napi::Value number(Napi::Env env, uint64_t value) { return Napi::Number::New(env, static_cast<double>(value)); }

Napi::Value texts(Napi::Env env, const std::vector<std::string>& list) {
  const auto array = Napi::Array::New(env, list.size());
  for (uint32_t i = 0; i < list.size(); i++) array.Set(i, Napi::String::New(env, list[i]));
  return array;
}

uint32_t wanted(const Napi::Object& options, const char* key, int64_t from, int64_t to) {
  const auto value = numberIn(options, key, from, to);
  if (!value) throw Napi::TypeError::New(options.Env(), std::string(key) + " is missing");
  return static_cast<uint32_t>(*value);
}

uint32_t powerOfTwo(const Napi::Object& options, const char* key, int64_t from, int64_t to) {
  const uint32_t value = wanted(options, key, from, to);
  if ((value & (value - 1)) != 0) throw Napi::TypeError::New(options.Env(), std::string(key) + " must be a power of two");
  return value;
}

TableImage imageIn(const Napi::Object& options) {
  const auto name = textIn(options, "image");
  if (!name) return TableImage::kBest;
  if (*name == "direct") return TableImage::kDirect;
  if (*name == "probed") return TableImage::kProbed;
  throw Napi::TypeError::New(options.Env(), "image must be direct or probed");
}

}  // namespace

Napi::Value openKernelFlows(const Napi::CallbackInfo& info) {
  using Opened = std::shared_ptr<FlowDrain>;
  const Napi::Env env = info.Env();
  const Napi::Object given = objectArgument(info, 0, "options");
  FlowDrainOptions options{};
  options.drainMs = wanted(given, "drainMs", 10, 60'000);
  options.table.slots = powerOfTwo(given, "slots", 128, 1 << 20);
  options.table.ringBytes = powerOfTwo(given, "ringBytes", 8192, 1 << 30);
  options.table.firstPackets = wanted(given, "firstPackets", 0, 100);
  options.table.headerSize = wanted(given, "headerSize", 14, FLOW_HEADER_MAX);
  options.table.image = imageIn(given);
  const auto onBatch = std::make_shared<Napi::FunctionReference>(Napi::Persistent(functionArgument(info, 1, "onBatch")));
  const auto onGone = std::make_shared<Napi::FunctionReference>(Napi::Persistent(functionArgument(info, 2, "onGone")));
  return Addon::of(env).mailbox->beside<Opened>(
      env, SideThread::namespaces(), [options] { return FlowDrain::open(options); },
      [onBatch, onGone](Napi::Env then, Opened drain) {
        return KernelFlows::wrap(then, std::move(drain), onBatch->Value(), onGone->Value());
      });
}

void exportKernelFlows(Napi::Env env, Napi::Object& exports) {
  exports.Set("openKernelFlows", Napi::Function::New<openKernelFlows>(env, "openKernelFlows"));
  auto& addon = Addon::of(env);
  addon.kernelFlows = Napi::Persistent(KernelFlows::define(env));
  addon.kernelCapture = Napi::Persistent(KernelCapture::define(env));
}

Napi::Function KernelFlows::define(Napi::Env env) {
  return DefineClass(env, "KernelFlows",
                     {InstanceAccessor<&KernelFlows::dropReasons>("dropReasons", napi_enumerable),
                      InstanceAccessor<&KernelFlows::missing>("missing", napi_enumerable),
                      InstanceMethod<&KernelFlows::attach>("attach"), InstanceMethod<&KernelFlows::stats>("stats"),
                      InstanceMethod<&KernelFlows::close>("close")});
}

Napi::Value KernelFlows::wrap(Napi::Env env, std::shared_ptr<FlowDrain> drain, Napi::Function onBatch,
                              Napi::Function onGone) {
  return Addon::of(env).kernelFlows.New({Napi::External<std::shared_ptr<FlowDrain>>::New(env, &drain), onBatch, onGone});
}

KernelFlows::KernelFlows(const Napi::CallbackInfo& info) : Napi::ObjectWrap<KernelFlows>(info) {
  if (!info[0].IsExternal()) throw Napi::TypeError::New(info.Env(), "flows in the kernel are made by openKernelFlows()");
  drain_ = *info[0].As<Napi::External<std::shared_ptr<FlowDrain>>>().Data();
  onBatch_ = Napi::Persistent(functionArgument(info, 1, "onBatch"));
  onGone_ = Napi::Persistent(functionArgument(info, 2, "onGone"));
  const auto mailbox = Addon::of(info.Env()).mailbox;
  drain_->onGone([self = this, weak = std::weak_ptr(open_), mailbox](const std::shared_ptr<Capture>& capture) {
    mailbox->post([self, weak, id = capture->id](Napi::Env env) {
      if (weak.lock()) self->onGone_.Call({Napi::Number::New(env, id)});
    });
  });
  try {
    drain_->start([self = this, weak = std::weak_ptr(open_), mailbox, drain = std::weak_ptr(drain_)](std::vector<uint8_t> read) {
      const auto batch = std::make_shared<const std::vector<uint8_t>>(std::move(read));
      mailbox->post([self, weak, drain, batch](Napi::Env env) {
        if (const auto known = drain.lock()) known->taken(batch->size());
        if (!weak.lock()) return;
        const auto bytes = Napi::Buffer<uint8_t>::Copy(env, batch->data(), batch->size());
        self->onBatch_.Call({bytes, Napi::Uint8Array::New(env, 0)});
      });
    });
  } catch (const Failure& failure) {
    throw toError(info.Env(), failure);
  }
  Ref();
}

KernelFlows::~KernelFlows() {
  if (drain_) drain_->close();
}

std::shared_ptr<FlowDrain> KernelFlows::open(Napi::Env env) const {
  if (!drain_) throw toError(env, Failure{EBADF, "use flow tables that are closed"});
  return drain_;
}

Napi::Value KernelFlows::attach(const Napi::CallbackInfo& info) {
  using Attached = std::shared_ptr<Capture>;
  const Napi::Env env = info.Env();
  const std::shared_ptr<FlowDrain> drain = open(env);
  const Napi::Object place = objectArgument(info, 0, "place");
  const uint32_t ifIndex = wanted(place, "ifIndex", 1, INT32_MAX);
  const uint32_t source = wanted(place, "source", 0, UINT32_MAX);
  const uint32_t payloadBytes = wanted(place, "payloadBytes", 0, FLOW_HEADER_MAX);
  const std::string mode = textIn(place, "mode").value_or("");
  if (!mode.empty() && mode != "tcx" && mode != "clsact") throw Napi::TypeError::New(env, "mode must be tcx or clsact");
  return Addon::of(env).mailbox->inNetns<Attached>(
      env, textIn(place, "netns"),
      [drain = drain, ifIndex, source, payloadBytes, mode] { return drain->attach(ifIndex, source, payloadBytes, mode); },
      [drain = drain](Napi::Env then, Attached capture) {
        KernelCapture::Held held{drain, std::move(capture)};
        return Addon::of(then).kernelCapture.New({Napi::External<KernelCapture::Held>::New(then, &held)});
      });
}

Napi::Value KernelFlows::dropReasons(const Napi::CallbackInfo& info) { return texts(info.Env(), open(info.Env())->dropReasons()); }

Napi::Value KernelFlows::missing(const Napi::CallbackInfo& info) { return texts(info.Env(), open(info.Env())->missing()); }

Napi::Value KernelFlows::stats(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const FlowDrainStats stats = open(env)->stats();
  const auto object = Napi::Object::New(env);
  object.Set("evictions", number(env, stats.evictions));
  object.Set("firstPacketsLost", number(env, stats.firstPacketsLost));
  object.Set("evictionsLost", number(env, stats.evictionsLost));
  object.Set("packetsLost", number(env, stats.packetsLost));
  object.Set("bytesLost", number(env, stats.bytesLost));
  return object;
}

void KernelFlows::close(const Napi::CallbackInfo&) {
  if (!open_) return;
  open_.reset();
  drain_->close();
  // What the kernel holds for it goes with its thread, not when this object is collected some day.
  drain_.reset();
  onBatch_.Reset();
  onGone_.Reset();
  Unref();
}

Napi::Function KernelCapture::define(Napi::Env env) {
  return DefineClass(env, "KernelCapture",
                     {InstanceAccessor<&KernelCapture::id>("id", napi_enumerable),
                      InstanceAccessor<&KernelCapture::mode>("mode", napi_enumerable),
                      InstanceMethod<&KernelCapture::stats>("stats"), InstanceMethod<&KernelCapture::close>("close")});
}

KernelCapture::KernelCapture(const Napi::CallbackInfo& info) : Napi::ObjectWrap<KernelCapture>(info) {
  if (!info[0].IsExternal()) throw Napi::TypeError::New(info.Env(), "attachments are made by attach()");
  held_ = *info[0].As<Napi::External<Held>>().Data();
}

Napi::Value KernelCapture::id(const Napi::CallbackInfo& info) { return Napi::Number::New(info.Env(), held_.capture->id); }

Napi::Value KernelCapture::mode(const Napi::CallbackInfo& info) {
  return Napi::String::New(info.Env(), held_.capture->mode);
}

Napi::Value KernelCapture::stats(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const Capture& capture = *held_.capture;
  const auto object = Napi::Object::New(env);
  object.Set("packets", number(env, capture.packets + capture.lostOuterPackets));
  object.Set("bytes", number(env, capture.bytes + capture.lostOuterBytes));
  object.Set("lostPackets", number(env, capture.lostPackets));
  object.Set("lostBytes", number(env, capture.lostBytes));
  object.Set("firstPacketsLost", number(env, capture.firstsLost));
  return object;
}

Napi::Value KernelCapture::close(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const auto mailbox = Addon::of(env).mailbox;
  const auto deferred = Napi::Promise::Deferred::New(env);
  const std::shared_ptr<FlowDrain> drain = std::move(held_.drain);
  if (!drain) {
    deferred.Resolve(env.Undefined());
    return deferred.Promise();
  }
  mailbox->awaitOne();
  drain->detach(held_.capture, [mailbox, deferred] {
    mailbox->post([mailbox, deferred](Napi::Env then) {
      mailbox->answeredOne();
      deferred.Resolve(then.Undefined());
    });
  });
  return deferred.Promise();
}

}  // namespace skein::ebpf
