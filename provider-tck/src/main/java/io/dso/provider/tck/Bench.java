package io.dso.provider.tck;

import io.dso.provider.sdk.SecretName;
import io.dso.provider.v1.GetVersionsRequest;
import io.dso.provider.v1.SecretRef;
import io.dso.provider.v1.VersionResult;
import io.dso.transport.Peer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a provider is tried: its processes, their sockets, what they wrote, and the values they gave. One process is
 * shared by the checks that only call; one that has to die gets its own.
 */
final class Bench implements AutoCloseable {
    private final Subject subject;
    private final Path directory;
    private final Patience patience;
    private final List<Running> started = new ArrayList<>();
    private final List<byte[]> values = new ArrayList<>();
    private @Nullable Running shared;

    private Bench(Subject subject, Path directory, Patience patience) {
        this.subject = subject;
        this.directory = directory;
        this.patience = patience;
    }

    static Bench of(Subject subject) throws IOException {
        return new Bench(subject, Files.createTempDirectory("dso-verify"), Patience.USUAL);
    }

    /** @param parent where its directory is made, which it removes when it is closed */
    static Bench in(Path parent, Subject subject, Patience patience) throws IOException {
        return new Bench(subject, Files.createTempDirectory(parent, "dso-verify"), patience);
    }

    Patience patience() {
        return patience;
    }

    Subject subject() {
        return subject;
    }

    /** A provider that lives and answers. */
    Running provider() throws IOException, InterruptedException {
        var present = shared;
        if (present == null || !present.isAlive()) {
            present = start().awaitAnswer();
            shared = present;
        }
        return present;
    }

    /** A process of its own on a socket of its own. */
    Running start() throws IOException {
        return start(newSocket(), Peer.self().uid(), subject.config());
    }

    Running start(Path socket, int agentUid, Path config, String... more) throws IOException {
        var command = new ArrayList<>(List.of(
                subject.executable().toString(),
                "--socket",
                socket.toString(),
                "--config",
                config.toString(),
                "--agent-uid",
                Integer.toUnsignedString(agentUid),
                "--exit-with-stdin"));
        command.addAll(List.of(more));
        var running = Running.start(socket, command, patience);
        started.add(running);
        return running;
    }

    Path newSocket() {
        return directory.resolve(started.size() + ".sock");
    }

    Path file(String name) {
        return directory.resolve(name);
    }

    // ------------------------------------------------------------------------------------------------ secrets

    /** Secrets that are there; skips the check if none were named. */
    List<SecretRef> refs() {
        if (subject.refs().isEmpty()) {
            throw new Untried("name a secret of the store: --ref PATH[#KEY]");
        }
        return subject.refs().stream().map(Bench::ref).toList();
    }

    static SecretRef ref(SecretName name) {
        return SecretRef.newBuilder().setPath(name.path()).setKey(name.key()).build();
    }

    /** A secret that no store has. */
    static SecretRef missing(int number) {
        return SecretRef.newBuilder()
                .setPath("dso-verify/no-such-secret-" + number)
                .build();
    }

    /** Current versions, one for each. */
    List<String> versions(List<SecretRef> refs) throws IOException, InterruptedException {
        var results = results(refs);
        for (var result : results) {
            Nonconformity.unless(
                    result.getResultCase() == VersionResult.ResultCase.VERSION,
                    "a secret that --ref names has no version: "
                            + result.getError().getCode());
        }
        return results.stream().map(VersionResult::getVersion).toList();
    }

    /** What GetVersions answers, one for each. */
    List<VersionResult> results(List<SecretRef> refs) throws IOException, InterruptedException {
        var results = provider()
                .calls()
                .getVersions(GetVersionsRequest.newBuilder().addAllRefs(refs).build())
                .getResultsList();
        Nonconformity.unless(
                results.size() == refs.size(),
                "GetVersions of " + refs.size() + " secrets gives " + results.size() + " results");
        return results;
    }

    /** Changes the first secret; skips the check if it isn't known how. */
    void change() throws IOException, InterruptedException {
        refs();
        if (subject.change().isEmpty()) {
            throw new Untried("give a command that changes the first --ref: --change COMMAND");
        }
        var process = new ProcessBuilder(subject.change())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        process.getOutputStream().close();
        int code = process.waitFor();
        if (code != 0) {
            throw new Untried("the command of --change ended with exit code " + code);
        }
    }

    /** Keeps a value to look for it in what is written. Wiped with the bench. */
    void remember(byte[] value) {
        values.add(value);
    }

    List<byte[]> values() {
        return values;
    }

    /** Ends all processes, so that nothing is on its way any more; gives all that they wrote. */
    List<byte[]> endAndRead() throws InterruptedException {
        List<byte[]> written = new ArrayList<>();
        for (var running : started) {
            running.end();
            written.addAll(running.written());
        }
        return written;
    }

    @Override
    public void close() {
        started.forEach(Running::close);
        values.forEach(value -> Arrays.fill(value, (byte) 0));
        try (var files = Files.walk(directory)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
