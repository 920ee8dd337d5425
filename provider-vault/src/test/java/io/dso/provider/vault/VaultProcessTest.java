package io.dso.provider.vault;

import static org.assertj.core.api.Assertions.assertThat;

import io.dso.provider.v1.CheckRequest;
import io.dso.provider.v1.DescribeRequest;
import io.dso.provider.v1.FetchRequest;
import io.dso.provider.v1.GetVersionsRequest;
import io.dso.provider.v1.ProviderGrpc;
import io.dso.provider.v1.SecretRef;
import io.dso.transport.UnixChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.Assertions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole process: on this JVM, or, with {@code -Ddso.provider=FILE}, that executable. */
class VaultProcessTest {
    @TempDir
    static Path servers;

    private static Bao issuer;
    private static Bao bao;

    @TempDir
    Path directory;

    private @Nullable Process process;
    private @Nullable UnixChannel channel;

    @BeforeAll
    static void startServers() throws IOException {
        issuer = Bao.start(servers.resolve("issuer"));
        var ours = new Authority(issuer, servers, "ours");
        ours.issue("localhost", "localhost");
        ours.issue("shop", "shop");
        bao = Bao.start(servers.resolve("bao"), ours.listener("localhost"));
        bao.put("db", "{'password':'p$w\\u0000','port':5432}");
        bao.post("/sys/mounts/pki", "{'type':'pki'}");
        bao.post("/pki/root/generate/internal", "{'common_name':'ca','key_type':'ec','key_bits':256}");
        bao.post("/pki/roles/web", "{'allow_any_name':true,'key_type':'ec','key_bits':256}");
        bao.policy("reader", "kv/* read list", "pki/issue/* update");
        bao.post("/sys/auth/cert", "{'type':'cert'}");
        var ca = Files.readString(servers.resolve("ours.pem")).replace("\n", "\\n");
        bao.post("/auth/cert/certs/shop", "{'certificate':'" + ca + "','token_policies':['reader']}");
    }

    @AfterAll
    static void stopServers() {
        for (var server : new Bao[] {bao, issuer}) {
            if (server != null) {
                server.close();
            }
        }
    }

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
    void it_serves_over_tls_with_a_client_certificate_and_ends_when_it_is_told() throws Exception {
        servesAllWith(
                "'address':'%s','tls':{'ca':'%2$s/ours.pem','certificate':'%2$s/shop.pem','key':'%2$s/shop.key'},'auth':{'method':'cert'}"
                        .formatted(bao.tlsAddress("localhost"), servers));
    }

    @Test
    void it_serves_over_a_unix_socket_with_a_token() throws Exception {
        servesAllWith("'address':'%s','auth':{'method':'token','token-file':'%s'}"
                .formatted(bao.unixAddress(), bao.tokenFile("reader")));
    }

    @Test
    void a_certificate_of_a_stranger_is_told_in_a_sentence() throws Exception {
        start("'address':'%s','auth':{'method':'token','token-file':'%s'}"
                .formatted(bao.tlsAddress("localhost"), bao.tokenFile("reader")));

        Assertions.assertThatThrownBy(() -> provider().check(CheckRequest.getDefaultInstance()))
                .isInstanceOfSatisfying(StatusRuntimeException.class, e -> {
                    assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
                    assertThat(e).hasMessageContaining("its certificate is not from an authority we trust");
                });
    }

    @Test
    void a_configuration_it_does_not_know_ends_it_with_the_reason() throws Exception {
        var started = launch("'adress':'https://x'", ProcessBuilder.Redirect.PIPE);

        assertThat(started.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(started.exitValue()).isEqualTo(78);
        assertThat(new String(started.getErrorStream().readAllBytes(), StandardCharsets.UTF_8))
                .contains("'address' is missing");
    }

    private void servesAllWith(String config) throws Exception {
        var started = start(config);
        assertThat(provider().describe(DescribeRequest.getDefaultInstance()).getName())
                .isEqualTo("vault");
        assertThat(provider().check(CheckRequest.getDefaultInstance())).isNotNull();
        for (int i = 0; i < 20; i++) {
            assertThat(fetch("kv/db", "password")).isEqualTo("p$w\0");
            assertThat(fetch("kv/db", "port")).isEqualTo("5432");
        }
        assertThat(fetch("pki/issue/web?common_name=shop&ttl=1h", "certificate"))
                .startsWith("-----BEGIN");

        started.destroy();
        assertThat(started.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(started.exitValue()).isZero();
        assertThat(directory.resolve("s")).doesNotExist();
    }

    private ProviderGrpc.ProviderBlockingStub provider() {
        var open = channel;
        if (open == null) {
            open = UnixChannel.to(directory.resolve("s"));
            channel = open;
        }
        return ProviderGrpc.newBlockingStub(open.grpc()).withDeadlineAfter(30, TimeUnit.SECONDS);
    }

    private String fetch(String path, String key) {
        var ref = SecretRef.newBuilder().setPath(path).setKey(key).build();
        var versions = provider()
                .getVersions(GetVersionsRequest.newBuilder().addRefs(ref).build());
        var version = versions.getResults(0).getVersion();
        assertThat(version).as(versions.toString()).isNotEmpty();
        return provider()
                .fetch(FetchRequest.newBuilder().setRef(ref).setVersion(version).build())
                .getValue()
                .toStringUtf8();
    }

    private Process start(String config) throws IOException {
        var started = launch(config, ProcessBuilder.Redirect.INHERIT);
        Program.await("the provider serves", () -> {
            assertThat(started.isAlive()).isTrue();
            return Files.exists(directory.resolve("s"));
        });
        return started;
    }

    private Process launch(String config, ProcessBuilder.Redirect err) throws IOException {
        Files.writeString(directory.resolve("config"), "{" + config.replace('\'', '"') + "}");
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
}
