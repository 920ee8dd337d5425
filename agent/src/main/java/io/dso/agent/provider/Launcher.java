package io.dso.agent.provider;

import io.dso.agent.bundle.ProviderSpec;
import io.dso.agent.bundle.ProviderSpec.Launch;
import io.dso.agent.provider.Reply.Failure;
import io.dso.provider.v1.DescribeResponse;
import io.dso.transport.Peer;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** Brings a provider to its first answer: starts its process, or finds the one that somebody else started. */
final class Launcher {
    private static final Duration LOOK_AGAIN = Duration.ofMillis(2);
    private static final Set<StandardOpenOption> NEW_FILE =
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);

    private final Path directory;
    private final Patience patience;

    /**
     * Makes launches.
     *
     * @param directory for sockets and configurations of the processes we start; exists, and nobody else writes there
     */
    Launcher(Path directory, Patience patience) {
        this.directory = directory;
        this.patience = patience;
    }

    /** Where a provider that we start listens. */
    Path socket(String provider) {
        return directory.resolve(provider + ".sock");
    }

    private Path config(String provider) {
        return directory.resolve(provider + ".json");
    }

    /** Launches, and waits for the first answer. */
    Life launch(ProviderSpec spec) throws NotReadyException, InterruptedException {
        return switch (spec.launch()) {
            case Launch.Socket(var path) -> {
                var session = open(path, patience.answer());
                yield new Life.Foreign(session.orElseThrow(() -> new NotReadyException("nobody listens on " + path)));
            }
            case Launch.Executable(var path) -> start(spec, path);
        };
    }

    private Life start(ProviderSpec spec, Path executable) throws NotReadyException, InterruptedException {
        if (!Files.isExecutable(executable)) {
            throw new NotReadyException(executable + " is not there, or not executable");
        }
        var socket = socket(spec.name());
        var leftover = leftover(spec.name());
        ChildProcess process;
        try {
            leftover.end();
            Files.deleteIfExists(socket);
            writeConfig(spec);
            process = ChildProcess.start(spec.name(), command(executable, spec.name()), patience.stop());
        } catch (IOException e) {
            throw new NotReadyException("it can't be started: " + OneLine.of(String.valueOf(e.getMessage())), e);
        }
        try {
            leftover.remember(process.handle());
            return new Life.Own(await(socket, process.ended()), process);
        } catch (IOException e) {
            process.kill();
            throw new NotReadyException("its process can't be noted: " + OneLine.of(String.valueOf(e.getMessage())), e);
        } catch (InterruptedException e) {
            process.close();
            throw e;
        } catch (NotReadyException | RuntimeException e) {
            process.kill();
            throw e;
        }
    }

    private Leftover leftover(String provider) {
        return new Leftover(directory.resolve(provider + ".pid"));
    }

    private List<String> command(Path executable, String provider) {
        var command = new ArrayList<>(Confinement.prefix());
        command.addAll(List.of(
                executable.toString(),
                "--socket",
                socket(provider).toString(),
                "--config",
                config(provider).toString(),
                "--agent-uid",
                Integer.toUnsignedString(Peer.self().uid()),
                "--exit-with-stdin"));
        return List.copyOf(command);
    }

    private Session await(Path socket, CompletableFuture<String> ended) throws NotReadyException, InterruptedException {
        long until = System.nanoTime() + patience.start().toNanos();
        while (true) {
            if (ended.isDone()) {
                throw new NotReadyException(ended.join());
            }
            var left = Duration.ofNanos(until - System.nanoTime());
            if (!left.isPositive()) {
                throw new NotReadyException(
                        "it did not answer within " + Failures.text(patience.start()) + " after its start");
            }
            if (Files.exists(socket)) {
                var session = open(socket, left);
                if (session.isPresent()) {
                    return session.get();
                }
            }
            Thread.sleep(LOOK_AGAIN);
        }
    }

    /**
     * Connects, and asks who is there.
     *
     * @return nothing if nobody accepts connections
     */
    private Optional<Session> open(Path socket, Duration budget) throws NotReadyException {
        if (!isAccepting(socket)) {
            return Optional.empty();
        }
        var session = new Session(socket, patience);
        return switch (session.introduce(budget)) {
            case Reply.Given<DescribeResponse> given -> Optional.of(session);
            case Reply.Failed<DescribeResponse>(var failure) -> {
                session.close();
                throw new NotReadyException(
                        failure instanceof Failure.Broken
                                ? "it closed the connection, or speaks another protocol"
                                : failure.why());
            }
        };
    }

    /** gRPC can't tell a refused connection from a broken one. */
    private static boolean isAccepting(Path socket) {
        try (var connection = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            return connection.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    private void writeConfig(ProviderSpec spec) throws IOException {
        var fresh = directory.resolve(spec.name() + ".json.new");
        Files.deleteIfExists(fresh);
        var mode = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        try (var file = Files.newByteChannel(fresh, NEW_FILE, mode)) {
            var json = ByteBuffer.wrap(spec.configJson().getBytes(StandardCharsets.UTF_8));
            while (json.hasRemaining()) {
                file.write(json);
            }
        }
        Files.move(fresh, config(spec.name()), StandardCopyOption.ATOMIC_MOVE);
    }

    /** Removes what a provider that we started may have left. */
    void clean(String provider) throws IOException {
        Files.deleteIfExists(socket(provider));
        Files.deleteIfExists(Path.of(socket(provider) + ".lock"));
        Files.deleteIfExists(config(provider));
        Files.deleteIfExists(directory.resolve(provider + ".pid"));
    }
}
