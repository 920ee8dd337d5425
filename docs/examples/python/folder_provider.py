"""A DSO provider in Python: secrets that lie as files in a folder, {"folder": "/run/credentials"}.

    pip install -r requirements.txt        # grpcio, and grpcio-tools, which reads provider.proto at start
    dso provider verify ./folder-provider --config config.json --ref NAME

The contract is provider.proto, which has to be importable as dso/provider/v1/provider.proto (sys.path).
"""

import argparse
import fcntl
import json
import os
import signal
import socket
import struct
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import grpc

proto, services = grpc.protos_and_services("dso/provider/v1/provider.proto")
Error = proto.Error


class StoreError(Exception):
    def __init__(self, code, why):
        super().__init__(why)
        self.code, self.why = code, why


class Folder(services.ProviderServicer):
    """Watch isn't here, so the base class answers it with UNIMPLEMENTED, and the agent polls."""

    def __init__(self, folder):
        self.folder = os.path.realpath(folder)

    def _file(self, ref):
        if not ref.path.strip() or len(ref.path) > 512 or len(ref.key) > 256:
            raise StoreError("INVALID", "a path has 1 to 512 characters, a key at most 256")
        file = os.path.realpath(os.path.join(self.folder, ref.path))
        if ref.key or not file.startswith(self.folder + "/"):
            raise StoreError("NOT_FOUND", "there is no such secret")
        return file

    def _open(self, ref):
        try:
            return open(self._file(ref), "rb", buffering=0)
        except (FileNotFoundError, IsADirectoryError):
            raise StoreError("NOT_FOUND", "there is no " + ref.path)
        except OSError as e:
            raise StoreError("UNAVAILABLE", "%s can't be read: errno %d" % (ref.path[:80], e.errno))

    @staticmethod
    def _version(file):
        stat = os.fstat(file.fileno())
        return "%d-%d-%d" % (stat.st_ino, stat.st_mtime_ns, stat.st_size)

    def Describe(self, request, context):
        return proto.DescribeResponse(name="folder", version="1.0")

    def GetVersions(self, request, context):
        if not 1 <= len(request.refs) <= 1000:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, "a request names 1 to 1,000 secrets")
        response = proto.GetVersionsResponse()
        for ref in request.refs:
            try:
                with self._open(ref) as file:
                    response.results.add(version=self._version(file))
            except StoreError as e:
                if e.code == "INVALID":
                    context.abort(grpc.StatusCode.INVALID_ARGUMENT, e.why)
                response.results.add(error=Error(code="CODE_" + e.code, message=e.why))
        return response

    def Fetch(self, request, context):
        if not 1 <= len(request.version.strip()) <= len(request.version) <= 256:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, "a version has 1 to 256 characters")
        try:
            with self._open(request.ref) as file:
                value = file.read((1 << 20) + 1) if self._version(file) == request.version else None
                if value is None or self._version(file) != request.version:
                    context.abort(grpc.StatusCode.NOT_FOUND, "this version is not there any more")
            if len(value) > 1 << 20:
                context.abort(grpc.StatusCode.INVALID_ARGUMENT, "a value has at most 1,048,576 bytes")
            return proto.FetchResponse(value=value, version=request.version)
        except StoreError as e:
            code = "INVALID_ARGUMENT" if e.code == "INVALID" else e.code
            context.abort(grpc.StatusCode[code], e.why)

    def Check(self, request, context):
        if not os.access(self.folder, os.R_OK | os.X_OK):
            context.abort(grpc.StatusCode.UNAVAILABLE, "the folder can't be read")
        return proto.CheckResponse()


def end(code, why):
    print(why, file=sys.stderr, flush=True)
    os._exit(code)


class Arguments(argparse.ArgumentParser):
    def error(self, message):
        end(78, message)


def copy(source, sink):
    try:
        while data := source.recv(65536):
            sink.sendall(data)
    except OSError:
        pass
    for each in (source, sink):
        try:
            each.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def admit(listener, inner, agent_uid):
    """gRPC for Python doesn't say who calls: connections are let in here, and handed on to its own socket."""
    while True:
        caller, _ = listener.accept()
        credentials = caller.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
        if struct.unpack("3i", credentials)[1] != agent_uid:
            caller.close()
            continue
        server = socket.socket(socket.AF_UNIX)
        server.connect(inner)
        for pair in ((caller, server), (server, caller)):
            threading.Thread(target=copy, args=pair, daemon=True).start()


def main():
    arguments = Arguments(allow_abbrev=False)
    arguments.add_argument("--socket", required=True)
    arguments.add_argument("--config", required=True)
    arguments.add_argument("--agent-uid", type=int, default=os.getuid())
    arguments.add_argument("--exit-with-stdin", action="store_true")
    options = arguments.parse_args()
    try:
        with open(options.config, "rb") as file:
            folder = json.load(file)["folder"]
    except (OSError, ValueError, TypeError, KeyError):
        end(78, "the configuration has to be a JSON object with 'folder'")
    os.umask(0o177)
    lock = open(options.socket + ".lock", "w")
    try:
        fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        end(75, "the socket %s is in use" % options.socket)

    inner = options.socket + ".inner"
    for stale in (options.socket, inner):
        if os.path.lexists(stale):
            os.unlink(stale)
    server = grpc.server(ThreadPoolExecutor(40), options=[("grpc.so_reuseport", 0)])
    services.add_ProviderServicer_to_server(Folder(folder), server)
    server.add_insecure_port("unix:" + inner)
    server.start()

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    if options.exit_with_stdin:
        threading.Thread(target=lambda: (sys.stdin.buffer.read(), stop.set()), daemon=True).start()
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(options.socket)
    if options.agent_uid not in (0, os.getuid()):
        os.chmod(options.socket, 0o666)
    listener.listen(64)
    threading.Thread(target=admit, args=(listener, inner, options.agent_uid), daemon=True).start()

    stop.wait()
    server.stop(0.5).wait(2)
    for mine in (options.socket, inner):
        if os.path.lexists(mine):
            os.unlink(mine)
    os._exit(0)  # whatever threads still wait for


if __name__ == "__main__":
    main()
