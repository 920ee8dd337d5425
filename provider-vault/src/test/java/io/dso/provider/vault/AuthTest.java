package io.dso.provider.vault;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.dso.provider.sdk.StoreFailure.Kind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.util.Base64;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every way to log in, at a real OpenBao. */
class AuthTest {
    @TempDir
    static Path directory;

    private static Bao bao;

    @BeforeAll
    static void startServer() throws IOException {
        bao = Bao.start(directory);
        bao.put("a", "{'v':'x'}");
        bao.policy("reader", "kv/data/* read", "kv/metadata/* read list");
        bao.post("/sys/auth/approle", "{'type':'approle'}");
        bao.post("/auth/approle/role/shop", "{'policies':['reader'],'token_ttl':'1h'}");
        bao.post("/auth/approle/role/brief", "{'policies':['reader'],'token_ttl':'2s','token_max_ttl':'4s'}");
    }

    @AfterAll
    static void stopServer() {
        if (bao != null) {
            bao.close();
        }
    }

    private static Store open(String auth) {
        return Store.open("{'address':'%s','auth':%s}".formatted(bao.address(), auth));
    }

    private static Path roleId(String role) {
        var data = bao.get("/auth/approle/role/" + role + "/role-id").getAsJsonObject("data");
        return bao.file("role-id-" + role, data.get("role_id").getAsString() + "\n");
    }

    private static String secretId(String role) {
        var made = bao.post("/auth/approle/role/" + role + "/secret-id", "{}");
        return made.getAsJsonObject("data").get("secret_id").getAsString();
    }

    private static String wrappedSecretId(String path) {
        var made = bao.call("POST", path, "{}", bao.root(), "X-Vault-Wrap-TTL", "60");
        return made.getAsJsonObject("wrap_info").get("token").getAsString();
    }

    private static String appRole(String role, Path secretId, String more) {
        return "{'method':'approle','role-id-file':'%s','secret-id-file':'%s'%s}"
                .formatted(roleId(role), secretId, more);
    }

    @Test
    void a_token_that_is_revoked_is_unauthenticated_until_its_file_has_another() throws Exception {
        var file = bao.tokenFile("reader");
        try (var store = open("{'method':'token','token-file':'%s'}".formatted(file))) {
            assertThat(store.value("kv/a#v")).isEqualTo("x");
            store.check();

            bao.call("POST", "/auth/token/revoke-self", "{}", Files.readString(file));
            Store.fails(Kind.UNAUTHENTICATED, "refuses the token", store::check);

            Files.writeString(file, Files.readString(bao.tokenFile("reader")));
            Program.await("the new token is taken", () -> store.value("kv/a#v").equals("x"));
        }
    }

    @Test
    void an_app_role_logs_in_and_its_token_is_revoked_at_the_end() throws Exception {
        var secretId = bao.file("secret-id", secretId("shop"));
        try (var store = open(appRole("shop", secretId, ""))) {
            assertThat(store.value("kv/a#v")).isEqualTo("x");
        }
        assertThat(bao.requests()).last().isEqualTo("update auth/token/revoke-self");
    }

    @Test
    void wrong_credentials_are_unauthenticated_and_not_tried_with_every_call() throws Exception {
        var secretId = bao.file("wrong-secret-id", "00000000-0000-0000-0000-000000000000");
        try (var store = open(appRole("shop", secretId, ""))) {
            int before = bao.requests().size();
            for (int i = 0; i < 20; i++) {
                Store.fails(Kind.UNAUTHENTICATED, "invalid role or secret ID", () -> store.version("kv/a"));
            }
            assertThat(bao.requests().size() - before).isEqualTo(1);
        }
    }

    @Test
    void a_wrapped_secret_id_is_unwrapped_once_and_serves_every_login_of_this_process() throws Exception {
        var file = bao.file("wrapped", wrappedSecretId("/auth/approle/role/brief/secret-id"));
        try (var store = open(appRole("brief", file, ",'wrapped':true"))) {
            assertThat(store.value("kv/a#v")).isEqualTo("x");
            long logins = logins();
            Program.await("a login more", () -> {
                assertThat(store.value("kv/a#v")).isEqualTo("x");
                return logins() > logins + 1;
            });
        }
        try (var second = open(appRole("brief", file, ",'wrapped':true"))) {
            Store.fails(Kind.UNAUTHENTICATED, "was used before", second::check);
        }
    }

    @Test
    void what_wraps_something_else_is_refused_before_it_is_unwrapped() throws Exception {
        bao.post("/sys/auth/other", "{'type':'approle'}");
        bao.post("/auth/other/role/shop", "{'policies':['reader']}");
        var file = bao.file("spoofed", wrappedSecretId("/auth/other/role/shop/secret-id"));
        try (var store = open(appRole("shop", file, ",'wrapped':true"))) {
            Store.fails(Kind.UNAUTHENTICATED, "wraps something else", store::check);
        }
    }

    @Test
    void a_token_is_renewed_and_replaced_ahead_of_its_end_without_a_failing_call() throws Exception {
        var secretId = bao.file("brief-secret-id", secretId("brief"));
        try (var store = open(appRole("brief", secretId, ""))) {
            store.version("kv/a");
            long logins = logins();
            long renewals = count("update auth/token/renew-self");
            Program.await("two logins more", () -> {
                assertThat(store.value("kv/a#v")).isEqualTo("x");
                return logins() >= logins + 2;
            });
            assertThat(count("update auth/token/renew-self")).isGreaterThan(renewals);
        }
    }

    @Test
    void a_json_web_token_logs_in() throws Exception {
        var keys = KeyPairGenerator.getInstance("RSA").generateKeyPair();
        bao.post("/sys/auth/jwt", "{'type':'jwt'}");
        bao.post("/auth/jwt/config", "{'jwt_validation_pubkeys':['%s']}".formatted(pem(keys)));
        bao.post(
                "/auth/jwt/role/shop",
                "{'role_type':'jwt','user_claim':'sub','bound_subject':'shop','token_policies':['reader']}");
        var good = bao.file("jwt", jwt(keys, "shop"));
        var bad = bao.file("bad-jwt", jwt(keys, "somebody"));

        try (var store = open("{'method':'jwt','role':'shop','jwt-file':'%s'}".formatted(good))) {
            assertThat(store.value("kv/a#v")).isEqualTo("x");
        }
        try (var store = open("{'method':'jwt','role':'shop','jwt-file':'%s'}".formatted(bad))) {
            Store.fails(Kind.UNAUTHENTICATED, "auth/jwt", store::check);
        }
    }

    @Test
    void a_service_account_of_kubernetes_logs_in() throws Exception {
        var keys = KeyPairGenerator.getInstance("RSA").generateKeyPair();
        var kubernetes = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        kubernetes.createContext("/apis/authentication.k8s.io/v1/tokenreviews", exchange -> {
            var asked = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            byte[] review = asked.replaceFirst(
                            "\\}\\s*$",
                            ",\"status\":{\"authenticated\":true,\"user\":{\"username\":\"system:serviceaccount:prod:shop\",\"uid\":\"1\"}}}")
                    .getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(201, review.length);
            exchange.getResponseBody().write(review);
            exchange.close();
        });
        kubernetes.start();
        try {
            bao.post("/sys/auth/kubernetes", "{'type':'kubernetes'}");
            bao.post("/sys/mounts/pki", "{'type':'pki'}");
            var authority = bao.post("/pki/root/generate/internal", "{'common_name':'cluster'}")
                    .getAsJsonObject("data")
                    .get("certificate");
            bao.post(
                    "/auth/kubernetes/config",
                    "{'kubernetes_host':'http://127.0.0.1:%d','disable_local_ca_jwt':true,'kubernetes_ca_cert':%s}"
                            .formatted(kubernetes.getAddress().getPort(), authority));
            bao.post(
                    "/auth/kubernetes/role/shop",
                    "{'bound_service_account_names':['shop'],'bound_service_account_namespaces':['prod'],'token_policies':['reader']}");
            var account = bao.file("account", jwt(keys, "system:serviceaccount:prod:shop"));

            try (var store = open("{'method':'kubernetes','role':'shop','jwt-file':'%s'}".formatted(account))) {
                assertThat(store.value("kv/a#v")).isEqualTo("x");
            }
        } finally {
            kubernetes.stop(0);
        }
    }

    @Test
    void a_credential_that_everybody_can_read_is_refused() throws Exception {
        var file = bao.file("open", bao.root());
        Files.setPosixFilePermissions(file, java.nio.file.attribute.PosixFilePermissions.fromString("rw-r--r--"));
        try (var store = open("{'method':'token','token-file':'%s'}".formatted(file))) {
            Store.fails(Kind.UNAUTHENTICATED, "chmod 0600", store::check);
        }
    }

    private static long logins() {
        return count("update auth/approle/login");
    }

    private static long count(String request) {
        return bao.requests().stream().filter(request::equals).count();
    }

    private static String pem(KeyPair keys) {
        var base64 = Base64.getEncoder().encodeToString(keys.getPublic().getEncoded());
        return "-----BEGIN PUBLIC KEY-----\\n" + base64.replaceAll("(.{64})", "$1\\\\n")
                + "\\n-----END PUBLIC KEY-----";
    }

    private static String jwt(KeyPair keys, String subject) throws Exception {
        long now = System.currentTimeMillis() / 1000;
        var head = base64("{\"alg\":\"RS256\",\"typ\":\"JWT\"}".getBytes(StandardCharsets.UTF_8));
        var claims =
                ("{\"iss\":\"test\",\"sub\":\"%s\",\"iat\":%d,\"exp\":%d,\"kubernetes.io/serviceaccount/namespace\":\"prod\","
                                + "\"kubernetes.io/serviceaccount/service-account.name\":\"shop\",\"kubernetes.io/serviceaccount/service-account.uid\":\"1\"}")
                        .formatted(subject, now, now + 600);
        var text = head + "." + base64(claims.getBytes(StandardCharsets.UTF_8));
        var signature = Signature.getInstance("SHA256withRSA");
        signature.initSign(keys.getPrivate());
        signature.update(text.getBytes(StandardCharsets.UTF_8));
        return text + "." + base64(signature.sign());
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
