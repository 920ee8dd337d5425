package io.dso.provider.vault;

import static org.assertj.core.api.Assertions.assertThat;

import io.dso.provider.sdk.ConfigException;
import io.dso.provider.sdk.StoreFailure.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TLS to a real OpenBao, whose certificates another one issues. */
class TlsTest {
    @TempDir
    static Path directory;

    private static Bao issuer;
    private static Bao bao;
    private static Path token;

    @BeforeAll
    static void startServers() throws IOException {
        issuer = Bao.start(directory.resolve("issuer"));
        var ours = new Authority(issuer, directory, "ours");
        ours.issue("localhost", "localhost");
        ours.issue("shop", "shop");
        new Authority(issuer, directory, "theirs").issue("stranger", "shop");
        bao = Bao.start(directory.resolve("bao"), ours.listener("localhost"));
        bao.put("a", "{'v':'x'}");
        bao.policy("reader", "kv/data/* read", "kv/metadata/* read");
        bao.post("/sys/auth/cert", "{'type':'cert'}");
        var ca = Files.readString(directory.resolve("ours.pem")).replace("\n", "\\n");
        bao.post(
                "/auth/cert/certs/shop",
                "{'certificate':'" + ca + "','allowed_common_names':['shop'],'token_policies':['reader']}");
        token = bao.tokenFile("reader");
    }

    @AfterAll
    static void stopServers() {
        for (var server : new Bao[] {bao, issuer}) {
            if (server != null) {
                server.close();
            }
        }
    }

    private static Store open(String host, String tls, String auth) {
        return Store.open("{'address':'%s','tls':%s,'auth':%s}"
                .formatted(bao.tlsAddress(host), tls.replace("DIR", directory.toString()), auth));
    }

    private static String tokenAuth() {
        return "{'method':'token','token-file':'" + token + "'}";
    }

    @Test
    void an_own_authority_is_trusted() throws Exception {
        try (var store = open("localhost", "{'ca':'DIR/ours.pem'}", tokenAuth())) {
            assertThat(store.value("kv/a#v")).isEqualTo("x");
        }
    }

    @Test
    void a_stranger_s_certificate_is_refused_before_the_token_is_sent() throws Exception {
        for (var tls : new String[] {"{'ca':'DIR/theirs.pem'}", "{}"}) {
            try (var store = open("localhost", tls, tokenAuth())) {
                Store.fails(Kind.UNAVAILABLE, "not from an authority we trust", store::check);
            }
        }
    }

    @Test
    void a_certificate_for_another_host_is_refused() throws Exception {
        try (var store = open("127.0.0.1", "{'ca':'DIR/ours.pem'}", tokenAuth())) {
            Store.fails(Kind.UNAVAILABLE, "its certificate is for another host", store::check);
        }
    }

    @Test
    void a_client_certificate_logs_in_and_another_authority_s_does_not() throws Exception {
        try (var store = open(
                "localhost",
                "{'ca':'DIR/ours.pem','certificate':'DIR/shop.pem','key':'DIR/shop.key'}",
                "{'method':'cert','role':'shop'}")) {
            assertThat(store.value("kv/a#v")).isEqualTo("x");
        }
        try (var store = open(
                "localhost",
                "{'ca':'DIR/ours.pem','certificate':'DIR/stranger.pem','key':'DIR/stranger.key'}",
                "{'method':'cert'}")) {
            Store.fails(Kind.UNAUTHENTICATED, "auth/cert", store::check);
        }
    }

    @Test
    void files_that_are_renewed_are_read_again() throws Exception {
        var ca = directory.resolve("changing.pem");
        Files.copy(directory.resolve("theirs.pem"), ca);
        Files.setLastModifiedTime(ca, FileTime.from(Instant.EPOCH));
        try (var store = open("localhost", "{'ca':'DIR/changing.pem'}", tokenAuth())) {
            Store.fails(Kind.UNAVAILABLE, "not from an authority we trust", store::check);

            Files.copy(directory.resolve("ours.pem"), ca, StandardCopyOption.REPLACE_EXISTING);

            store.check();
        }
    }

    @Test
    void a_plain_server_and_files_that_hold_something_else_are_said_to_be_so() throws Exception {
        try (var store = Store.open(
                "{'address':'%s','auth':%s}".formatted(bao.address().replace("http:", "https:"), tokenAuth()))) {
            Store.fails(Kind.UNAVAILABLE, "doesn't speak TLS", store::check);
        }
        Assertions.assertThatThrownBy(() -> open("localhost", "{'ca':'DIR/shop.key'}", tokenAuth()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("shop.key holds no certificates");
        Assertions.assertThatThrownBy(
                        () -> open("localhost", "{'certificate':'DIR/shop.pem','key':'DIR/shop.pem'}", tokenAuth()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("openssl pkcs8");
    }
}
