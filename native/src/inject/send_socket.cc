#include "inject/send_socket.h"

#include "addon.h"
#include "arguments.h"
#include "failure.h"

namespace skein::inject {
namespace {

/** openSender(options): Promise<SendSocket> */
Napi::Value open(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const Napi::Object given = objectArgument(info, 0, "options");
  SenderOptions options;
  options.interfaceIndex = static_cast<int>(numberIn(given, "interfaceIndex", 1, INT32_MAX).value_or(0));
  options.protocol = static_cast<uint16_t>(numberIn(given, "protocol", 0, 0xffff).value_or(0));
  options.destination = bytesIn(given, "destination");
  options.scope = static_cast<uint32_t>(numberIn(given, "scope", 0, INT32_MAX).value_or(0));
  const size_t bytes = options.destination.size();
  if (options.interfaceIndex == 0 && bytes != 4 && bytes != 16) {
    throw Napi::TypeError::New(env, "destination must have 4 or 16 bytes");
  }
  return Addon::of(env).mailbox->inNetns<std::shared_ptr<Sender>>(
      env, textIn(given, "netns"),
      [options] { return Sender::open(options); },
      [](Napi::Env then, std::shared_ptr<Sender> sender) { return SendSocket::wrap(then, std::move(sender)); });
}

Napi::Value shown(Napi::Env env, const Sent& sent) {
  const auto result = Napi::Object::New(env);
  result.Set("sent", Napi::Number::New(env, static_cast<double>(sent.times.size())));
  const auto* const bytes = reinterpret_cast<const uint8_t*>(sent.times.data());
  result.Set("times", Napi::Buffer<uint8_t>::Copy(env, bytes, sent.times.size() * sizeof(uint64_t)));
  if (sent.error != 0) result.Set("code", Napi::String::New(env, Failure{sent.error, ""}.code()));
  return result;
}

}  // namespace

void exportSenders(Napi::Env env, Napi::Object exports) {
  Addon::of(env).sendSocket = Napi::Persistent(SendSocket::define(env));
  exports.Set("openSender", Napi::Function::New<open>(env, "openSender"));
}

Napi::Function SendSocket::define(Napi::Env env) {
  return DefineClass(env, "SendSocket",
                     {InstanceMethod<&SendSocket::send>("send"), InstanceMethod<&SendSocket::close>("close")});
}

Napi::Value SendSocket::wrap(Napi::Env env, std::shared_ptr<Sender> sender) {
  return Addon::of(env).sendSocket.New({Napi::External<std::shared_ptr<Sender>>::New(env, &sender)});
}

SendSocket::SendSocket(const Napi::CallbackInfo& info) : Napi::ObjectWrap<SendSocket>(info) {
  if (!info[0].IsExternal()) throw Napi::TypeError::New(info.Env(), "send sockets are made by openSender()");
  sender_ = *info[0].As<Napi::External<std::shared_ptr<Sender>>>().Data();
}

SendSocket::~SendSocket() {
  if (sender_) sender_->close();
}

Napi::Value SendSocket::send(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const Napi::Uint8Array given = bytesArgument(info, 0, "packets");
  const std::vector<uint8_t> packets(given.Data(), given.Data() + given.ByteLength());
  return Addon::of(env).mailbox->beside<Sent>(
      env, SideThread::sending(), [sender = sender_, packets] { return sender->send(packets); }, shown);
}

}  // namespace skein::inject
