package io.dso.provider.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dso.provider.tck.JavaProvider;
import io.dso.provider.tck.Served;
import io.dso.provider.v1.CheckRequest;
import io.dso.provider.v1.DescribeRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
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
        try (var provider = serve("'address':'%s','auth':{'method':'token','token-file':'%s'}"
                .formatted(bao.tlsAddress("localhost"), bao.tokenFile("reader")))) {

            assertThatThrownBy(() -> provider.calls().check(CheckRequest.getDefaultInstance()))
                    .isInstanceOfSatisfying(StatusRuntimeException.class, e -> {
                        assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
                        assertThat(e).hasMessageContaining("its certificate is not from an authority we trust");
                    });
        }
    }

    @Test
    void a_configuration_it_does_not_know_ends_it_with_the_reason() throws Exception {
        assertThat(new JavaProvider(Main.class, directory).refusal("{\"adress\":\"https://x\"}"))
                .contains("'address' is missing");
    }

    private void servesAllWith(String config) throws Exception {
        try (var provider = serve(config)) {
            assertThat(provider.calls()
                            .describe(DescribeRequest.getDefaultInstance())
                            .getName())
                    .isEqualTo("vault");
            assertThat(provider.calls().check(CheckRequest.getDefaultInstance()))
                    .isNotNull();
            for (int i = 0; i < 20; i++) {
                assertThat(provider.value("kv/db", "password")).isEqualTo("p$w\0");
                assertThat(provider.value("kv/db", "port")).isEqualTo("5432");
            }
            assertThat(provider.value("pki/issue/web?common_name=shop&ttl=1h", "certificate"))
                    .startsWith("-----BEGIN");
        }
    }

    /** @param config with single quotes */
    private Served serve(String config) throws Exception {
        return new JavaProvider(Main.class, directory).serve("{" + config.replace('\'', '"') + "}");
    }
}
