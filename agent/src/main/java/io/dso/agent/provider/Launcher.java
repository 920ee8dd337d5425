package io.dso.agent.provider;

import io.dso.agent.bundle.ProviderSpec;
import io.dso.agent.bundle.ProviderSpec.Launch;
import io.dso.agent.provider.Reply.Failure;
import io.dso.provider.v1.DescribeResponse;
import io.dso.transport.Peer;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;

/** Brings a provider to its first answer: starts its process, or finds the one that somebody else started. */
final class Launcher {
    private static final Duration LOOK_AGAIN = Duration.ofMillis(2);
    private static final Predicate<Peer> ANYBODY = peer -> true;

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

    /** Launches, and waits for the first answer. */
    Life launch(ProviderSpec spec) throws NotReadyException, InterruptedException {
        return switch (spec.launch()) {
            case Launch.Socket(var path) -> {
                var session = open(path, ANYBODY, patience.answer());
                yield new Life.Foreign(session.orElseThrow(() -> new NotReadyException("nobody listens on " + path)));
            }
            case Launch.Executable executable -> start(spec, executable);
        };
    }

    private Life start(ProviderSpec spec, Launch.Executable executable) throws NotReadyException, InterruptedException {
        var quarters = quarters(spec.name());
        var confinement = Confinement.of(executable);
        var leftover = new Leftover(quarters.note());
        var command = new ArrayList<>(confinement.prefix());
        var program = Program.trusted(executable);
        command.add(program.toString());
        command.addAll(arguments(quarters));
        ChildProcess process;
        try {
            leftover.end();
            quarters.prepare(confinement, spec.configJson());
            process = ChildProcess.start(spec.name(), command, patience.stop());
        } catch (IOException e) {
            throw new NotReadyException("it can't be started: " + OneLine.of(String.valueOf(e.getMessage())), e);
        }
        try {
            leftover.remember(process.handle());
            return new Life.Own(await(quarters.socket(), confinement.user(), process.ended()), process);
        } catch (IOException e) {
            process.kill();
            throw new NotReadyException("its process can't be noted: " + OneLine.of(String.valueOf(e.getMessage())), e);
        } catch (InterruptedException e) {
            process.close();
            throw e;
        } catch (NotReadyException e) {
            process.kill();
            throw explained(e, confinement, program);
        } catch (RuntimeException e) {
            process.kill();
            throw e;
        }
    }

    /** What another user's program says of a start that failed for a mode is less than can be known. */
    private static NotReadyException explained(NotReadyException e, Confinement confinement, Path program) {
        var shut = confinement.isAnotherUser() ? Program.shutTo(confinement.user(), program) : "";
        return shut.isEmpty() ? e : new NotReadyException(e.why() + "; " + shut, e);
    }

    private Quarters quarters(String provider) {
        return new Quarters(directory, provider);
    }

    private static List<String> arguments(Quarters quarters) {
        return List.of(
                "--socket",
                quarters.socket().toString(),
                "--config",
                quarters.config().toString(),
                "--agent-uid",
                Integer.toUnsignedString(Peer.self().uid()),
                "--exit-with-stdin");
    }

    private Session await(Path socket, int user, CompletableFuture<String> ended)
            throws NotReadyException, InterruptedException {
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
                var session = open(socket, peer -> peer.uid() == user, left);
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
     * @param listener who may listen there: a socket can be a link to somebody else's
     * @return nothing if nobody accepts connections
     */
    private Optional<Session> open(Path socket, Predicate<Peer> listener, Duration budget) throws NotReadyException {
        if (!isAccepting(socket, listener)) {
            return Optional.empty();
        }
        var session = new Session(socket, listener, patience);
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

    /** gRPC can't tell a refused connection, or a wrong listener, from a broken one. */
    private static boolean isAccepting(Path socket, Predicate<Peer> listener) throws NotReadyException {
        try (var connection = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            if (!listener.test(Peer.of(connection))) {
                throw new NotReadyException("somebody else listens on its socket");
            }
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Removes what a provider that we started may have left. */
    void clean(String provider) throws IOException {
        quarters(provider).remove();
    }
}
