package io.dso.provider.tck;

import io.dso.provider.v1.DescribeRequest;
import io.dso.provider.v1.DescribeResponse;
import io.dso.provider.v1.ProviderGrpc;
import io.dso.provider.v1.ProviderGrpc.ProviderBlockingStub;
import io.dso.transport.UnixChannel;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** One process of the provider, and the way to it. */
final class Running implements AutoCloseable {
    private static final Duration LOOK_AGAIN = Duration.ofMillis(5);

    private final Path socket;
    private final Process process;
    private final Patience patience;
    private final Output out;
    private final Output err;
    private final UnixChannel channel;

    private Running(Path socket, Process process, Patience patience) {
        this.patience = patience;
        this.socket = socket;
        this.process = process;
        this.out = new Output(process.getInputStream());
        this.err = new Output(process.getErrorStream());
        this.channel = UnixChannel.to(socket);
    }

    /** Starts a process, with an empty environment as the agent does, and doesn't wait for it. */
    static Running start(Path socket, List<String> command, Patience patience) throws IOException {
        var builder = new ProcessBuilder(command).directory(Path.of("/").toFile());
        builder.environment().clear();
        try {
            return new Running(socket, builder.start(), patience);
        } catch (IOException e) {
            throw new Nonconformity("it can't be executed: " + e.getMessage());
        }
    }

    /** Waits until it accepts connections, whoever may make them. */
    Running awaitListening() throws InterruptedException {
        long until = System.nanoTime() + patience.start().toNanos();
        while (!accepts()) {
            if (!process.isAlive()) {
                throw new Nonconformity("it ended with exit code " + process.exitValue() + " instead of serving"
                        + suffix(err.lastLine()));
            }
            Nonconformity.unless(
                    System.nanoTime() < until,
                    "it doesn't listen on its socket within " + patience.start().toSeconds() + " s");
            Thread.sleep(LOOK_AGAIN);
        }
        return this;
    }

    private static String suffix(String line) {
        return line.isEmpty() ? "" : ": " + line;
    }

    private boolean accepts() {
        try (var connection = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            return connection.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    /** Waits until it answers. */
    Running awaitAnswer() throws InterruptedException {
        awaitListening();
        try {
            describe(patience.start());
        } catch (StatusRuntimeException e) {
            throw new Nonconformity(
                    "Describe, the first call, ended with " + e.getStatus().getCode());
        }
        return this;
    }

    DescribeResponse describe() {
        return describe(patience.call());
    }

    DescribeResponse describe(Duration patience) {
        return ProviderGrpc.newBlockingStub(channel.grpc())
                .withDeadlineAfter(patience.toMillis(), TimeUnit.MILLISECONDS)
                .describe(DescribeRequest.getDefaultInstance());
    }

    /** Fails unless it still answers, and soon. */
    void mustAnswer(String after) {
        Nonconformity.unless(process.isAlive(), "its process ended " + after);
        try {
            describe(patience.answer());
        } catch (StatusRuntimeException e) {
            throw new Nonconformity(
                    "Describe " + after + " ended with " + e.getStatus().getCode());
        }
    }

    ProviderBlockingStub calls() {
        return ProviderGrpc.newBlockingStub(channel.grpc())
                .withDeadlineAfter(patience.call().toMillis(), TimeUnit.MILLISECONDS);
    }

    UnixChannel channel() {
        return channel;
    }

    Path socket() {
        return socket;
    }

    Process process() {
        return process;
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Its exit code, once it ended by itself. */
    int awaitEnd(Duration patience, String why) throws InterruptedException {
        Nonconformity.unless(
                process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS),
                "it doesn't end within " + patience.toSeconds() + " s " + why);
        return process.exitValue();
    }

    /** Fails unless SIGTERM ends it, whatever is under way, and leaves no socket. */
    void mustEndOnSigterm() throws InterruptedException {
        process.toHandle().destroy(); // unlike Process's, it leaves the streams open
        int code = awaitEnd(patience.end(), "after SIGTERM");
        Nonconformity.unless(code == 0, "after SIGTERM it ends with " + code + ", not 0");
        Nonconformity.unless(!Files.exists(socket), "it leaves its socket");
    }

    String lastLine() throws InterruptedException {
        return err.lastLine();
    }

    /** All that it wrote before it ended. */
    List<byte[]> written() throws InterruptedException {
        return List.of(out.whole(), err.whole());
    }

    /** SIGTERM, so that it writes what it still has to; if that isn't enough, SIGKILL. */
    void end() throws InterruptedException {
        process.toHandle().destroy(); // unlike Process's, it leaves the streams open
        process.waitFor(patience.end().toMillis(), TimeUnit.MILLISECONDS);
        kill();
    }

    /** SIGKILL, also for its children. */
    void kill() throws InterruptedException {
        process.descendants().toList().forEach(ProcessHandle::destroyForcibly);
        process.toHandle().destroyForcibly(); // unlike Process's, it leaves the streams open
        process.waitFor(5, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        channel.close();
        try {
            kill();
            process.getOutputStream().close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            // It was gone already.
        }
    }
}
