package io.dso.provider.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.dso.provider.local.vault.KeySource;
import io.dso.provider.local.vault.SecretBytes;
import io.dso.provider.local.vault.SecretPath;
import io.dso.provider.local.vault.Vault;
import io.dso.provider.v1.CheckRequest;
import io.dso.provider.v1.FetchRequest;
import io.dso.provider.v1.GetVersionsRequest;
import io.dso.provider.v1.ProviderGrpc;
import io.dso.provider.v1.SecretRef;
import io.dso.provider.v1.WatchRequest;
import io.dso.provider.v1.WatchResponse;
import io.dso.transport.UnixChannel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole process: on this JVM, or, with {@code -Ddso.provider=FILE}, that executable. */
class LocalProcessTest {
    private static final SecretRef BIG = SecretRef.newBuilder().setPath("big").build();

    @TempDir
    Path directory;

    private @Nullable Process process;
    private @Nullable UnixChannel channel;

    @AfterEach
    void stop() throws InterruptedException {
        if (channel != null) {
            channel.close();
        }
        if (process != null) {
            process.destroy();
            assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void it_serves_a_vault_with_a_key_file_and_ends_when_it_is_told() throws Exception {
        var key = KeySource.createKeyFile(directory.resolve("key"));

        var process = servesAllOf(key, "key-file");

        process.destroy();
        assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
        assertThat(directory.resolve("s")).doesNotExist();
    }

    @Test
    void it_serves_a_vault_with_a_passphrase() throws Exception {
        var file = directory.resolve("passphrase");
        Files.writeString(file, "correct horse\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));

        servesAllOf(new KeySource.PassphraseFile(file), "passphrase-file");
    }

    @Test
    void a_configuration_it_does_not_know_ends_it_with_the_reason() throws Exception {
        Files.writeString(directory.resolve("config"), "{\"valt\":\"/x\"}");
        var process = start(ProcessBuilder.Redirect.PIPE);

        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(78);
        assertThat(new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8))
                .contains("unknown key 'valt'");
    }

    private Process servesAllOf(KeySource key, String option) throws Exception {
        byte[] value = new byte[1 << 20];
        new Random(3).nextBytes(value);
        try (var vault = Vault.create(directory.resolve("vault"), key, 10)) {
            vault.put(new SecretPath("big"), SecretBytes.owning(value.clone()));
            Files.writeString(
                    directory.resolve("config"),
                    "{\"vault\":\"%s\",\"%s\":\"%s\"}".formatted(directory.resolve("vault"), option, key.file()));
            var started = start(ProcessBuilder.Redirect.INHERIT);
            awaitSocket(started);
            var opened = UnixChannel.to(directory.resolve("s"));
            channel = opened;
            var provider = ProviderGrpc.newBlockingStub(opened.grpc()).withDeadlineAfter(30, TimeUnit.SECONDS);

            assertThat(provider.check(CheckRequest.getDefaultInstance())).isNotNull();
            var refs = GetVersionsRequest.newBuilder().addRefs(BIG).build();
            assertThat(provider.getVersions(refs).getResults(0).getVersion()).isEqualTo("1");
            var fetch = FetchRequest.newBuilder().setRef(BIG).setVersion("1").build();
            for (int i = 0; i < 50; i++) { // enough that what isn't given back would be missed
                assertThat(provider.fetch(fetch).getValue()).isEqualTo(ByteString.copyFrom(value));
            }

            Iterator<WatchResponse> reports =
                    provider.watch(WatchRequest.newBuilder().addRefs(BIG).build());
            assertThat(reports.next().getChangedList()).as("armed").isEmpty();
            vault.put(new SecretPath("big"), SecretBytes.owning(new byte[0]));
            assertThat(reports.next().getChangedList()).containsExactly(BIG);
            return started;
        }
    }

    private Process start(ProcessBuilder.Redirect err) throws IOException {
        var command = new ArrayList<String>();
        var executable = System.getProperty("dso.provider");
        if (executable != null) {
            command.add(executable);
        } else {
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
        }
        command.addAll(List.of("--socket", directory.resolve("s").toString(), "--config"));
        command.add(directory.resolve("config").toString());
        var builder = new ProcessBuilder(command).redirectError(err);
        builder.environment().clear();
        var started = builder.start();
        process = started;
        return started;
    }

    private void awaitSocket(Process started) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!Files.exists(directory.resolve("s"))) {
            assertThat(started.isAlive()).as("the provider lives").isTrue();
            assertThat(System.nanoTime()).as("in time").isLessThan(end);
            Thread.onSpinWait();
        }
    }
}
