package io.dso.agent.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.dso.agent.bundle.ProviderSpec;
import io.dso.agent.bundle.ProviderSpec.Launch;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ProviderUsersTest {
    private static ProviderSpec spec(String name, Launch launch) {
        return new ProviderSpec(name, "test", "{}", Duration.ofSeconds(1), Duration.ofSeconds(1), launch);
    }

    private static Launch started(int user) {
        return new Launch.Executable(Path.of("/p"), user, "");
    }

    private static Map<String, ProviderSpec> specs(String... names) {
        var specs = new LinkedHashMap<String, ProviderSpec>();
        Arrays.stream(names).forEach(name -> specs.put(name, spec(name, started(0))));
        return specs;
    }

    private static Map<String, Integer> users(Optional<Map<String, ProviderSpec>> assigned) {
        return assigned.orElseThrow().values().stream()
                .collect(Collectors.toMap(ProviderSpec::name, spec -> ((Launch.Executable) spec.launch()).user()));
    }

    @Test
    void the_provider_named_local_has_the_first_one() {
        assertThat(users(ProviderUsers.USUAL.assign(specs("aws", "local", "vault"))))
                .containsEntry("local", 64100);
    }

    @Test
    void nobody_shares_one_however_many_there_are() {
        var names = IntStream.range(0, 99).mapToObj(i -> "p" + i).toArray(String[]::new);

        var users = users(ProviderUsers.USUAL.assign(specs(names)));

        assertThat(new HashSet<>(users.values())).hasSize(99).allMatch(user -> user > 64100 && user <= 64199);
        assertThat(ProviderUsers.USUAL.assign(
                        specs(IntStream.range(0, 101).mapToObj(i -> "p" + i).toArray(String[]::new))))
                .isEmpty();
    }

    @Test
    void the_order_in_the_file_and_providers_that_somebody_else_starts_change_nothing() {
        var forth = specs("aws", "local", "vault");
        forth.put("far", spec("far", new Launch.Socket(Path.of("/s"))));

        var users = ProviderUsers.USUAL.assign(forth).orElseThrow();

        assertThat(Objects.requireNonNull(users.remove("far")).launch()).isEqualTo(new Launch.Socket(Path.of("/s")));
        assertThat(users(Optional.of(users)))
                .isEqualTo(users(ProviderUsers.USUAL.assign(specs("vault", "local", "aws"))));
    }

    @Test
    void who_says_a_user_has_it_and_keeps_others_from_it() {
        var specs = specs("local", "vault");
        specs.put("own", spec("own", started(64100)));

        assertThat(users(ProviderUsers.USUAL.assign(specs))).containsEntry("own", 64100);
        assertThat(new HashSet<>(users(ProviderUsers.USUAL.assign(specs)).values()))
                .hasSize(3);
    }

    @Test
    void two_who_say_the_same_are_refused() {
        var specs = specs();
        specs.put("a", spec("a", started(7)));
        specs.put("b", spec("b", started(7)));

        assertThat(ProviderUsers.USUAL.assign(specs)).isEmpty();
    }
}
