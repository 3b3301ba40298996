#include "netlink_socket.h"

#include "addon.h"
#include "arguments.h"
#include "netns.h"

namespace skein {

Napi::Value openNetlinkSocket(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const Napi::Object given = objectArgument(info, 0, "options");
  const auto protocol = numberIn(given, "protocol", 0, 31);
  if (!protocol) throw Napi::TypeError::New(env, "protocol is missing");
  NetlinkOptions options;
  options.protocol = static_cast<int>(*protocol);
  options.groups = numbersIn(given, "groups");
  if (const auto bytes = numberIn(given, "receiveBufferBytes", 0, INT32_MAX / 2)) {
    options.receiveBufferBytes = static_cast<int>(*bytes);
  }
  options.filter = bytesIn(given, "filter");
  options.strict = flagIn(given, "strict");
  options.allNamespaces = flagIn(given, "allNamespaces");
  const auto netns = textIn(given, "netns");
  return Addon::of(env).mailbox->inNetns<Fd>(
      env, netns,
      [options] { return openNetlink(options); },
      [](Napi::Env then, Fd fd) { return NetlinkSocket::wrap(then, std::move(fd)); });
}

Napi::Function NetlinkSocket::define(Napi::Env env) {
  return DefineClass(env, "NetlinkSocket",
                     {InstanceAccessor<&NetlinkSocket::portId>("portId", napi_enumerable),
                      InstanceMethod<&NetlinkSocket::send>("send"), InstanceMethod<&NetlinkSocket::onBatch>("onBatch"),
                      InstanceMethod<&NetlinkSocket::close>("close")});
}

Napi::Value NetlinkSocket::wrap(Napi::Env env, Fd fd) {
  auto port = std::make_shared<NetlinkPort>(std::move(fd));
  return Addon::of(env).netlinkSocket.New({Napi::External<std::shared_ptr<NetlinkPort>>::New(env, &port)});
}

NetlinkSocket::NetlinkSocket(const Napi::CallbackInfo& info) : Napi::ObjectWrap<NetlinkSocket>(info) {
  if (!info[0].IsExternal()) throw Napi::TypeError::New(info.Env(), "netlink sockets are made by openNetlink()");
  port_ = *info[0].As<Napi::External<std::shared_ptr<NetlinkPort>>>().Data();
}

NetlinkSocket::~NetlinkSocket() {
  if (port_) port_->close();
}

Napi::Value NetlinkSocket::portId(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), port_->portId());
}

Napi::Value NetlinkSocket::send(const Napi::CallbackInfo& info) {
  using Nothing = std::monostate;
  const Napi::Env env = info.Env();
  const Napi::Uint8Array given = bytesArgument(info, 0, "message");
  const std::vector<uint8_t> message(given.Data(), given.Data() + given.ByteLength());
  return Addon::of(env).mailbox->beside<Nothing>(
      env, SideThread::kernel(),
      [port = port_, message] {
        port->send(message);
        return Nothing{};
      },
      [](Napi::Env then, Nothing) { return then.Undefined(); });
}

void NetlinkSocket::onBatch(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const Napi::Function listener = functionArgument(info, 0, "listener");
  // The port is open only while this object lives (see the destructor), and both are touched on one thread: so an
  // open port means that `self` is there.
  const auto deliver = [self = this, weak = std::weak_ptr(port_), mailbox = Addon::of(env).mailbox](NetlinkBatch read) {
    auto batch = std::make_shared<const NetlinkBatch>(std::move(read));
    mailbox->post([self, weak, batch](Napi::Env then) {
      const auto port = weak.lock();
      if (port && port->isOpen()) self->hear(then, *batch);
    });
  };
  try {
    port_->read(deliver);
  } catch (const Failure& failure) {
    throw toError(env, failure);
  }
  listener_ = Napi::Persistent(listener);
  Ref();
}

void NetlinkSocket::hear(Napi::Env env, const NetlinkBatch& batch) {
  struct Taken {
    std::shared_ptr<NetlinkPort> port;  // outlives this object, should the listener close and forget it
    ~Taken() { port->taken(); }
  } const taken{port_};
  const auto bytes = Napi::Buffer<uint8_t>::Copy(env, batch.bytes.data(), batch.bytes.size());
  listener_.Call({bytes, Napi::Boolean::New(env, batch.overrun), Napi::Number::New(env, batch.nsid)});
}

void NetlinkSocket::close(const Napi::CallbackInfo&) {
  if (!port_->isOpen()) return;
  port_->close();
  if (listener_.IsEmpty()) return;
  listener_.Reset();
  Unref();
}

}  // namespace skein
