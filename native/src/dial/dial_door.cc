#include "dial/dial_door.h"

#include "addon.h"
#include "arguments.h"
#include "failure.h"

namespace skein::dial {
namespace {

constexpr size_t kPayloadBytesMax = 65507;  // of a datagram in IPv4

Protocol protocolIn(const Napi::Object& given) {
  const std::string name = textIn(given, "protocol").value_or("");
  if (name == "tcp") return Protocol::kTcp;
  if (name == "udp") return Protocol::kUdp;
  if (name == "icmp") return Protocol::kIcmp;
  throw Napi::TypeError::New(given.Env(), "protocol must be 'tcp', 'udp' or 'icmp'");
}

Napi::Value open(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const Napi::Object given = objectArgument(info, 0, "options");
  DialOptions options;
  options.protocol = protocolIn(given);
  options.address = textIn(given, "address").value_or("");
  options.port = static_cast<uint16_t>(numberIn(given, "port", 0, 65535).value_or(0));
  options.from = textIn(given, "from").value_or("");
  options.payload = bytesIn(given, "payload");
  options.dontFragment = flagIn(given, "dontFragment");
  if (options.payload.size() > kPayloadBytesMax) throw Napi::RangeError::New(env, "payload is too long");
  return Addon::of(env).mailbox->inNetns<OpenedDial>(
      env, textIn(given, "netns"), [options] { return openDial(options); },
      [](Napi::Env then, OpenedDial opened) {
        auto attempt = std::make_shared<DialAttempt>(std::move(opened));
        return Addon::of(then).dialSocket.New({Napi::External<std::shared_ptr<DialAttempt>>::New(then, &attempt)});
      });
}

const char* nameOf(DialEvent::Kind kind) {
  switch (kind) {
    case DialEvent::kConnected:
      return "connected";
    case DialEvent::kData:
      return "data";
    case DialEvent::kEnd:
      return "end";
    case DialEvent::kError:
      return "error";
  }
  return "";
}

}  // namespace

void exportDial(Napi::Env env, Napi::Object& exports) {
  exports.Set("openDial", Napi::Function::New<open>(env, "openDial"));
  Addon::of(env).dialSocket = Napi::Persistent(DialSocket::define(env));
}

Napi::Function DialSocket::define(Napi::Env env) {
  return DefineClass(env, "DialSocket",
                     {InstanceMethod<&DialSocket::begin>("begin"), InstanceMethod<&DialSocket::close>("close")});
}

DialSocket::DialSocket(const Napi::CallbackInfo& info) : Napi::ObjectWrap<DialSocket>(info) {
  if (!info[0].IsExternal()) throw Napi::TypeError::New(info.Env(), "dials are made by openDial()");
  attempt_ = *info[0].As<Napi::External<std::shared_ptr<DialAttempt>>>().Data();
}

DialSocket::~DialSocket() {
  if (attempt_) attempt_->close();
}

Napi::Value DialSocket::begin(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const Napi::Function listener = functionArgument(info, 0, "listener");
  try {
    const DialBegun begun = attempt_->begin(
        [self = this, weak = std::weak_ptr(open_), mailbox = Addon::of(env).mailbox](DialEvent heard) {
          const auto event = std::make_shared<const DialEvent>(std::move(heard));
          mailbox->post([self, weak, event](Napi::Env then) {
            if (weak.lock()) self->hear(then, *event);
          });
        });
    listener_ = Napi::Persistent(listener);
    Ref();
    const auto answer = Napi::Object::New(env);
    if (!begun.address.empty()) {
      answer.Set("address", begun.address);
      answer.Set("port", begun.port);
    }
    if (begun.error != 0) answer.Set("errno", Failure{begun.error, ""}.code());
    if (begun.mtu != 0) answer.Set("mtu", begun.mtu);
    return answer;
  } catch (const Failure& failure) {
    throw toError(env, failure);
  }
}

void DialSocket::close(const Napi::CallbackInfo&) {
  if (!open_) return;
  open_.reset();
  attempt_->close();
  if (listener_.IsEmpty()) return;
  listener_.Reset();
  Unref();
}

void DialSocket::hear(Napi::Env env, const DialEvent& event) {
  const auto told = Napi::Object::New(env);
  told.Set("kind", nameOf(event.kind));
  told.Set("ms", event.ms);
  if (event.kind == DialEvent::kData) told.Set("bytes", static_cast<double>(event.bytes));
  if (event.kind == DialEvent::kError) told.Set("errno", Failure{event.error, ""}.code());
  if (event.queued) {
    const auto& queued = *event.queued;
    if (queued.info != 0) told.Set("info", queued.info);
    if (queued.isIcmp) {
      const auto icmp = Napi::Object::New(env);
      icmp.Set("type", queued.type);
      icmp.Set("code", queued.code);
      icmp.Set("from", queued.from);
      told.Set("icmp", icmp);
    }
  }
  listener_.Call({told});
}

}  // namespace skein::dial
