package io.dso.agent.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dso.agent.bundle.Bundle;
import io.dso.agent.bundle.Bundle.Format;
import io.dso.agent.bundle.Bundle.Item;
import io.dso.agent.bundle.Bundle.OnUnavailable;
import io.dso.agent.bundle.Bundle.Owner;
import io.dso.agent.bundle.Grant;
import io.dso.agent.bundle.ProviderSpec;
import io.dso.agent.bundle.ProviderSpec.Launch;
import io.dso.agent.bundle.ReloadPolicy;
import io.dso.agent.bundle.ReloadPolicy.Strategy;
import io.dso.agent.problem.DsoException;
import io.dso.agent.problem.Problem;
import io.dso.agent.secret.SecretRef;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class ConfigFileTest {
    @TempDir
    Path temp;

    @Test
    void the_shortest_file_has_every_default() {
        var settings = settings("""
                dso:
                  providers: { local: { kind: local } }
                  bundles: { shop: { secrets: [ shop/db ] } }
                """);

        assertThat(settings.mountDeadline()).isEqualTo(Duration.ofSeconds(10));
        assertThat(settings.fullPass()).isEqualTo(Duration.ofSeconds(60));
        assertThat(settings.providers())
                .containsOnly(Map.entry(
                        "local",
                        new ProviderSpec(
                                "local",
                                "local",
                                "{}",
                                Duration.ofSeconds(30),
                                Duration.ofSeconds(5),
                                new Launch.Executable(Path.of("/libexec/dso-provider-local"), 64100, ""))));
        assertThat(settings.bundle("shop").orElseThrow())
                .isEqualTo(new Bundle(
                        "shop",
                        List.of(new Item(new SecretRef("local", "shop/db", ""), "db")),
                        new Format.Files(),
                        new Owner(0, 0),
                        0400,
                        new Grant(Set.of(), Set.of(), Set.of(), Set.of()),
                        new ReloadPolicy(
                                Strategy.AUTO,
                                "SIGHUP",
                                ReloadPolicy.Hook.NONE,
                                Duration.ofSeconds(2),
                                Duration.ofSeconds(60),
                                ReloadPolicy.Batch.CAREFUL),
                        OnUnavailable.FAIL));
    }

    @Test
    void every_key_arrives_where_it_belongs() {
        var settings = settings("""
                dso:
                  mount-deadline: 2500ms
                  full-pass: PT5M
                  providers:
                    local: { kind: local, executable: /opt/local, user: 4711, sha256: %s, poll: 2m, deadline: 500ms }
                    far: { kind: vault, socket: /run/far.sock }
                  bundles:
                    shop-api:
                      secrets:
                        - { provider: far, path: kv/shop/db, key: password, file: db_password }
                        - { provider: far, path: kv/shop/db, key: user }
                        - { provider: local, path: prod/tls.json }
                      format: { json: { file: all.json } }
                      owner: { uid: 1000, gid: 2147483647 }
                      mode: 0440
                      allow:
                        compose-project: shop
                        compose-service: [ api, worker ]
                        container: web
                        image: "sha256:12"
                      reload: { strategy: signal, signal: SIGRTMIN+3, settle: 5s, health-timeout: 1h }
                      on-unavailable: last-good
                """.formatted("0f".repeat(32)));

        assertThat(settings.mountDeadline()).isEqualTo(Duration.ofMillis(2500));
        assertThat(settings.fullPass()).isEqualTo(Duration.ofMinutes(5));
        assertThat(settings.providers()).containsOnlyKeys("local", "far");
        assertThat(settings.provider("local"))
                .hasValue(new ProviderSpec(
                        "local",
                        "local",
                        "{}",
                        Duration.ofMinutes(2),
                        Duration.ofMillis(500),
                        new Launch.Executable(Path.of("/opt/local"), 4711, "0f".repeat(32))));
        assertThat(settings.provider("far").orElseThrow().launch())
                .isEqualTo(new Launch.Socket(Path.of("/run/far.sock")));
        assertThat(settings.bundle("shop-api").orElseThrow())
                .isEqualTo(new Bundle(
                        "shop-api",
                        List.of(
                                new Item(new SecretRef("far", "kv/shop/db", "password"), "db_password"),
                                new Item(new SecretRef("far", "kv/shop/db", "user"), "user"),
                                new Item(new SecretRef("local", "prod/tls.json", ""), "tls.json")),
                        new Format.Json("all.json"),
                        new Owner(1000, Integer.MAX_VALUE),
                        0440,
                        new Grant(Set.of("shop"), Set.of("api", "worker"), Set.of("web"), Set.of("sha256:12")),
                        new ReloadPolicy(
                                Strategy.SIGNAL,
                                "SIGRTMIN+3",
                                ReloadPolicy.Hook.NONE,
                                Duration.ofSeconds(5),
                                Duration.ofHours(1),
                                ReloadPolicy.Batch.CAREFUL),
                        OnUnavailable.LAST_GOOD));
    }

    @Test
    void a_providers_own_settings_become_json_without_guesses() {
        var settings = settings("""
                dso:
                  providers:
                    far:
                      kind: vault
                      config:
                        address: "https://vault:8200"
                        auth: { method: approle, role-id-file: /etc/dso/role }
                        namespaces: [ a, "b", 3, -0.50, 12345678901234567890 ]
                        verify: false
                        country: no
                        mode: 0400
                        at: 12:30
                        version: "1"
                        none: ~
                        date: 2026-01-01
                        odd: "p$w\\"o'r\\\\d\\n"
                """);

        assertThat(settings.provider("far").orElseThrow().configJson())
                .isEqualTo("{\"address\":\"https://vault:8200\","
                        + "\"auth\":{\"method\":\"approle\",\"role-id-file\":\"/etc/dso/role\"},"
                        + "\"namespaces\":[\"a\",\"b\",3,-0.50,12345678901234567890],"
                        + "\"verify\":false,\"country\":\"no\",\"mode\":\"0400\",\"at\":\"12:30\",\"version\":\"1\","
                        + "\"none\":null,\"date\":\"2026-01-01\",\"odd\":\"p$w\\\"o'r\\\\d\\n\"}");
    }

    @Test
    void anchors_may_be_used_within_reason() {
        var settings = settings("""
                dso:
                  providers: { local: { kind: local } }
                  bundles:
                    a: { secrets: &both [ x, y ], allow: &shop { compose-project: shop } }
                    b: { secrets: *both, allow: *shop }
                """);

        assertThat(settings.bundle("b").orElseThrow().items())
                .isEqualTo(settings.bundle("a").orElseThrow().items());
    }

    @Test
    void a_file_without_providers_and_bundles_is_fine() {
        assertThat(settings("\uFEFFdso: {}").bundles()).isEmpty();
    }

    @Test
    void load_throws_all_mistakes_at_once() throws IOException {
        var file = file("dso: { full-pass: x, mount-deadline: y }", "rw-------");

        assertThatThrownBy(() -> ConfigFile.load(file, ConfigFileTest::executable))
                .isInstanceOfSatisfying(
                        DsoException.class, e -> assertThat(e.problems()).hasSize(2));
    }

    @Test
    @Timeout(10)
    void nesting_without_end_is_refused() throws IOException {
        assertThat(only(read(file("[".repeat(500_000), "rw-------"))).id().code())
                .isEqualTo("DSO-1003");
        assertThat(only(read(file(
                                "dso: { providers: { a: { config: " + "{ a: ".repeat(40) + "1" + "}".repeat(43),
                                "rw-------")))
                        .id()
                        .code())
                .isEqualTo("DSO-1003");
    }

    private Settings settings(String yaml) {
        try {
            return ConfigFile.load(file(yaml, "rw-r-----"), ConfigFileTest::executable);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path file(String yaml, String mode) throws IOException {
        var file = Files.writeString(temp.resolve("dso.yaml"), yaml);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    }

    private static Path executable(String kind) {
        return Path.of("/libexec/dso-provider-" + kind);
    }

    private static Loaded read(Path file) {
        return ConfigFile.read(file, ConfigFileTest::executable);
    }

    private static Problem only(Loaded loaded) {
        assertThat(problems(loaded)).hasSize(1);
        return problems(loaded).getFirst();
    }

    private static List<Problem> problems(Loaded loaded) {
        return switch (loaded) {
            case Loaded.Bad(var problems) -> problems;
            case Loaded.Good(var settings) -> throw new AssertionError("no mistake in " + settings);
        };
    }

    private static boolean isRoot() throws IOException {
        return (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0;
    }
}
