package io.dso.provider.azure;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import io.dso.provider.azure.FakeVault.Version;
import io.dso.provider.v1.CheckRequest;
import io.dso.provider.v1.FetchRequest;
import io.dso.provider.v1.GetVersionsRequest;
import io.dso.provider.v1.ProviderGrpc;
import io.dso.provider.v1.SecretRef;
import io.dso.transport.UnixChannel;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole process, over TLS: on this JVM, or, with {@code -Ddso.provider=FILE}, that executable. */
class AzureProcessTest {
    @TempDir
    Path directory;

    private @Nullable Process process;

    @AfterEach
    void stop() throws InterruptedException {
        if (process != null) {
            process.destroy();
            assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isZero();
        }
    }

    @Test
    void it_logs_in_by_a_certificate_serves_secrets_and_certificates_and_ends_when_it_is_told() throws Exception {
        var pair = KeyPairFile.make(directory, "CN=vault");
        try (var vault = new FakeVault(WireMockConfiguration.options()
                .bindAddress("127.0.0.1")
                .httpDisabled(true)
                .dynamicHttpsPort()
                .keystorePath(pair.store().toString())
                .keystorePassword(KeyPairFile.PASSWORD)
                .keyManagerPassword(KeyPairFile.PASSWORD))) {
            vault.has("db", new Version("aa", 1000));
            vault.gives("db", "aa", "{\"port\": 5432}", "");
            vault.has("tls", new Version("bb", 1000));
            vault.gives("tls", "bb", pair.withoutPassword(), "application/x-pkcs12");
            serve("""
                    {"vault": "%s", "ca-file": "%s", "auth": {"method": "client-certificate", "tenant-id": "tenant",
                     "client-id": "app", "certificate-file": "%s", "authority": "%s"}}
                    """.formatted(vault.address(), pair.authority(), pair.pem(), vault.address()));
            try (var channel = UnixChannel.to(directory.resolve("s"))) {
                var provider = ProviderGrpc.newBlockingStub(channel.grpc()).withDeadlineAfter(60, TimeUnit.SECONDS);

                assertThat(provider.check(CheckRequest.getDefaultInstance())).isNotNull();
                assertThat(value(provider, "db", "port")).isEqualTo("5432");
                assertThat(value(provider, "cert:tls", "")).isEqualTo(Files.readString(pair.pem()));
            }
        }
    }

    private static String value(ProviderGrpc.ProviderBlockingStub provider, String path, String key) {
        var ref = SecretRef.newBuilder().setPath(path).setKey(key).build();
        var result = provider.getVersions(
                        GetVersionsRequest.newBuilder().addRefs(ref).build())
                .getResults(0);
        assertThat(result.getError().getMessage()).isEmpty();
        return provider.fetch(FetchRequest.newBuilder()
                        .setRef(ref)
                        .setVersion(result.getVersion())
                        .build())
                .getValue()
                .toStringUtf8();
    }

    private void serve(String config) throws IOException {
        Files.writeString(directory.resolve("config"), config);
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
        var builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().clear();
        var started = builder.start();
        process = started;
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!accepts()) {
            assertThat(started.isAlive()).as("the provider lives").isTrue();
            assertThat(System.nanoTime()).as("in time").isLessThan(end);
            LockSupport.parkNanos(1_000_000);
        }
    }

    private boolean accepts() {
        try (var socket = SocketChannel.open(UnixDomainSocketAddress.of(directory.resolve("s")))) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }
}
