package io.dso.provider.tck;

import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.dso.provider.v1.ProviderGrpc;
import io.dso.transport.Peer;
import io.dso.transport.SocketInUseException;
import io.dso.transport.UnixServer;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ServerCalls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import sun.misc.Signal;

/**
 * A provider without the SDK, which keeps the contract but for the one fault that its first argument names. Its
 * configuration is {@code {"state": FILE}}; the file's size is the version of all its secrets.
 */
final class BrokenProvider {
    private final String fault;
    private final AtomicInteger connections = new AtomicInteger();
    private final CountDownLatch stop = new CountDownLatch(1);

    private BrokenProvider(String fault) {
        this.fault = fault;
    }

    public static void main(String... arguments) throws Exception {
        System.exit(serve(arguments[0], List.of(arguments).subList(1, arguments.length)));
    }

    private static int serve(String fault, List<String> arguments) throws IOException, InterruptedException {
        boolean lenient = fault.equals("lenient");
        for (int i = 0; i < arguments.size(); i++) {
            switch (arguments.get(i)) {
                case "--socket", "--config", "--agent-uid" -> i++;
                case "--exit-with-stdin" -> {}
                default -> {
                    if (!lenient) {
                        return failed(78, "unknown argument");
                    }
                }
            }
        }
        var state = Path.of("/dev/null");
        try {
            var config = Files.readString(Path.of(value(arguments, "--config")));
            state = Path.of(JsonParser.parseString(config)
                    .getAsJsonObject()
                    .get("state")
                    .getAsString());
        } catch (IOException | JsonParseException e) {
            if (!lenient) {
                return failed(78, "no configuration");
            }
        }
        return new BrokenProvider(fault)
                .serve(Path.of(value(arguments, "--socket")), Integer.parseInt(value(arguments, "--agent-uid")), state);
    }

    private static String value(List<String> arguments, String option) {
        return arguments.get(arguments.indexOf(option) + 1);
    }

    private static int failed(int code, String why) {
        System.err.println(why);
        return code;
    }

    private int serve(Path socket, int agentUid, Path state) throws IOException, InterruptedException {
        switch (fault) {
            case "never-serves" -> new CountDownLatch(1).await();
            case "dies" -> {
                return failed(3, "no reason");
            }
            case "refuses-stale-socket" -> {
                if (Files.exists(socket)) {
                    return failed(75, "the socket is there");
                }
            }
            case "takes-over-socket" -> {
                Files.deleteIfExists(socket);
                Files.deleteIfExists(Path.of(socket + ".lock"));
            }
            default -> {}
        }
        obeySignals();
        var service = new BrokenService(fault, state);
        var address = new UnixServer.Address(socket, "rw-rw-rw-", peer -> lets(peer, agentUid));
        try (var server = UnixServer.start(
                address, List.of(ServerInterceptors.intercept(definition(service), new BrokenAnswers(fault))))) {
            var child = fault.equals("leaves-a-child") ? new ProcessBuilder("/bin/sleep", "60").start() : null;
            stop.await();
            if (fault.equals("waits-for-watches")) {
                service.awaitWatches();
            }
            server.close(Duration.ofMillis(10));
            if (fault.equals("leaves-its-socket")) {
                Files.createFile(socket);
            }
            Nonconformity.unless(child == null || child.isAlive(), "the child is to outlive this process");
            return fault.equals("ends-with-143") ? 143 : 0;
        } catch (SocketInUseException e) {
            return failed(fault.equals("in-use-with-1") ? 1 : 75, "the socket is in use");
        }
    }

    private boolean lets(Peer peer, int agentUid) {
        if (fault.equals("dies-of-garbage") && connections.incrementAndGet() > 3) {
            Runtime.getRuntime().halt(1);
        }
        return fault.equals("lets-anybody-in") || peer.uid() == agentUid;
    }

    private ServerServiceDefinition definition(BrokenService service) {
        var whole = ProviderGrpc.bindService(service);
        if (!fault.equals("knows-too-much")) {
            return whole;
        }
        var more = ServerServiceDefinition.builder(ProviderGrpc.SERVICE_NAME);
        whole.getMethods().forEach(more::addMethod);
        more.addMethod(
                ProviderGrpc.getDescribeMethod().toBuilder()
                        .setFullMethodName("dso.provider.v1.Provider/AddedLater")
                        .setSchemaDescriptor(null)
                        .build(),
                ServerCalls.asyncUnaryCall(service::describe));
        return more.build();
    }

    private void obeySignals() {
        Signal.handle(new Signal("TERM"), signal -> {
            if (!fault.equals("ignores-sigterm")) {
                stop.countDown();
            }
        });
        Thread.ofPlatform().daemon().start(() -> {
            try {
                while (System.in.read() >= 0) {
                    // until its end
                }
            } catch (IOException e) {
                // which this is, too
            }
            if (!fault.equals("ignores-stdin")) {
                stop.countDown();
            }
        });
    }

    /** How a test starts it. */
    static List<String> command() {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto", "-Xmx96m"));
        command.add("--sun-misc-unsafe-memory-access=allow");
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), BrokenProvider.class.getName()));
        return List.copyOf(command);
    }
}
