#include "netlink_socket.h"

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

void NetlinkSocket::tell(Napi::Env env, const Napi::FunctionReference& listener, const NetlinkBatch& batch) {
  const auto bytes = Napi::Buffer<uint8_t>::Copy(env, batch.bytes.data(), batch.bytes.size());
  listener.Call({bytes, Napi::Boolean::New(env, batch.overrun), Napi::Number::New(env, batch.nsid)});
}

}  // namespace skein
